/** What is said of the line to the server: why it is lost, and what comes next. The page comes back by itself whatever it says. */

/** @import { AppState } from "../types.js" */
/** @import { Line } from "./notice.js" */

/**
 * @param {AppState} state
 * @param {import("../run/actions.js").RunActions} actions
 * @returns {Line | null}
 */
export function connectionLine({ connection, clock }, actions) {
  const { status, reason, words } = connection;
  if (status === "open") return null;
  if (status === "superseded") {
    return {
      kind: "warn",
      text: "This session was opened elsewhere, and that page holds the controls now.",
      buttons: [{ label: "take control back", press: () => actions.reconnect() }],
    };
  }
  const buttons = [{ label: "try now", press: () => actions.reconnect() }];
  if (reason === "full")
    return { kind: "warn", text: `The server is full (${words}); this page tries again by itself.`, buttons };
  if (reason === "refused")
    return { kind: "warn", text: `The server did not take this page: ${sentence(words)} It tries again by itself.`, buttons };
  if (reason === "restart") return { kind: "quiet", text: "The server is restarting; this page comes back by itself." };
  if (status === "connecting" && !clock) return { kind: "quiet", text: "Connecting to the engine …" };
  return { kind: "warn", text: "The connection is lost; trying again. The session is kept.", buttons };
}

/** @param {string} words */
const sentence = (words) => (/[.!?]$/.test(words) ? words : `${words}.`);
