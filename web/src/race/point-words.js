/** What kind of point a lane is at, in words. */

import { formatNumber } from "../toolkit/maths.js";

/**
 * @param {Record<string, string>} kinds  the words of each kind
 * @param {string} kind
 * @param {number | null} newton  how far off a Newton step says that the nearest critical point is
 */
export function pointWords(kinds, kind, newton) {
  const words = kinds[kind] ?? kind;
  return kind === "not critical" && newton !== null && Number.isFinite(newton)
    ? `${words} (nearest predicted: ${formatNumber(newton, 2)} away)`
    : words;
}
