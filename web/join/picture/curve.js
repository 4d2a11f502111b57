/** The loss over the steps: training in ink, test in teal, of a race each lane in its colour; on a logarithmic axis where the frame says so. */

/** @import { Follow } from "../types.js" */

import { css, palette } from "../../src/toolkit/colours.js";
import { formatCount, formatNumber } from "../../src/toolkit/maths.js";
import { laneColour } from "./plane.js";

const [LEFT, RIGHT, TOP, BOTTOM] = [48, 8, 8, 22];

/** Whether there is one. @param {Follow | null} frame */
export const hasCurve = (frame) => Boolean(frame?.arrays.train?.shape[0] || frame?.arrays.train_0?.shape[0]);

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Follow} frame
 * @param {number} width
 * @param {number} height
 * @param {string} theme
 */
export function drawCurve(context, { arrays, meta }, width, height, theme) {
  const colours = palette(theme);
  const test = getComputedStyle(document.documentElement).getPropertyValue("--curve-test").trim();
  const lines = [
    { array: arrays.train, colour: colours.ink },
    { array: arrays.test, colour: test },
    ...(meta.lanes ?? []).map((/** @type {{colour: number, other?: boolean}} */ lane, /** @type {number} */ place) => ({
      array: arrays[`train_${place}`],
      colour: css(laneColour(colours, lane)),
    })),
  ].filter(({ array }) => array);
  const log = meta.log !== false;
  const heightOf = (/** @type {number} */ value) => (log ? Math.log10(value) : value);
  let [last, low, high] = [1, Infinity, -Infinity];
  for (const { array } of lines) {
    for (let i = 0; i < array.shape[0]; i++) {
      const at = heightOf(array.data[2 * i + 1]);
      last = Math.max(last, array.data[2 * i]);
      if (Number.isFinite(at)) [low, high] = [Math.min(low, at), Math.max(high, at)];
    }
  }
  if (low > high) return;
  if (high - low < 1e-9) [low, high] = [low - 0.5, high + 0.5];
  const px = (/** @type {number} */ step) => LEFT + (step / last) * (width - LEFT - RIGHT);
  const py = (/** @type {number} */ at) => TOP + ((high - at) / (high - low)) * (height - TOP - BOTTOM);
  context.font = "12px system-ui, sans-serif";
  context.fillStyle = colours.ink2;
  context.strokeStyle = colours.line;
  context.lineWidth = 1;
  context.textAlign = "right";
  context.textBaseline = "middle";
  for (const part of [0, 0.5, 1]) {
    const at = low + part * (high - low);
    const y = Math.round(py(at)) + 0.5;
    context.beginPath();
    context.moveTo(LEFT, y);
    context.lineTo(width - RIGHT, y);
    context.stroke();
    context.fillText(formatNumber(log ? 10 ** at : at, 2), LEFT - 6, Math.min(height - BOTTOM, Math.max(TOP + 4, y)));
  }
  context.textBaseline = "bottom";
  context.fillText(`step ${formatCount(last)}`, width - RIGHT, height - 2);
  context.textAlign = "left";
  context.fillText("0", LEFT, height - 2);
  for (const { array, colour } of lines) {
    context.beginPath();
    let open = false;
    for (let i = 0; i < array.shape[0]; i++) {
      const at = heightOf(array.data[2 * i + 1]);
      if (!Number.isFinite(at)) open = false;
      else if (open) context.lineTo(px(array.data[2 * i]), py(at));
      else context.moveTo(px(array.data[2 * i]), py(at));
      open ||= Number.isFinite(at);
    }
    [context.strokeStyle, context.lineWidth, context.lineJoin] = [colour, 2, "round"];
    context.stroke();
  }
}
