/** How many gradients lanes have asked for: an optimizer one an update, a solver as many as it needs. */

/** @import { AppState } from "../../types.js" */

import { raceFrameOf } from "../frames.js";

/** Of each row of the frame: f, its gradient, its Hessian. */
const COUNTS = 3;
const GRADIENTS = 1;

/** @param {AppState} state @returns {(lane: number, step: number) => number} up to a step */
export function gradientsOf(state) {
  const frame = raceFrameOf(state, "race_evaluations");
  /** @type {Map<number, import("../../types.js").NamedArray["data"]>} */
  const counted = new Map();
  let first = 0;
  for (const { id, count } of frame?.meta.lanes ?? []) {
    const end = first + COUNTS * count;
    counted.set(id, /** @type {NonNullable<typeof frame>} */ (frame).arrays.evaluations.data.subarray(first, end));
    first = end;
  }
  return (lane, step) => {
    const rows = counted.get(lane);
    // Beyond the last row a lane is at rest.
    return rows ? rows[COUNTS * Math.min(step, rows.length / COUNTS - 1) + GRADIENTS] : step;
  };
}
