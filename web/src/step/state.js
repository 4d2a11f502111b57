/** Where the microscope is to begin with, and what the two channels say of where it is now. */

/** @import { AppState } from "../types.js" */
/** @import { Depth, Look, Scope, Seen, StepState } from "./types.js" */

import { frameOf } from "../run/selectors.js";

/** @type {Depth[]} */
export const DEPTHS = ["layer", "unit", "edge"];

/** @type {Look} */
export const FIRST = { micro: 0, sample: "first", notation: "theory", depth: "layer", name: null, row: 0, column: 0, term: 0 };

/** @type {StepState} */
export const BEGINNING = {
  look: FIRST,
  spot: null,
  playing: false,
  pace: 1,
  loop: false,
  crossing: null,
  part: "network",
  brought: {},
};

/**
 * The update under the microscope; null before it is there.
 * @param {AppState} state
 * @returns {Scope | null}
 */
export function scopeOf(state) {
  const frame = frameOf(state, "microscope");
  return frame?.meta ?? null;
}

/**
 * The micro-step that has come with its update; null while they do not belong together, or on the way to another update.
 * @param {AppState} state
 * @returns {Seen | null}
 */
export function seenOf(state) {
  const [whole, frame] = [frameOf(state, "microscope"), frameOf(state, "microstep")];
  if (!whole || !frame || whole.step !== frame.step || whole.branch !== frame.branch) return null;
  const [scope, micro] = [whole.meta, frame.meta];
  const step = scope.steps[micro.micro];
  if (scope.notation !== micro.notation || scope.steps.length !== micro.steps || !step || !arrived(state, frame)) return null;
  return { scope, micro, step, arrays: frame.arrays, losses: whole.arrays.losses ?? null, frame };
}

/** @param {AppState} state @param {import("../channels.js").FrameOf<"microstep">} frame */
function arrived({ step: { crossing } }, { step, meta }) {
  return crossing === null || (crossing.step === step && meta.micro === (crossing.last ? meta.steps - 1 : 0));
}

/**
 * The name of a row or column.
 * @param {import("./types.js").Axis} axis
 * @param {number} index
 * @param {Scope} scope
 */
export function nameOf(axis, index, scope) {
  if (axis.kind === "one") return "";
  if (axis.kind === "sample") return String(scope.samples[index] + 1);
  return axis.names?.[index] ?? String(index + 1);
}
