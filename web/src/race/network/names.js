/** What a lane of a race on the network, and a place in θ, is called. */

/** @import { AppState } from "../../types.js" */
/** @import { NetworkInfo } from "./types.js" */

import { namesOf } from "../lanes/lanes.js";

/** @param {AppState} state @returns {Map<number, string>} */
export function networkNames(state) {
  return namesOf(state.network?.lanes ?? [], state.catalog);
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
