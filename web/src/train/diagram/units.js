/** What is drawn inside a unit beside maps: its answer along a line, and its error signal δ. */

/** @import { AppState } from "../../types.js" */
/** @import { Box } from "./layout.js" */

import { css, signed } from "../../toolkit/colours.js";
import { frameOf } from "../../run/selectors.js";

const RADIUS = 4;

/**
 * A unit's activation over the drawn line: blue above zero, orange below, from its low to its high.
 * @param {CanvasRenderingContext2D} context
 * @param {Box} box
 * @param {import("../../types.js").NamedArray} responses  (units, points)
 * @param {number} place  its row
 * @param {{low: number, high: number}} range
 * @param {import("../../toolkit/colours.js").Palette} colours
 */
export function paintResponse(context, box, responses, place, { low, high }, colours) {
  const points = responses.shape[1];
  const room = 3;
  const up = (/** @type {number} */ value) => box.y + room + (1 - (value - low) / (high - low || 1)) * (box.height - 2 * room);
  const across = (/** @type {number} */ i) => box.x + (i / (points - 1)) * box.width;
  const value = (/** @type {number} */ i) => responses.data[place * points + i];
  context.save();
  context.beginPath();
  context.roundRect(box.x, box.y, box.width, box.height, RADIUS);
  context.clip();
  context.fillStyle = colours.panel;
  context.fillRect(box.x, box.y, box.width, box.height);
  const zero = Math.max(box.y + room, Math.min(box.y + box.height - room, up(0)));
  for (const sign of [1, -1]) {
    context.beginPath();
    context.moveTo(across(0), zero);
    for (let i = 0; i < points; i++) context.lineTo(across(i), value(i) * sign > 0 ? up(value(i)) : zero);
    context.lineTo(across(points - 1), zero);
    context.globalAlpha = 0.45;
    context.fillStyle = css(sign > 0 ? colours.positive : colours.negative);
    context.fill();
  }
  context.globalAlpha = 1;
  context.strokeStyle = colours.line;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(box.x, zero);
  context.lineTo(box.x + box.width, zero);
  context.stroke();
  context.beginPath();
  for (let i = 0; i < points; i++) if (Number.isFinite(value(i))) context.lineTo(across(i), up(value(i)));
  context.strokeStyle = colours.ink;
  context.lineWidth = 1.5;
  context.stroke();
  context.restore();
}

/**
 * The error signal of a unit over the training set: the side of the square is the mean of |δ|, its colour how much of that is of one
 * sign. Grey means that the samples pull either way.
 * @param {CanvasRenderingContext2D} context
 * @param {Box} box
 * @param {number | null} mean  of δ; null where nothing is known yet
 * @param {number} size  mean of |δ|
 * @param {number} scale  the mean |δ| of a full square
 * @param {import("../../toolkit/colours.js").Palette} colours
 */
export function paintDelta(context, box, mean, size, scale, colours) {
  context.fillStyle = colours.panel;
  context.beginPath();
  context.roundRect(box.x, box.y, box.width, box.height, RADIUS);
  context.fill();
  if (mean === null || !(size > 0)) return;
  const share = Math.min(1, size / scale);
  const [width, height] = [box.width * share, box.height * share];
  context.fillStyle = css(signed(colours, mean / size));
  context.beginPath();
  context.roundRect(box.x + (box.width - width) / 2, box.y + (box.height - height) / 2, width, height, RADIUS * share);
  context.fill();
  context.strokeStyle = colours.ink2;
  context.lineWidth = 0.75;
  context.stroke();
}

/**
 * δ of one unit as the server measured it.
 * @param {AppState} state
 * @param {number} layer
 * @param {number} unit
 */
export function deltaOf(state, layer, unit) {
  const frame = frameOf(state, "deltas");
  const mean = frame?.arrays[`delta${layer}`]?.data[unit];
  const size = frame?.arrays[`size${layer}`]?.data[unit];
  return frame && mean !== undefined && size !== undefined
    ? { mean, size, step: frame.step, samples: Number(frame.meta.samples) }
    : null;
}
