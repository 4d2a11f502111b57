/** What a number on the page is in the one grammar of measurements, so that it can be asked for (`data-measure`). */

import { setAttribute } from "../toolkit/dom.js";
import { subscript } from "../toolkit/maths.js";

/**
 * @param {Element} element
 * @param {string | null} of  the measurement; null: there is none for it
 * @param {string} [name]  in words
 */
export function asMeasure(element, of, name = "") {
  setAttribute(element, "data-measure", of);
  setAttribute(element, "data-measured", of === null ? null : name);
}

/** Of what a table of Step shows, by the beginning of its name: the measurement, and how it is written. @type {Record<string, [string, string]>} */
const OF_SAMPLE = { h: ["activation", "h"], z: ["preactivation", "z"], delta: ["signal", "δ"] };

/**
 * An entry of an array of the coming update, rows and columns counted from 0.
 * @param {string} array  such as W1, dW1, h1
 * @param {number} row
 * @param {number} column
 * @param {boolean} sampled  whether its columns are samples
 * @returns {[string, string] | null} the measurement, and its name in words
 */
export function entryMeasure(array, row, column, sampled) {
  const [, kind, layer] = /^([a-z]+|[a-z]?[Wb])(\d+)$/.exec(array) ?? [];
  if (!kind) return null;
  const index = subscript(Number(layer));
  if (sampled) {
    const [name, sign] = OF_SAMPLE[kind] ?? [];
    return name ? [`${name}(${layer}, ${row}, ${column})`, `${sign}${index} of unit ${row + 1}, sample ${column + 1}`] : null;
  }
  const [gradient, letter] = kind.startsWith("d") ? [true, kind.slice(1)] : [false, kind];
  if (letter !== "W" && letter !== "b") return null;
  const entry = letter === "b" ? `${letter}${layer}, ${row}` : `${letter}${layer}, ${row}, ${column}`;
  const place = letter === "b" ? `(${row + 1})` : `(${row + 1}, ${column + 1})`;
  const words = `${letter}${index} ${place}`;
  return gradient ? [`gradient(${entry})`, `the derivative by ${words}`] : [`weight(${entry})`, words];
}
