/** The sample that is followed through the network: which it is, in words, and what the server says of it. Nothing is drawn here. */

/** @import { AnyFrame, FrameOf } from "../channels.js" */
/** @import { AppState, Followed, RunInfo } from "../types.js" */

import { formatCount, formatNumber } from "../toolkit/maths.js";
import { frameOf } from "./selectors.js";

/**
 * Its newest frame; null while one of another sample is still there.
 * @param {AppState} state
 * @returns {FrameOf<"sample"> | null}
 */
export function sampleFrame(state) {
  const frame = state.followed ? frameOf(state, "sample") : null;
  return frame && frame.meta.split === state.followed?.split && frame.meta.index === state.followed?.index ? frame : null;
}

/** Sample 17 of the train set. @param {Followed} followed */
export function sampleName({ split, index }) {
  return `sample ${formatCount(index + 1)} of the ${split} set`;
}

/**
 * Its class, or the value wanted of it; empty before the data have come.
 * @param {RunInfo} run
 * @param {AnyFrame | null} data
 * @param {Followed} followed
 */
export function targetWords(run, data, { split, index }) {
  const target = data?.arrays[`${split}_target`];
  if (!target) return "";
  if (run.task === "classification") return `class ${run.classes[target.data[index]]}`;
  return `target ${formatNumber(target.data[index * (target.shape[1] ?? 1)])}`;
}

/**
 * Whether a new run has the very same samples.
 * @param {RunInfo | null} before
 * @param {RunInfo} now
 */
export function sameSamples(before, now) {
  return before !== null && JSON.stringify(before.spec.data) === JSON.stringify(now.spec.data);
}
