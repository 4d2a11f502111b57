/** What came of a question to the server, as a panel shows it. */

import { refusalOf, sentencesOf } from "../wire/refusals.js";

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
    const refusal = refusalOf(error);
    const internal = refusal?.code === "internal";
    const status = refusal && !internal ? "refused" : "failed";
    return { key, status, result: null, message: internal ? failed : sentencesOf(error) };
  }
}
