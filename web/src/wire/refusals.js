/** What is said of a command that was refused, or that failed: in one way, wherever it is said. */

/** @import { Refusal } from "../types.js" */

import { typeset } from "../toolkit/maths.js";
import { CommandError } from "./connection.js";

/** @param {unknown} error */
export const messageOf = (error) => (error instanceof Error ? error.message : String(error));

/** As a part of a sentence. @param {unknown} error */
export const reasonOf = (error) => messageOf(error).replace(/\.$/, "");

/** What the server said of a command that it refused; null where something else went wrong. @param {unknown} error @returns {Refusal | null} */
export const refusalOf = (error) => (error instanceof CommandError ? error.refusal : null);

/**
 * Why, and what is allowed.
 * @param {unknown} error
 * @param {...(string | null | undefined)} fields  it stands beside: they need not be named
 */
export function wordsOf(error, ...fields) {
  const message = withoutField(messageOf(error), fields);
  const allowed = refusalOf(error)?.allowed;
  return allowed && !message.includes(allowed) ? `${message}; allowed: ${allowed}` : message;
}

/** The same as sentences, where it stands alone in its panel. @param {unknown} error */
export function sentencesOf(error) {
  const { field, allowed } = refusalOf(error) ?? { field: null, allowed: null };
  const plain = withoutField(typeset(messageOf(error)), [field]);
  const message = plain.charAt(0).toUpperCase() + plain.slice(1);
  return allowed && !message.includes(allowed) ? `${message}. Allowed: ${typeset(allowed)}.` : message;
}

/** @param {string} message @param {(string | null | undefined)[]} fields */
function withoutField(message, fields) {
  const named = fields.find((field) => field && message.startsWith(`${field}: `));
  return named ? message.slice(named.length + 2) : message;
}
