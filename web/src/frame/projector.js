/** Presenting: type grows by half and the settings fold away, so that the last row can read. `p`, or `#projector=1` in a link. */

import { readFragment, writeFragment } from "../url.js";

/** A phone, or a tablet held upright, is no projector: there is no room for larger type on it. */
const ROOM = matchMedia("(min-width: 1000px)");
let presenting = false;

/** @returns {boolean} */
export function initialProjector() {
  return readFragment().projector;
}

/**
 * @param {boolean} on
 * @param {boolean} [chosen]  by a person: the address says so from now on
 */
export function applyProjector(on, chosen = false) {
  presenting = on;
  show();
  if (chosen) writeFragment({ projector: on ? "1" : null });
}

function show() {
  document.documentElement.toggleAttribute("data-projector", presenting && ROOM.matches);
}
ROOM.addEventListener("change", show);
