/** The finish in the loss curves: a line, and an axis that ends not far below it. */

/** @import { Shape } from "../../toolkit/plotly.js" */

import { palette } from "../../toolkit/colours.js";

/** @param {number} finish @param {string} theme @returns {Shape} */
export function finishLine(finish, theme) {
  const line = { color: palette(theme).ink2, width: 1.5, dash: "dash" };
  return { type: "line", xref: "paper", yref: "y", x0: 0, x1: 1, y0: finish, y1: finish, line };
}

/** Decades below the finish that are always shown, and at most: who is nearer to the minimum is none the better for it. */
const [ABOVE, BELOW] = [0.3, 2];

/**
 * The range of the losses: what left for the far away does not press the others flat, nor what went far beyond the finish; where
 * they begin is always in it.
 * @param {{y: number[]}[]} curves
 * @param {boolean} log
 * @param {number} finish
 * @returns {[number, number] | null}
 */
export function lossRange(curves, log, finish) {
  const place = (/** @type {number[]} */ values) =>
    values.filter((value) => Number.isFinite(value) && (!log || value > 0)).map((value) => (log ? Math.log10(value) : value));
  const finite = place(curves.flatMap(({ y }) => y));
  if (finite.length === 0) return null;
  const sorted = finite.sort((a, b) => a - b);
  const [line] = place([finish]);
  const bounded = (/** @type {number} */ least) => Math.max(Math.min(least, line - ABOVE), line - BELOW);
  const low = log && line !== undefined ? bounded(sorted[0]) : sorted[0];
  const typical = sorted[Math.floor(sorted.length * 0.9)];
  const begun = Math.max(typical, low, ...place(curves.map(({ y }) => y[0])));
  const high = Math.max(begun, Math.min(sorted[sorted.length - 1], log ? begun + 2 : begun + 0.5 * (begun - low || 1)));
  const room = 0.05 * (high - low || 1);
  return [low - room, high + room];
}
