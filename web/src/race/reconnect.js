/** What a line that breaks does to the races: nothing that one would notice. */

/** @import { Sent } from "../commands.js" */
/** @import { AppState } from "../types.js" */
/** @import { Rule } from "../reconnect/unanswered.js" */

import { begins, harmless, steps } from "../reconnect/unanswered.js";

/**
 * Of a change that is counted: of another race nobody can say.
 * @param {string} what
 * @param {(state: AppState) => {race: number, change: number} | null} race
 * @returns {Rule}
 */
const changes =
  (what, race) =>
  ({ before, now, took }) => {
    const [was, is] = [race(before), race(now)];
    if (!was || !is || was.race !== is.race) return "lost";
    return took(what, is.change - was.change) ? "done" : "again";
  };

const begun = begins("race", (state) => state.race?.race);
const networkBegun = begins("network", (state) => state.network?.race);
const changed = changes("race_change", (state) => state.race);
const networkChanged = changes("network_change", (state) => state.network);
const LANES = ["lane_add", "lane_duplicate", "lane_remove", "lane_replace", "lane_retune"];

/** What becomes of the races' commands whose answer was lost. @type {Record<string, Rule>} */
export const UNANSWERED = {
  ...harmless("race_play", "race_pause", "race_speed", "race_seek", "race_dissect", "race_share", "race_export"),
  ...harmless("network_play", "network_pause", "network_speed", "network_seek", "network_share", "network_export"),
  ...harmless("network_plane", "network_open"),
  ...harmless("study_seeds", "study_rates", "study_basins", "study_compass", "study_point", "study_cancel"),
  race: begun,
  race_load: begun,
  race_step: steps("race_step", (state) => state.raceClock),
  race_change: changed,
  race_rates: changed,
  network: networkBegun,
  network_load: networkBegun,
  network_step: steps("network_step", (state) => state.networkClock),
  ...Object.fromEntries(
    LANES.flatMap((lane) => [
      [`race_${lane}`, changed],
      [`network_${lane}`, networkChanged],
    ]),
  ),
};

/**
 * After a server that came back a moment behind, what played plays on: one that was paused meanwhile would stand further on.
 * @param {AppState} before  when the line broke
 * @param {AppState} now
 * @returns {Sent[]}
 */
export function catchUp(before, now) {
  return /** @type {const} */ ([
    [before.raceClock, now.raceClock, "race"],
    [before.networkClock, now.networkClock, "network"],
  ]).flatMap(([was, is, prefix]) =>
    was?.status === "playing" && is?.status === "paused" && was.race === is.race && is.step < was.step
      ? [{ type: `${prefix}_speed`, speed: was.speed }, { type: `${prefix}_play` }]
      : [],
  );
}

/** The race on a surface begins again where a server has forgotten it. @param {AppState} state @returns {Sent[]} */
export function remembered({ race, raceClock: clock }) {
  if (!race || !clock) return [];
  /** @type {Sent[]} */
  const commands = [{ type: "race", spec: race.spec, threshold: race.threshold }];
  if (clock.step > 0) commands.push({ type: "race_seek", step: clock.step });
  if (clock.status === "playing") commands.push({ type: "race_speed", speed: clock.speed }, { type: "race_play" });
  return commands;
}
