/** What the lanes of a race on a surface are called. */

/** @import { AppState } from "../../types.js" */

import { namesOf } from "../lanes/lanes.js";

/** @param {AppState} state @returns {Map<number, string>} */
export function surfaceNames({ race, catalog }) {
  return namesOf(race?.lanes ?? [], catalog);
}
