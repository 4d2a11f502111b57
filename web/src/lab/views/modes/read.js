/** What the engine tells of the two modes, read once for each result. */

/** @import { NamedArray } from "../../../channels.js" */
/** @import { Shown } from "../types.js" */

/**
 * @typedef {object} Station  of a pass: numbers that it makes on its way
 * @property {string} symbol
 * @property {number} first
 * @property {number} units
 *
 * @typedef {object} Side
 * @property {"forward" | "reverse"} mode
 * @property {string} title
 * @property {number} passes
 * @property {number} done  as far as the engine is
 * @property {NamedArray} jacobian  (outputs, inputs); NaN where not yet
 * @property {NamedArray} numbers  of each pass, its stations one behind the other
 * @property {Station[]} stations
 * @property {string[]} inputs
 * @property {string[]} outputs
 */

/** @type {WeakMap<Record<string, unknown>, {forward: Side, reverse: Side}>} */
const read = new WeakMap();

/** @param {Shown} shown @returns {{forward: Side, reverse: Side} | null} */
export function modesOf({ values, figures, arrays }) {
  const known = read.get(values);
  if (known) return known;
  if (!values.stations || figures.length < 2 || !arrays.forward_passes) return null;
  const told = /** @type {{passes: Record<string, number>, done: Record<string, number>, stations: Record<string, Station[]>,
    inputs: string[], outputs: string[]}} */ (/** @type {unknown} */ (values));
  /** @param {"forward" | "reverse"} mode @param {string} title @param {number} figure @returns {Side} */
  const side = (mode, title, figure) => ({
    mode,
    title,
    passes: told.passes[mode],
    done: told.done[mode],
    jacobian: /** @type {NamedArray} */ (figures[figure].kind === "heat" ? figures[figure].values : arrays.forward_passes),
    numbers: arrays[`${mode}_passes`],
    stations: told.stations[mode],
    inputs: told.inputs,
    outputs: told.outputs,
  });
  const found = { forward: side("forward", "Forward mode", 0), reverse: side("reverse", "Reverse mode", 1) };
  read.set(values, found);
  return found;
}
