/** The race of this page's address: `#r=` and its script, packed as a run's is. */

export const FIELD = "r";

/** @returns {string | null} */
export function raceLinkHere() {
  return new URLSearchParams(location.hash.slice(1)).get(FIELD);
}
