/** Numbers as they come over the wire. */

import { formatExact, formatNumber } from "../../toolkit/maths.js";

/**
 * A number that may be spelled, since JSON has none that are not finite; null where it is withheld.
 * @param {number | string | null | undefined} value
 * @returns {number | null}
 */
export function numeric(value) {
  return value === null || value === undefined ? null : Number(value);
}

/**
 * A number of an array, in so many digits and in full. Where numbers are asked for, those are NaN: they are told as "?".
 * @param {number} value
 * @param {number} asked  how many are
 * @param {number} [digits]
 * @param {number} [small]
 */
export function toldOf(value, asked, digits, small) {
  if (asked > 0 && Number.isNaN(value)) return { text: "?", exact: "?" };
  return { text: formatNumber(value, digits, small), exact: formatExact(value) };
}
