/** Paints what lies inside the diagram's units: maps over the plane, weights as pictures, folded layers as strips. */

/** @import { AppState, RunInfo } from "../../types.js" */
/** @import { Box, LayerLayout, Layout } from "./layout.js" */

import { css, levels, pack, palette, signed } from "../../toolkit/colours.js";
import { h } from "../../toolkit/dom.js";
import { frameOf } from "../../run/selectors.js";
import { mapPainter } from "./maps.js";
import { deltaOf, paintDelta, paintResponse } from "./units.js";

const RADIUS = 4;
const scratch = h("canvas");
const paintMaps = mapPainter();
const paintInputs = mapPainter();

/**
 * @typedef {object} Looks
 * @property {Record<string, import("../../types.js").NamedArray>} weights  what the edges show, by parameter
 * @property {number} scale  the size of those at which a colour is full
 * @property {number} biasScale  the |b| at which a colour is full
 * @property {number} deltaScale  the mean |δ| of a full square
 */

/**
 * @param {CanvasRenderingContext2D} context  clear, in CSS pixels
 * @param {AppState} state
 * @param {Layout} layout
 * @param {Looks} looks
 */
export function paintUnits(context, state, layout, looks) {
  const run = /** @type {RunInfo} */ (state.run);
  const colours = palette(state.theme);
  const maps = frameOf(state, "maps");
  const inputs = frameOf(state, "inputs");
  const responses = maps?.arrays.responses;
  const places = placesOf(maps, inputs);
  /** @type {Map<import("../../types.js").Frame, import("./maps.js").MapPlace[]>} */
  const mapped = new Map();
  for (const layer of layout.layers) {
    for (const box of layer.shown) {
      const place = places.get(`${box.layer}:${box.unit}`);
      const frame = layer.layer === 0 ? inputs : maps;
      const showsDelta = state.units === "delta" && layer.layer > 0;
      const delta = showsDelta ? deltaOf(state, box.layer, box.unit) : null;
      if (showsDelta) paintDelta(context, box, delta?.mean ?? null, delta?.size ?? 0, looks.deltaScale, colours);
      else if (responses && maps && place !== undefined)
        paintResponse(context, box, responses, place, maps.meta.units[place], colours);
      else if (layer.picture) paintGrid(context, box, /** @type {[number, number]} */ (run.image_shape), colours);
      else if (place !== undefined && frame?.arrays.maps) {
        const { low, high } = frame.meta.units[place];
        const found = { box, place, table: unitLevels(colours, run, layer, Number(low), Number(high)) };
        mapped.set(frame, [...(mapped.get(frame) ?? []), found]);
      } else if (run.image_shape && layer.layer === 1) paintRow(context, state, box, run.image_shape, looks);
      else plain(context, box, colours, biasOf(state, box, looks.biasScale));
    }
    if (layer.strip) paintStrip(context, state, layer, looks);
  }
  if (inputs) paintInputs(context, inputs, mapped.get(inputs) ?? [], RADIUS);
  if (maps) paintMaps(context, maps, mapped.get(maps) ?? [], RADIUS);
}

/**
 * Where in its frame each unit's map is; a line's answers lie in one frame, its input among them.
 * @param {...(import("../../channels.js").FrameOf<"maps" | "inputs"> | null)} frames
 */
function placesOf(...frames) {
  /** @type {Map<string, number>} */
  const places = new Map();
  for (const frame of frames) (frame?.meta.units ?? []).forEach((each, i) => places.set(`${each.layer}:${each.unit - 1}`, i));
  return places;
}

/**
 * A unit's map shows sign around zero; one that answers with a probability, whether it is above one half.
 * @param {import("../../toolkit/colours.js").Palette} colours
 * @param {RunInfo} run
 * @param {LayerLayout} layer
 * @param {number} low
 * @param {number} high
 */
function unitLevels(colours, run, layer, low, high) {
  const output = layer.layer === run.layers.length;
  if (output && run.task === "classification" && run.output_activation === "sigmoid")
    return levels(colours, low, high, 0.5, 0.5);
  if (output && run.output_activation === "softmax") return levels(colours, low, high, 0, 1);
  return levels(colours, low, high, 0, Math.max(Math.abs(low), Math.abs(high)));
}

/** @param {CanvasRenderingContext2D} context @param {Box} box */
function paste(context, box) {
  context.save();
  context.beginPath();
  context.roundRect(box.x, box.y, box.width, box.height, RADIUS);
  context.clip();
  context.imageSmoothingEnabled = false;
  context.drawImage(scratch, box.x, box.y, box.width, box.height);
  context.restore();
}

