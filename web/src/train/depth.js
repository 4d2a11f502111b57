/** Whether a network is too deep for its units to be drawn one by one: then it is a ribbon. */

/** Hidden layers that are still drawn unit by unit. */
export const DEEPEST_DRAWN = 8;

/** @param {import("../types.js").RunInfo} run */
export function isDeep(run) {
  return run.layers.length - 1 > DEEPEST_DRAWN;
}
