/** The plane that a follower sees: the network's answer over it, or a surface; samples, paths; and where a place of it is drawn. */

/** @import { Follow } from "../types.js" */

import { classColour, css, levels, mix, pack, paintLevels, palette } from "../../src/toolkit/colours.js";

const scratch = document.createElement("canvas");

/** Whether there is one. @param {Follow | null} frame */
export const hasPlane = (frame) => Boolean(frame && (frame.arrays.map || frame.arrays.classes || frame.arrays.heat));

/** @param {Follow} frame @returns {{xs: [number, number], ys: [number, number]}} */
export const rangesOf = ({ meta }) => ({ xs: meta.xs ?? [-1, 1], ys: meta.ys ?? [-1, 1] });

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Follow} frame
 * @param {number} width
 * @param {number} height
 * @param {string} theme
 */
export function drawPlane(context, frame, width, height, theme) {
  const colours = palette(theme);
  const { arrays, meta } = frame;
  const grid = arrays.classes ?? arrays.map ?? arrays.heat;
  if (grid) {
    const [rows, columns] = grid.shape.slice(-2);
    paintLevels(scratch, grid.data, 0, columns, rows, tableOf(frame, colours));
    context.imageSmoothingEnabled = !arrays.classes;
    context.drawImage(scratch, 0, 0, width, height);
  }
  const { xs, ys } = rangesOf(frame);
  const px = (/** @type {number} */ x) => ((x - xs[0]) / (xs[1] - xs[0])) * width;
  const py = (/** @type {number} */ y) => (1 - (y - ys[0]) / (ys[1] - ys[0])) * height;
  const { points, labels } = arrays;
  if (points) {
    const radius = Math.max(2.5, width / 110);
    for (let i = 0; i < points.shape[0]; i++) {
      const [x, y] = [px(points.data[2 * i]), py(points.data[2 * i + 1])];
      context.beginPath();
      context.arc(x, y, radius, 0, 2 * Math.PI);
      context.fillStyle = labels ? css(classColour(colours, labels.data[i], meta.classes ?? 2)) : colours.ink;
      context.fill();
      context.strokeStyle = colours.panel;
      context.lineWidth = 1;
      context.stroke();
    }
  }
  for (const [i, lane] of (meta.lanes ?? []).entries()) {
    const path = arrays[`lane_${i}`];
    if (!path || path.shape[0] === 0) continue;
    const colour = css(laneColour(colours, lane));
    context.beginPath();
    for (let k = 0; k < path.shape[0]; k++) context.lineTo(px(path.data[2 * k]), py(path.data[2 * k + 1]));
    // A casing in the paper's colour, so that it is seen on every ground.
    for (const [style, size] of /** @type {const} */ ([
      [colours.panel, 4.5],
      [colour, 2.2],
    ])) {
      [context.strokeStyle, context.lineWidth, context.lineJoin] = [style, size, "round"];
      context.stroke();
    }
    const last = path.shape[0] - 1;
    context.beginPath();
    context.arc(px(path.data[2 * last]), py(path.data[2 * last + 1]), 5, 0, 2 * Math.PI);
    context.fillStyle = colour;
    context.fill();
    context.strokeStyle = colours.panel;
    context.lineWidth = 1.5;
    context.stroke();
  }
}

/** @param {import("../../src/toolkit/colours.js").Palette} colours @param {{colour: number}} lane */
export function laneColour(colours, { colour }) {
  return (colour >= 8 ? colours.otherLanes : colours.lanes)[colour % 8];
}

/** What each level looks like. @param {Follow} frame @param {import("../../src/toolkit/colours.js").Palette} colours */
function tableOf({ arrays, meta }, colours) {
  if (arrays.classes) {
    const count = meta.classes ?? 2;
    const table = new Uint32Array(256);
    // Paler than the samples, which lie on it.
    for (let i = 0; i < 256; i++) table[i] = pack(mix(colours.zero, classColour(colours, i, count), 0.55));
    return table;
  }
  if (arrays.heat && !arrays.map) {
    const table = new Uint32Array(256);
    const last = colours.ground.length - 1;
    for (let i = 0; i < 256; i++) {
      const at = (i / 255) * last;
      const k = Math.min(last - 1, Math.floor(at));
      table[i] = pack(mix(colours.ground[k], colours.ground[k + 1], at - k));
    }
    return table;
  }
  const [low, high] = [meta.low ?? 0, meta.high ?? 1];
  const middle = meta.middle ?? (low + high) / 2;
  return levels(colours, low, high, middle, Math.max(high - middle, middle - low));
}
