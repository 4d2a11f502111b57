/** What came of a question to the server, as a panel shows it. */

import { CommandError } from "../connection.js";
import { typeset } from "../toolkit/maths.js";

/**
 * @template Result
 * @typedef {object} Answer
 * @property {string} key
 * @property {"loading" | "done" | "refused" | "failed" | "old"} status
 * @property {Result | null} result  while loading and when old: the one before
 * @property {string} message
 */

/**
 * Never rejects: a refusal and a failure are answers.
 * @param {string} key
 * @template Result
 * @param {() => Promise<Result>} ask
 * @param {string} [failed]  what to say where the server could not answer
 * @returns {Promise<Answer<Result>>}
 */
export async function answerOf(key, ask, failed = "the server could not answer. The run is as it was.") {
  try {
    return { key, status: "done", result: await ask(), message: "" };
  } catch (error) {
    const refused = error instanceof CommandError && error.refusal.code !== "internal";
    const internal = error instanceof CommandError && !refused;
    return { key, status: refused ? "refused" : "failed", result: null, message: internal ? failed : wordsOf(error) };
  }
}

/** @param {unknown} error */
export function wordsOf(error) {
  const { field, allowed } = error instanceof CommandError ? error.refusal : { field: null, allowed: null };
  const whole = typeset(error instanceof Error ? error.message : String(error));
  // In its panel a refusal need not name the command's field.
  const plain = field && whole.startsWith(`${field}: `) ? whole.slice(field.length + 2) : whole;
  const message = plain.charAt(0).toUpperCase() + plain.slice(1);
  return allowed && !message.includes(allowed) ? `${message}. Allowed: ${typeset(allowed)}.` : message;
}
