/**
 * What becomes of commands whose answer was lost with the line. Once the server has told where it stands, either they took effect,
 * or they may be sent again, or nobody can say; in any case page and server agree.
 */

/** @import { Sent } from "../commands.js" */
/** @import { EditCommand } from "../protocol.js" */
/** @import { AppState } from "../types.js" */

/** @typedef {"again" | "done" | "lost"} Fate */

/** Twice is the same as once, or changes nothing. */
const HARMLESS = new Set([
  ...["play", "pause", "speed", "seek", "share", "keep", "export", "compare", "find_rate", "check_gradient", "cancel"],
  ...["sample_chain", "dissect", "verify", "wrong_way", "factors", "graph", "take_away"],
  ...["race_play", "race_pause", "race_speed", "race_seek", "race_dissect", "race_share", "race_export"],
  ...[
    "network_play",
    "network_pause",
    "network_speed",
    "network_seek",
    "network_plane",
    "network_open",
    "network_share",
    "network_export",
  ],
  ...["study_seeds", "study_rates", "study_basins", "study_compass", "study_point", "study_cancel"],
]);

const BEGIN_RUN = new Set(["configure", "load", "reset"]);
const MOVE = new Set(["step", "seek"]);

/**
 * @typedef {object} Asked
 * @property {Sent} command
 * @property {AppState} before  what the page knew when it was sent
 */

/**
 * The fate of each, in the order in which they were sent.
 * @param {Asked[]} asked
 * @param {AppState} now  after the server has told all
 * @returns {Fate[]}
 */
export function fates(asked, now) {
  /** Runs, races and updates that are accounted for by a command before. @type {Map<string, number>} */
  const used = new Map();
  /** @param {string} what @param {number} by  how many more there are than when it was sent */
  const took = (what, by) => {
    const before = used.get(what) ?? 0;
    if (by <= before) return false;
    used.set(what, before + 1);
    return true;
  };
  return asked.map(({ command, before }, i) => {
    const { type } = command;
    if (HARMLESS.has(type)) return "again";
    // Where one looks is told anew with every line, but for a look that goes with a move.
    if (type === "look") return MOVE.has(asked[i - 1]?.command.type) ? "again" : "lost";
    if (command.type === "edit") return inForce(command.edit, before, now) ? "done" : "again";
    if (BEGIN_RUN.has(type)) return took("run", count(now.run?.run) - count(before.run?.run)) ? "done" : "again";
    if (type === "undo" || type === "redo") return scriptOf(before) === scriptOf(now) ? "again" : "done";
    if (type === "step") return moved(before.clock, now.clock, (by) => took("step", by));
    if (type === "race_step") return moved(before.raceClock, now.raceClock, (by) => took("race_step", by));
    if (type === "network_step") return moved(before.networkClock, now.networkClock, (by) => took("network_step", by));
    if (type === "race" || type === "race_load")
      return took("race", count(now.race?.race) - count(before.race?.race)) ? "done" : "again";
    if (type === "network" || type === "network_load")
      return took("network", count(now.network?.race) - count(before.network?.race)) ? "done" : "again";
    if (/^race_(change|rates|lane_\w+)$/.test(type)) return changed("race_change", before.race, now.race, took);
    if (/^network_lane_\w+$/.test(type)) return changed("network_change", before.network, now.network, took);
    return "lost";
  });
}

/** @param {number | undefined} value */
const count = (value) => value ?? 0;

/** @param {AppState} state */
const scriptOf = ({ script }) => JSON.stringify(script && [script.run, script.branch, script.edits]);

/**
 * One update more pauses what plays: where it plays still, the command never came.
 * @param {{status: string, step: number} | null} before
 * @param {{status: string, step: number} | null} now
 * @param {(by: number) => boolean} took
 * @returns {Fate}
 */
function moved(before, now, took) {
  if (!before || !now || now.status === "playing") return "again";
  return took(now.step - before.step) ? "done" : "again";
}

/**
 * @param {string} what
 * @param {{race: number, change: number} | null} before
 * @param {{race: number, change: number} | null} now
 * @param {(what: string, by: number) => boolean} took
 * @returns {Fate}
 */
function changed(what, before, now, took) {
  if (!before || !now || before.race !== now.race) return "lost";
  return took(what, now.change - before.change) ? "done" : "again";
}

/**
 * Whether an edit is among those made since.
 * @param {EditCommand["edit"]} edit
 * @param {AppState} before
 * @param {AppState} now
 */
function inForce(edit, before, now) {
  if (scriptOf(before) === scriptOf(now)) return false;
  const [old, edits] = [before.script?.edits ?? [], now.script?.edits ?? []];
  let same = 0;
  while (same < old.length && same < edits.length && JSON.stringify(old[same]) === JSON.stringify(edits[same])) same++;
  return edits.slice(same).some((made) => holds(made.edit, edit));
}

/**
 * Whether all that is asked for is in what there is; the server adds defaults.
 * @param {unknown} made
 * @param {unknown} asked
 * @returns {boolean}
 */
function holds(made, asked) {
  if (asked === null || typeof asked !== "object") return made === asked;
  if (made === null || typeof made !== "object") return false;
  const there = new Map(Object.entries(made));
  return Object.entries(asked).every(([key, value]) => holds(there.get(key), value));
}
