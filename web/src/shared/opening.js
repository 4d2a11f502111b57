/**
 * What a room begins by itself, where there is nothing yet. It is asked for once a session has told all that it has, and never in
 * place of anything: the server leaves what is there, whatever the page has not heard of.
 */

/** @import { Sent } from "../commands.js" */
/** @import { AppState } from "../types.js" */

/** Commands that can be told to leave what there is. @typedef {Extract<Sent, {unless_there?: boolean}>} Begins */

/**
 * @param {() => AppState} now
 * @param {(state: AppState) => boolean} wanted  whether there is reason to begin, and nothing there
 * @param {(command: Begins) => Promise<boolean>} tell
 * @param {Begins} command
 * @returns {() => Promise<boolean>}  to be called as often as one likes; whether it was done
 */
export function opening(now, wanted, tell, command) {
  let asked = false;
  return async () => {
    const state = now();
    if (asked || !state.told || state.connection.status !== "open" || !wanted(state)) return false;
    asked = true;
    try {
      return await tell({ ...command, unless_there: true });
    } finally {
      asked = false;
    }
  };
}
