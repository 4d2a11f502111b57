/** Lanes of a race on the network as the race's own parts take them, and what a place in θ is called. */

/** @import { AppState } from "../../types.js" */
/** @import { NetworkClock, NetworkInfo } from "./types.js" */
/** @import { RaceClock, RaceInfo } from "../types.js" */

import { namesOf } from "../lanes.js";

/**
 * A race on the network told as one on a surface is: names, colours and the transport are the same.
 * @param {NetworkInfo} network
 * @returns {RaceInfo}
 */
export function asRace(network) {
  const { race, change, title, threshold, lanes } = network;
  return {
    type: "race",
    race,
    change,
    on: "network",
    spec: {},
    title,
    mathml: "",
    domain: null,
    start: null,
    least: null,
    lanes,
    threshold,
    rates: "",
  };
}

/** @param {NetworkClock} clock @returns {RaceClock} */
export function asClock(clock) {
  return { ...clock, type: "race_state", tuning: null };
}

/** @param {any} event  as it came @returns {NetworkInfo} */
export function withLooks(event) {
  return { ...event, lanes: event.lanes.map((/** @type {any} */ lane) => ({ ...lane, chosen: "own", clock: [] })) };
}

/** @param {AppState} state @returns {Map<number, string>} */
export function networkNames(state) {
  return state.network ? namesOf({ ...state, race: asRace(state.network) }) : new Map();
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
 * @param {AppState} state
 * @param {import("../../types.js").Channel} channel
 */
export function networkFrameOf(state, channel) {
  const frame = state.frames[channel];
  return frame && state.network && frame.run === state.network.race ? frame : null;
}