/**
 * Where there is no plane to map, a unit shows its bias.
 * @param {AppState} state
 * @param {Box & {layer: number, unit: number}} box
 * @param {number} scale
 */
function biasOf(state, box, scale) {
  const bias = frameOf(state, "parameters")?.arrays[`b${box.layer}`]?.data[box.unit];
  return bias === undefined ? null : bias / scale;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Box} box
 * @param {import("../../toolkit/colours.js").Palette} colours
 * @param {number | null} value  −1 to 1; null for none
 */
function plain(context, box, colours, value) {
  context.fillStyle = value === null ? colours.panel : css(signed(colours, value));
  context.beginPath();
  context.roundRect(box.x, box.y, box.width, box.height, RADIUS);
  context.fill();
}

/**
 * The picture that goes in, as an empty grid of pixels.
 * @param {CanvasRenderingContext2D} context
 * @param {Box} box
 * @param {[number, number]} shape
 * @param {import("../../toolkit/colours.js").Palette} colours
 */
function paintGrid(context, box, [rows, columns], colours) {
  context.fillStyle = colours.panel;
  context.fillRect(box.x, box.y, box.width, box.height);
  context.strokeStyle = colours.line;
  context.lineWidth = 1;
  context.beginPath();
  for (let row = 1; row < rows; row++) {
    const y = box.y + (row / rows) * box.height;
    context.moveTo(box.x, y);
    context.lineTo(box.x + box.width, y);
  }
  for (let column = 1; column < columns; column++) {
    const x = box.x + (column / columns) * box.width;
    context.moveTo(x, box.y);
    context.lineTo(x, box.y + box.height);
  }
  context.stroke();
}

/**
 * The weights from a picture's pixels into one unit, laid out as the picture is.
 * @param {CanvasRenderingContext2D} context
 * @param {AppState} state
 * @param {Box & {unit: number}} box
 * @param {[number, number]} shape
 * @param {Looks} looks
 */
function paintRow(context, state, box, [rows, columns], looks) {
  const weights = looks.weights.W1;
  if (!weights) return;
  const size = rows * columns;
  paintWeights(state, columns, rows, looks.scale, (i) => weights.data[box.unit * size + i]);
  paste(context, box);
}

/**
 * A folded layer's incoming weights, a row for each of its units; for the input, the weights that leave it.
 * @param {CanvasRenderingContext2D} context
 * @param {AppState} state
 * @param {LayerLayout} layer
 * @param {Looks} looks
 */
function paintStrip(context, state, layer, { weights: all, scale }) {
  const weights = all[`W${Math.max(1, layer.layer)}`];
  const strip = /** @type {Box} */ (layer.strip);
  if (!weights) return;
  const [units, sources] = weights.shape;
  if (layer.layer === 0)
    paintWeights(state, units, sources, scale, (i) => weights.data[(i % units) * sources + Math.floor(i / units)]);
  else paintWeights(state, sources, units, scale, (i) => weights.data[i]);
  paste(context, strip);
}

/**
 * A grid of signed values, row by row from the top, in a box.
 * @param {CanvasRenderingContext2D} context
 * @param {Box} box
 * @param {number} columns
 * @param {number} rows
 * @param {(index: number) => number} value  −1 to 1
 * @param {string} theme
 */
export function paintGridOf(context, box, columns, rows, value, theme) {
  paintCells(theme, columns, rows, value);
  paste(context, box);
}

/**
 * @param {AppState} state
 * @param {number} columns
 * @param {number} rows
 * @param {number} scale
 * @param {(index: number) => number} weight  row by row from the top
 */
function paintWeights(state, columns, rows, scale, weight) {
  paintCells(state.theme, columns, rows, (i) => weight(i) / scale);
}

/**
 * On the scratch canvas.
 * @param {string} theme
 * @param {number} columns
 * @param {number} rows
 * @param {(index: number) => number} value
 */
function paintCells(theme, columns, rows, value) {
  const colours = palette(theme);
  scratch.width = columns;
  scratch.height = rows;
  const context = /** @type {CanvasRenderingContext2D} */ (scratch.getContext("2d"));
  const image = context.createImageData(columns, rows);
  const pixels = new Uint32Array(image.data.buffer);
  for (let i = 0; i < pixels.length; i++) pixels[i] = pack(signed(colours, value(i)));
  context.putImageData(image, 0, 0);
}
