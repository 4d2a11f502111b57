/** One piece on its canvas, which is as small as what it shows: the browser makes it as large as there is room for. */

/** @import { Palette, Rgb } from "../../toolkit/colours.js" */
/** @import { Piece, Wall } from "./types.js" */

import { classColour, levels, mix, pack, paintLevels } from "../../toolkit/colours.js";
import { prepareCanvas } from "../../toolkit/dom.js";
import { GRID } from "./pieces.js";

/** A curve's canvas (px). */
const [WIDTH, HEIGHT] = [96, 84];

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Piece} piece
 * @param {Wall["shape"]} shape
 * @param {Palette} colours
 * @param {[number, number] | null} span  of all curves, so that they can be compared
 */
export function drawPiece(canvas, piece, shape, colours, span) {
  if (shape === "map" && piece.map) paintLevels(canvas, piece.map, 0, GRID, GRID, tableFor(piece.classes, colours));
  else if (shape === "curve" && piece.curve && span) drawCurve(canvas, piece.curve, colours, span);
  else prepareCanvas(canvas, GRID, GRID, 1);
}

/** As pale as the map in the room Train. @param {number} classes @param {Palette} colours */
function tableFor(classes, colours) {
  const pale = (/** @type {Rgb} */ colour) => mix(colours.zero, colour, 0.62);
  if (classes > 2) {
    const table = new Uint32Array(256);
    for (let i = 0; i < classes; i++) table[i] = pack(mix(colours.zero, classColour(colours, i, classes), 0.5));
    return table;
  }
  return levels({ ...colours, positive: pale(colours.positive), negative: pale(colours.negative) }, -1, 1, 0, 1);
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Float32Array} curve
 * @param {Palette} colours
 * @param {[number, number]} span
 */
function drawCurve(canvas, curve, colours, [low, high]) {
  const context = prepareCanvas(canvas, WIDTH, HEIGHT, 2);
  context.strokeStyle = colours.ink;
  context.lineWidth = 2;
  context.lineJoin = "round";
  context.beginPath();
  let pen = false;
  curve.forEach((value, i) => {
    if (!Number.isFinite(value)) {
      pen = false;
      return;
    }
    const x = 3 + (i / (curve.length - 1)) * (WIDTH - 6);
    const y = 4 + (1 - (value - low) / (high - low || 1)) * (HEIGHT - 8);
    if (pen) context.lineTo(x, y);
    else context.moveTo(x, y);
    pen = true;
  });
  context.stroke();
}

/** The lowest and the highest of all curves, as whole powers of ten; null where there are none. @param {Iterable<Piece>} pieces @returns {[number, number] | null} */
export function spanOf(pieces) {
  let [low, high] = [Infinity, -Infinity];
  for (const { curve } of pieces)
    for (const value of curve ?? []) if (Number.isFinite(value)) [low, high] = [Math.min(low, value), Math.max(high, value)];
  return low <= high ? [Math.floor(low), Math.max(Math.ceil(high), Math.floor(low) + 1)] : null;
}
