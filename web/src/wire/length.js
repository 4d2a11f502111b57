/** A command may be too long for the line: it is refused here, since what is far too long closes the line. */

/** @import { Sent } from "../commands.js" */
/** @import { Refusal } from "../types.js" */

/** Bytes to a character, at most. */
const WIDEST = 3;

/**
 * Why a command is not sent; null where it may be.
 * @param {Sent} command
 * @param {string} text  as it would be sent
 * @param {number} longest  bytes
 * @returns {Refusal | null}
 */
export function tooLong(command, text, longest) {
  if (text.length * WIDEST <= longest || new Blob([text]).size <= longest) return null;
  const allowed = `at most ${longest} bytes`;
  return refusalOfLength(
    command,
    `it is too long for this server: ${megabytes(text.length)} where ${megabytes(longest)} are allowed`,
    allowed,
  );
}

/**
 * A refusal that names the longest field of a command.
 * @param {Sent} command
 * @param {string} words
 * @param {string | null} allowed
 * @returns {Refusal}
 */
export function refusalOfLength(command, words, allowed) {
  const sizes = Object.entries(command).map(([name, value]) => ({ name, size: JSON.stringify(value)?.length ?? 0 }));
  const field = sizes.reduce((longest, each) => (each.size > longest.size ? each : longest)).name;
  return { type: "error", id: null, code: "too_large", field, allowed, message: `${field}: ${words}` };
}

/** @param {number} count */
const megabytes = (count) => `${(count / 1_000_000).toFixed(count < 10_000_000 ? 1 : 0)} MB`;
