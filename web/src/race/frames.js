/** The newest frames of the races' channels. */

/** @import { Frames, Metas } from "../channels.js" */
/** @import { AppState } from "../types.js" */

/**
 * The newest frame of a channel of the race on a surface, if it belongs to the race that is shown.
 * @template {keyof Metas} C
 * @param {AppState} state
 * @param {C} channel
 * @returns {NonNullable<Frames[C]> | null}
 */
export function raceFrameOf(state, channel) {
  const frame = state.frames[channel];
  return frame && state.race && frame.run === state.race.race ? frame : null;
}

/**
 * The newest frame of a channel of the race on the network, if it belongs to the race that is shown.
 * @template {keyof Metas} C
 * @param {AppState} state
 * @param {C} channel
 * @returns {NonNullable<Frames[C]> | null}
 */
export function networkFrameOf(state, channel) {
  const frame = state.frames[channel];
  return frame && state.network && frame.run === state.network.race ? frame : null;
}
