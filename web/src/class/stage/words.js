/** What is said of a question: above it which vote this is, below it what there is to do. */

/** @import { Room } from "../slice.js" */

/** @param {Room} room */
export const asksTwice = ({ question }) => (question?.votes ?? 2) > 1;

/** @param {Room} room  "24 of 27" */
export const shareAnswered = ({ answered, here }) => `${answered} of ${Math.max(here, answered)}`;

/** @param {Room} room */
export function voteName(room) {
  if (!asksTwice(room)) return "one vote, alone";
  return room.round > 1 ? "second vote" : "first vote";
}

/** Above the question. @param {Room} room */
export function roundWords(room) {
  const name = (room.question?.twin ? "the twin question · " : "") + voteName(room);
  switch (room.phase) {
    case "vote": {
      const last = !asksTwice(room) || room.round > 1;
      const hidden = last ? "counts are shown with the answer" : "counts stay hidden";
      return `${name} · ${shareAnswered(room)} · ${hidden}`;
    }
    case "talk":
      return "first vote closed · counts stay hidden until the second";
    case "voted":
      return `${name} closed · counts are shown with the answer`;
    case "revealed":
      return asksTwice(room) ? "the answer, and both votes" : "the answer, and the vote";
    default:
      return "";
  }
}

/** Below it. @param {Room} room */
export function askedWords(room) {
  switch (room.phase) {
    case "vote":
      if (asksTwice(room) && room.round > 1) return "You have talked. Vote again.";
      return "Answer alone, on your own page.";
    case "talk":
      return "Talk to your neighbours: find one who answered otherwise, and say why. Then all vote again.";
    case "voted":
      return "All votes are in.";
    default:
      return "";
  }
}

/** @param {number} seconds */
export const clockText = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;
