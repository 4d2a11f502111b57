/** Numbers as they come over the wire. */

/**
 * A number that may be spelled, since JSON has none that are not finite; null where it is withheld.
 * @param {number | string | null | undefined} value
 * @returns {number | null}
 */
export function numeric(value) {
  return value === null || value === undefined ? null : Number(value);
}
