/**
 * What the page does again after a server that was killed: it comes back a moment behind what the page was told. Changes are known
 * by what they led from and to; whatever the server has of them is not made twice.
 */

/** @import { Sent } from "../commands.js" */
/** @import { AppState } from "../types.js" */

/** Milliseconds after which whatever was done is surely kept. */
const KEPT = 5000;

/**
 * @typedef {object} Made  A change that the server said was made.
 * @property {Sent} command
 * @property {AppState} before  when it was sent
 * @property {AppState} after  when it was made
 * @property {number} at
 *
 * @typedef {object} Broken  What was under way when the line broke.
 * @property {number} at  when that was
 * @property {Made[]} made  not long before, in order
 * @property {Set<string>} waiting  types of commands whose answer was lost: what becomes of them is settled afterwards
 *
 * @typedef {object} Clock
 * @property {string} status
 * @property {number} step
 * @property {unknown} speed
 */

/** Changes of the last seconds. */
export class Journal {
  /** @type {Made[]} */
  #made = [];

  /** @param {Omit<Made, "at">} made */
  note(made) {
    const at = Date.now();
    this.#made = [...this.before(at), { ...made, at }];
  }

  /** Those that were made not long before. @param {number} at */
  before(at) {
    return this.#made.filter((each) => at - each.at < KEPT);
  }
}

/**
 * Of the changes that were made those that a server does not know; null where nobody can say.
 * @param {Made[]} made
 * @param {(state: AppState) => unknown} key  tells apart what they lead from and to
 * @param {AppState} now
 */
export function lostChanges(made, key, now) {
  const here = JSON.stringify(key(now));
  const known = made.findLastIndex(({ after }) => JSON.stringify(key(after)) === here);
  if (known >= 0) return made.slice(known + 1);
  const first = made.findIndex(({ before }) => JSON.stringify(key(before)) === here);
  return first < 0 ? null : made.slice(first);
}

/** Whether two states are told apart by a key. @param {(state: AppState) => unknown} key @param {AppState} a @param {AppState} b */
export const differ = (key, a, b) => JSON.stringify(key(a)) !== JSON.stringify(key(b));

/**
 * Back to where a clock stood, going as it went. One that was stopped further on stays there.
 * @param {Clock | null} was
 * @param {Clock | null} is  of the same run, or race
 * @param {boolean} changed  whether changes are made before
 * @returns {("speed" | "play" | "seek")[]}
 */
export function backInPlace(was, is, changed) {
  if (!was || (!is && !changed)) return [];
  /** @type {("speed" | "play" | "seek")[]} */
  const moves = is && !changed && JSON.stringify(was.speed) === JSON.stringify(is.speed) ? [] : ["speed"];
  const [goes, elsewhere] = [is?.status === "playing", is?.step !== was.step];
  if (was.status === "playing") return changed || (is && !goes && is.step <= was.step) ? [...moves, "play"] : moves;
  if (was.status !== "paused" && was.status !== "finished") return moves;
  return changed || goes || elsewhere ? [...moves, "seek"] : moves;
}
