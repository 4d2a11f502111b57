/** What a page tells of a session that the server has forgotten, while it begins again what it still knows of it. */

/** @import { AppState } from "../types.js" */

import { formatCount } from "../toolkit/maths.js";

/**
 * @param {AppState} state  what the page knew
 * @param {string | null} why  what was kept of it could not be read, in the server's words
 * @returns {string}
 */
export function wordsOfLoss({ run, script, clock }, why) {
  if (!run || !clock)
    return `${why ?? "The server no longer has this tab’s session, so a new one begins"}. What you named is still under Experiments.`;
  const edits = script?.run === run.run ? script.edits.length : 0;
  const changes = edits === 0 ? "" : edits === 1 ? " with its one change" : ` with its ${edits} changes`;
  const gone = (script?.branches.length ?? 1) > 1 ? " Its other branches are gone." : "";
  return `${why ?? "The server no longer had this session"}: the run is followed anew to step ${formatCount(clock.step)}${changes}, from what this page knew.${gone}`;
}
