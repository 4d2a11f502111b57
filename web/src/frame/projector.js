/** Projector mode: type grows by half and the settings fold away, so that the last row can read. `p`, or `#projector=1` in a link. */

import { readFragment, writeFragment } from "../url.js";

/** @returns {boolean} */
export function initialProjector() {
  return readFragment().projector;
}

/**
 * @param {boolean} on
 * @param {boolean} [chosen]  by a person: the address says so from now on
 */
export function applyProjector(on, chosen = false) {
  document.documentElement.toggleAttribute("data-projector", on);
  if (chosen) writeFragment({ projector: on ? "1" : null });
}
