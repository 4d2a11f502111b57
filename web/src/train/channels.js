/** Which pictures are watched. What is not on the screen is not asked for, and then nobody computes it. */

/** @import { AppState, Channel } from "../types.js" */

import { isDeep } from "./depth.js";

/** @type {Channel[]} */
const ALWAYS = [
  "data",
  "inputs",
  "series",
  "batch_losses",
  "parameters",
  "gradients",
  "maps",
  "evaluation",
  "health",
  "rates",
  "findings",
];

/**
 * @param {AppState} state
 * @returns {Channel[]}
 */
export function channelsFor({ edges, units, spread, opened, run, comparing }) {
  const wanted = [...ALWAYS];
  if (edges === "updates") wanted.push("updates");
  if (units === "delta" || comparing) wanted.push("deltas");
  if (units === "sample") wanted.push("sample");
  if (spread !== null) wanted.push("weights");
  if (opened !== null) wanted.push("preactivations");
  if (run && isDeep(run)) wanted.push("flow");
  return wanted;
}
