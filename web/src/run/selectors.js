/** What the state says, read in one way by all. */

/** @import { Frames, Metas } from "../channels.js" */
/** @import { AppState } from "../types.js" */

/**
 * The newest frame of a channel, if it belongs to the run that is shown.
 * @template {keyof Metas} C
 * @param {AppState} state
 * @param {C} channel
 * @returns {NonNullable<Frames[C]> | null}
 */
export function frameOf(state, channel) {
  const frame = state.frames[channel];
  return frame && state.run && frame.run === state.run.run ? frame : null;
}
