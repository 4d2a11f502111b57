/**
 * What becomes of commands whose answer was lost with the line. Once the server has told where it stands, either they took effect,
 * or they may be sent again, or nobody can say; in any case page and server agree. Which it is, whoever has the commands knows.
 */

/** @import { Sent } from "../commands.js" */
/** @import { AppState } from "../types.js" */

/**
 * @typedef {"again" | "done" | "lost"} Fate
 *
 * @typedef {object} Asked
 * @property {Sent} command
 * @property {AppState} before  what the page knew when it was sent
 *
 * @typedef {object} Case
 * @property {Sent} command
 * @property {AppState} before
 * @property {AppState} now  after the server has told all
 * @property {Sent | undefined} previous  the command that was sent before it
 * @property {(what: string, by: number) => boolean} took  whether it is one of so many that took effect since: each is counted once
 *
 * @typedef {Fate | ((asked: Case) => Fate)} Rule
 */

/**
 * The fate of each, in the order in which they were sent; of a command that no rule is about nobody can say.
 * @param {Asked[]} asked
 * @param {AppState} now  after the server has told all
 * @param {Record<string, Rule>} rules  by the command's type
 * @returns {Fate[]}
 */
export function fates(asked, now, rules) {
  /** Runs, races and updates that are accounted for by a command before. @type {Map<string, number>} */
  const used = new Map();
  /** @param {string} what @param {number} by */
  const took = (what, by) => {
    const before = used.get(what) ?? 0;
    if (by <= before) return false;
    used.set(what, before + 1);
    return true;
  };
  return asked.map(({ command, before }, i) => {
    const rule = rules[command.type] ?? "lost";
    return typeof rule === "string" ? rule : rule({ command, before, now, previous: asked[i - 1]?.command, took });
  });
}

/** Of commands that, given twice, do the same as once, or change nothing. @param {...string} types @returns {Record<string, Rule>} */
export const harmless = (...types) => Object.fromEntries(types.map((type) => [type, "again"]));

/**
 * Of a command that begins something which is counted.
 * @param {string} what
 * @param {(state: AppState) => number | undefined} count
 * @returns {Rule}
 */
export const begins =
  (what, count) =>
  ({ before, now, took }) =>
    took(what, (count(now) ?? 0) - (count(before) ?? 0)) ? "done" : "again";

/**
 * Of a step: one update more pauses what plays; where it plays still, the command never came.
 * @param {string} what
 * @param {(state: AppState) => {status: string, step: number} | null} clock
 * @returns {Rule}
 */
export const steps =
  (what, clock) =>
  ({ before, now, took }) => {
    const [was, is] = [clock(before), clock(now)];
    if (!was || !is || is.status === "playing") return "again";
    return took(what, is.step - was.step) ? "done" : "again";
  };
