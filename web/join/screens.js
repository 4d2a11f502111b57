/** Which screen it is that a state asks for, and the words in which a change of it is said aloud. */

/** @import { Room, State } from "./types.js" */

/** @typedef {"code" | "entering" | "waiting" | "removed" | "ended" | "follow" | "turn" | "vote" | "talk" | "voted" | "revealed"} Screen */

/** @param {State} state @returns {Screen} */
export function screenOf({ room, entering }) {
  if (!entering) return "code";
  if (!room) return "entering";
  if (room.state !== "in") return room.state;
  if (room.phase !== "follow" && room.question) return room.phase;
  return room.turn ? "turn" : "follow";
}

/** Which vote it is. @param {Room} room */
export function voteOf({ question, round }) {
  if (question?.twin) return "Twin question";
  if (question?.votes === 1) return "Vote";
  return round >= 2 ? "Second vote" : "First vote";
}

/** @param {Screen} screen @param {State} state @returns {string} */
export function spoken(screen, { room }) {
  if (screen === "vote" && room) return `${voteOf(room)} is open.`;
  return {
    code: "",
    entering: "",
    vote: "",
    waiting: "The teacher lets you in in a moment.",
    removed: "You are no longer in this class.",
    ended: "The class has ended.",
    follow: "You are following the teacher.",
    turn: "It is your turn.",
    talk: "Talk to your neighbour.",
    voted: "The vote is closed.",
    revealed: "The answer is shown.",
  }[screen];
}

/** What stands beside the code. @param {Screen} screen @param {State} state */
export function standing(screen, { room }) {
  if (room?.eyes_up) return "eyes up";
  return {
    code: "",
    entering: "entering",
    waiting: "waiting to be let in",
    removed: "removed",
    ended: "ended",
    follow: "following the teacher",
    turn: "your turn",
    vote: room ? voteOf(room).toLowerCase() : "",
    talk: "talk",
    voted: "vote closed",
    revealed: "the answer",
  }[screen];
}
