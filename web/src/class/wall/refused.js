/** Why the room refused something, in sentences: on the full page and on a phone that has little else. */

/** @import { Refusal } from "../wire.js" */

import { typeset } from "../../toolkit/maths.js";

/** @param {unknown} error */
export function refusedWords(error) {
  const refusal = /** @type {{refusal?: Refusal}} */ (error).refusal;
  const message = error instanceof Error ? error.message : String(error);
  const plain = refusal?.field && message.startsWith(`${refusal.field}: `) ? message.slice(refusal.field.length + 2) : message;
  const first = typeset(plain.charAt(0).toUpperCase() + plain.slice(1));
  const allowed = refusal?.allowed;
  return allowed && !message.includes(allowed) ? `${first.replace(/\.$/, "")}. Allowed: ${typeset(allowed)}.` : first;
}
