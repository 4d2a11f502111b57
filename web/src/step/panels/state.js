/** The panels to begin with: nothing is asked. */

/** @import { Panels } from "./types.js" */

/** @type {Panels} */
export const NO_PANELS = {
  picked: null,
  wrong: false,
  library: "numpy",
  answers: {},
  asking: { questions: [], score: { right: 0, wrong: 0, unknown: 0, revealed: 0 }, last: null, revision: 0, error: "" },
  opening: null,
};
