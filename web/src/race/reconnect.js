/** What a line that breaks does to the races: nothing that one would notice. */

/** @import { Sent } from "../commands.js" */
/** @import { AppState } from "../types.js" */
/** @import { Rule } from "../reconnect/unanswered.js" */

import { backInPlace, differ, lostChanges } from "../reconnect/catch-up.js";
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
  ...harmless("study_seeds", "study_rates", "study_basins", "study_compass", "study_point"),
  ...harmless("study_edge", "study_cancel"),
  race: begun,
  race_load: begun,
  race_step: steps("race_step", (state) => state.raceClock),
  race_change: changed,
  race_rates: changed,
  network: networkBegun,
  network_load: networkBegun,
  network_rates: networkChanged,
  network_step: steps("network_step", (state) => state.networkClock),
  ...Object.fromEntries(
    LANES.flatMap((lane) => [
      [`race_${lane}`, changed],
      [`network_${lane}`, networkChanged],
    ]),
  ),
};

/** @param {"race" | "network"} prefix */
const changesOf = (prefix) => [
  prefix,
  `${prefix}_load`,
  `${prefix}_rates`,
  ...(prefix === "race" ? ["race_change"] : []),
  ...LANES.map((lane) => `${prefix}_${lane}`),
];
const STUDIES = ["seeds", "rates", "basins", "compass", "point", "edge", "cancel"].map((kind) => `study_${kind}`);
const LOOKS = ["network_plane", ...STUDIES];
/** Milliseconds after which a plane or a study that was asked for is surely kept. */
const SOON = 1500;

/** What the page makes again where a server that was killed does not know of it. */
export const CHANGES = [...changesOf("race"), ...changesOf("network"), ...LOOKS];

/** @param {"race" | "network"} prefix */
const movesOf = (prefix) => ["play", "pause", "seek", "step", "speed"].map((move) => `${prefix}_${move}`);

export const MOVES = [...movesOf("race"), ...movesOf("network")];

/** @type {Record<"race" | "network", (state: AppState) => unknown>} */
const KEYS = {
  race: ({ race }) => race && [race.race, race.change],
  network: ({ network }) => network && [network.race, network.change],
};

/**
 * After a server that was killed: changes it does not know are made again, what played plays on, what stood stands where it stood.
 * @param {AppState} before  when the line broke
 * @param {AppState} now
 * @param {import("../reconnect/catch-up.js").Broken} broken
 * @returns {Sent[]}
 */
export function catchUp(before, now, broken) {
  const looked = broken.made.filter(({ command, at }) => LOOKS.includes(command.type) && broken.at - at < SOON);
  return [
    ...ofRace("race", before, now, broken),
    ...ofRace("network", before, now, broken),
    // Of planes, and of studies, the newest.
    ...["network_plane", "study_"].flatMap(
      (kind) => looked.findLast(({ command }) => command.type.startsWith(kind))?.command ?? [],
    ),
  ];
}

/**
 * @param {"race" | "network"} prefix
 * @param {AppState} before
 * @param {AppState} now
 * @param {import("../reconnect/catch-up.js").Broken} broken
 * @returns {Sent[]}
 */
function ofRace(prefix, before, now, { made, waiting }) {
  const [key, types] = [KEYS[prefix], changesOf(prefix)];
  const clock = (/** @type {AppState} */ state) => (prefix === "race" ? state.raceClock : state.networkClock);
  const [was, is] = [clock(before), clock(now)];
  if (key(before) === null || !was) return [];
  const known = !differ(key, before, now) || types.some((type) => waiting.has(type));
  const own = made.filter(({ command }) => types.includes(command.type));
  const lost = known ? [] : (lostChanges(own, key, now)?.flatMap(makeAgain) ?? anew());
  const moving = movesOf(prefix).some((type) => waiting.has(type));
  const moves = moving ? [] : backInPlace(was, is?.race === was.race ? is : null, lost.length > 0);
  const commands = {
    speed: { type: `${prefix}_speed`, speed: was.speed },
    play: { type: `${prefix}_play` },
    seek: { type: `${prefix}_seek`, step: was.step },
  };
  return [...lost, ...moves.map((move) => /** @type {Sent} */ (commands[move]))];

  /** A race that the page knows whole, where the server has an earlier one. @returns {Sent[]} */
  function anew() {
    const [ours, theirs] = [before.race, now.race];
    const later = ours && theirs && (theirs.race > ours.race || (theirs.race === ours.race && theirs.change > ours.change));
    return prefix === "race" && !later ? remembered(before) : [];
  }

  /** From the step on at which it was made. @param {import("../reconnect/catch-up.js").Made} change @returns {Sent[]} */
  function makeAgain({ command, after }) {
    const step = clock(after)?.step;
    const there = command.type === `${prefix}_lane_retune` && step !== undefined;
    return there ? [/** @type {Sent} */ ({ type: `${prefix}_seek`, step }), command] : [command];
  }
}

/** The race on a surface begins again where a server has forgotten it. @param {AppState} state @returns {Sent[]} */
export function remembered({ race, raceClock: clock }) {
  if (!race || !clock) return [];
  const { spec, threshold, rates, lanes } = race;
  const script = { spec, threshold, rates, chosen: lanes.map(({ chosen }) => chosen), step: clock.step };
  /** @type {Sent[]} */
  const commands = [{ type: "race_load", script }];
  if (clock.status === "playing") commands.push({ type: "race_speed", speed: clock.speed }, { type: "race_play" });
  return commands;
}
