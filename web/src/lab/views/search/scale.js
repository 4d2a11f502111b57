/** Where a knob's value is across the map, and what colour a loss has there. */

/**
 * @typedef {object} Knob
 * @property {string} path
 * @property {string} title
 * @property {"linear" | "log"} scale
 */

/**
 * Cells around the values of the grid: each reaches half-way to its neighbours, the outer ones as far outwards.
 * @param {Knob} knob @param {number[]} values  ascending
 */
export function across({ scale }, values) {
  const to = (/** @type {number} */ value) => (scale === "log" ? Math.log(value) : value);
  const at = values.map(to);
  const last = at.length - 1;
  const half = (/** @type {number} */ i) => (last > 0 ? (at[i + 1] - at[i]) / 2 : 0.5);
  const edges = [
    at[0] - half(0),
    ...at.slice(1).map((one, i) => (one + at[i]) / 2),
    at[last] + (last > 0 ? half(last - 1) : 0.5),
  ];
  const [low, high] = [edges[0], edges[edges.length - 1]];
  const share = (/** @type {number} */ place) => (place - low) / (high - low);
  return { edges: edges.map(share), share: (/** @type {number} */ value) => share(to(value)) };
}

/**
 * From the best measure, 0, to the worst, 1: losses by their logarithm.
 * @param {(number | null)[]} measures @param {boolean} log
 */
export function ranked(measures, log) {
  const to = (/** @type {number} */ value) => (log ? Math.log(Math.max(value, 1e-300)) : -value);
  const known = measures.flatMap((value) => (value === null ? [] : [to(value)]));
  const [low, high] = [Math.min(...known), Math.max(...known)];
  return (/** @type {number | null} */ value) => (value === null ? null : high > low ? (to(value) - low) / (high - low) : 0);
}
