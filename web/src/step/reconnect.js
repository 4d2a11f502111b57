/** What becomes of the microscope's commands whose answer was lost with the line. */

/** @import { Rule } from "../reconnect/unanswered.js" */

import { harmless } from "../reconnect/unanswered.js";

const MOVES = new Set(["step", "seek"]);

/** @type {Record<string, Rule>} */
export const UNANSWERED = {
  ...harmless("sample_chain", "dissect", "verify", "wrong_way", "factors", "code", "take_away"),
  // Where one looks is told anew with every line, but for a look that goes with a move.
  look: ({ previous }) => (previous && MOVES.has(previous.type) ? "again" : "lost"),
};
