/** Lanes of a race on the network as the race's own parts take them, and what a place in θ is called. */

/** @import { Frames, Metas } from "../../channels.js" */
/** @import { AppState } from "../../types.js" */
/** @import { NetworkClock, NetworkInfo } from "./types.js" */
/** @import { RaceClock } from "../types.js" */

import { namesOf } from "../lanes.js";

/** @param {NetworkClock} clock @returns {RaceClock} */
export function asClock(clock) {
  return { ...clock, type: "race_state", tuning: null };
}

/** @param {import("../../protocol.js").NetworkInfo} event  as it came @returns {NetworkInfo} */
export function withLooks(event) {
  return { ...event, lanes: event.lanes.map((lane) => ({ ...lane, chosen: "own", clock: [] })) };
}

/** @param {AppState} state @returns {Map<number, string>} */
export function networkNames(state) {
  return state.network ? namesOf({ race: state.network, catalog: state.catalog }) : new Map();
}

/**
 * Every place in θ by its name, counted from 1: W1[2,1], b3[1] …
 * @param {NetworkInfo} network
 * @param {number} most
 * @returns {{place: number, name: string}[]}
 */
export function placesOf({ tensors }, most) {
  const found = [];
  for (const { name, shape, offset } of tensors) {
    const size = shape.reduce((product, side) => product * side, 1);
    for (let k = 0; k < size && found.length < most; k++) {
      const indices = [];
      for (let rest = k, axis = shape.length - 1; axis >= 0; axis--) {
        indices.unshift((rest % shape[axis]) + 1);
        rest = Math.floor(rest / shape[axis]);
      }
      found.push({ place: offset + k, name: `${name}[${indices.join(",")}]` });
    }
  }
  return found;
}

/**
 * The newest frame of one of the network race's channels, if it belongs to the race that is shown.
 * @template {keyof Metas} C
 * @param {AppState} state
 * @param {C} channel
 * @returns {NonNullable<Frames[C]> | null}
 */
export function networkFrameOf(state, channel) {
  const frame = state.frames[channel];
  return frame && state.network && frame.run === state.network.race ? frame : null;
}
