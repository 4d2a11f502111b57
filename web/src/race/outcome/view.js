/** What has come of a race: why the first is the first, and at its end the first three. */

/** @import { AppState, View } from "../../types.js" */
/** @import { RaceOutcome } from "../channels.js" */
/** @import { Lane } from "../types.js" */

import { h, memo, setAttribute, setText } from "../../toolkit/dom.js";
import { formatCount } from "../../toolkit/maths.js";
import { networkFrameOf, raceFrameOf } from "../frames.js";
import { colourOf } from "../lanes/lanes.js";
import { networkNames } from "../network/names.js";
import { surfaceNames } from "../surface/names.js";

const PODIUM = 3;

/**
 * @typedef {object} Come  What has come of a race.
 * @property {RaceOutcome} told
 * @property {number} step  of which it is told
 * @property {{id: number, step: number, name: string, colour: string}[]} podium  the first to arrive, where the race is at its end
 */

/**
 * @param {string} hook
 * @param {(state: AppState) => Come | null} of
 * @returns {View}
 */
export function outcomeView(hook, of) {
  const title = h("h2", { class: "race-why-title", data: { testid: `${hook}-why-title` } });
  const podium = h("ol", { class: "race-podium", aria: { label: "The first to arrive" }, data: { testid: `${hook}-podium` } });
  const words = h("p", { class: "race-why-words", data: { testid: `${hook}-why` } });
  const element = h(
    "section",
    { class: "panel race-why", data: { part: `${hook}-outcome` }, aria: { label: "What has come of it" }, hidden: true },
    title,
    words,
    podium,
  );
  const changed = memo();
  return {
    element,
    update(state) {
      const come = of(state);
      element.hidden = !come;
      if (!come || !changed(come.told, JSON.stringify(come.podium))) return;
      setText(title, come.told.title);
      setText(words, come.told.words);
      setAttribute(element, "data-told", come.told.reason?.told ?? null);
      setAttribute(element, "data-step", String(come.step));
      podium.hidden = come.podium.length === 0;
      podium.replaceChildren(
        ...come.podium.map(({ id, step, name, colour }) =>
          h(
            "li",
            { style: `--lane: ${colour}`, data: { podium: id } },
            h("strong", {}, name),
            h("span", { class: "small" }, `step ${formatCount(step)}`),
          ),
        ),
      );
    },
  };
}

/** The same in lines of text. @param {Come | null} come */
export function outcomeWords(come) {
  if (!come) return [];
  const podium = come.podium.map(({ name, step }, i) => `${i + 1}. ${name}, step ${formatCount(step)}`).join(" · ");
  return [`${come.told.title}. ${come.told.words}`, podium].filter(Boolean);
}

/** @param {AppState} state @returns {Come | null} */
export function surfaceOutcome(state) {
  const frame = raceFrameOf(state, "race_outcome");
  const ranked = raceFrameOf(state, "race_standings")?.meta.lanes ?? [];
  if (!frame?.meta.reason) return null;
  const over = state.raceClock?.status === "finished";
  return {
    told: frame.meta,
    step: frame.step,
    podium: over ? podiumOf(ranked, state.race, surfaceNames(state), state.theme) : [],
  };
}

/** @param {AppState} state @returns {Come | null} */
export function networkOutcome(state) {
  const frame = networkFrameOf(state, "network_outcome");
  const ranked = networkFrameOf(state, "network_standings")?.meta.lanes ?? [];
  if (!frame?.meta.reason) return null;
  const over = state.networkClock?.status === "finished";
  return {
    told: frame.meta,
    step: frame.step,
    podium: over ? podiumOf(ranked, state.network, networkNames(state), state.theme) : [],
  };
}

/**
 * The first of those that have arrived.
 * @param {{id: number, arrived: number | null, diverged: number | null}[]} ranked
 * @param {{lanes: Lane[]} | null} race
 * @param {Map<number, string>} names
 * @param {string} theme
 * @returns {Come["podium"]}
 */
function podiumOf(ranked, race, names, theme) {
  return ranked
    .flatMap(({ id, arrived: step, diverged }) => {
      const lane = race?.lanes.find((each) => each.id === id);
      return step !== null && diverged === null && lane
        ? [{ id, step, name: names.get(id) ?? "", colour: colourOf(lane, theme) }]
        : [];
    })
    .slice(0, PODIUM);
}
