/** What is left on the clock of a vote: it informs, and closes nothing. */

/** @import { Room } from "./types.js" */

/** @param {Room} room @param {number} told  when that was, as `Date.now()` counts @returns {string} */
export function clockOf({ closes_in: left }, told) {
  if (left === null) return "";
  const seconds = Math.max(0, Math.ceil(left - (Date.now() - told) / 1000));
  if (seconds === 0) return "time is up";
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")} left`;
}
