/** What can be done next with a question, in each of its phases; the first is what mostly comes next. */

/** @import { Room } from "../slice.js" */

import { asksTwice } from "./words.js";

/**
 * @typedef {object} Act
 * @property {string} name  for tests
 * @property {string} label
 * @property {string} command
 * @property {Record<string, unknown>} [fields]
 * @property {string} [sure]  it throws something away: what is to be pressed once more
 */

/** @type {Act} */
const DROP = { name: "drop", label: "Drop the question", command: "drop_question", sure: "Throw the answers away" };
/** @type {Act} */
const TWIN = { name: "twin", label: "Ask its twin", command: "twin" };

/** @type {Act} */
const MORE = { name: "more-time", label: "+30 s", command: "more_time", fields: { seconds: 30 } };
/** @type {Act} */
const REVEAL = { name: "reveal", label: "Reveal", command: "reveal" };

/** @param {Room} room @returns {Act[]} */
export function actsOf(room) {
  const { phase, round, question } = room;
  if (!question) return [];
  const twin = question.has_twin ? [TWIN] : [];
  switch (phase) {
    case "vote": {
      const talk = asksTwice(room) && round === 1;
      return [
        { name: "close-vote", label: talk ? "Close the vote: talk" : "Close the vote", command: "close_vote" },
        MORE,
        DROP,
      ];
    }
    case "talk":
      return [{ name: "vote-again", label: "Vote again", command: "vote_again" }, MORE, REVEAL, DROP];
    case "voted":
      return [REVEAL, ...twin, DROP];
    case "revealed":
      return [{ name: "drop", label: "Back to the page", command: "drop_question" }, ...twin];
    default:
      return [];
  }
}
