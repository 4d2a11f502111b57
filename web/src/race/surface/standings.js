/** The standings on a surface: every lane with its rate and how it was chosen, its loss, when it came close. */

/** @import { AppState, View } from "../../types.js" */
/** @import { RaceLane } from "../types.js" */

import { h, memo, setAttribute, setText } from "../../toolkit/dom.js";
import { formatCount, formatExact, formatNumber, formatSetting, toNumber } from "../../toolkit/maths.js";
import { raceFrameOf } from "../frames.js";
import { optimizerOf } from "../lanes/lanes.js";
import { laneParts } from "../lanes/row.js";
import { standingsOf } from "../lanes/standings.js";
import { surfaceEditor } from "./editor.js";
import { surfaceNames } from "./names.js";
import { CHOSEN } from "../rates.js";
import { surfaceRates } from "./rates.js";
import { asMeasure } from "../../shared/measure.js";

/**
 * @param {import("./actions.js").SurfaceRaceActions} actions
 * @returns {View}
 */
export function standingsView(actions) {
  const rates = surfaceRates(actions);
  const editor = surfaceEditor(actions);
  const standings = standingsOf(actions, {
    hook: "race",
    part: "standings",
    label: "Standings",
    hint: "one more optimizer, with its defaults",
    editor,
    rates: rates.element,
    row: (id) => laneRow(actions, id),
  });
  const { element, title, head, shared } = standings;
  const [told, edited] = [memo(), memo()];
  return {
    element,
    update(state) {
      const { race, raceLook, raceClock, theme, catalog } = state;
      rates.update(state);
      editor.update(state);
      if (!race || !catalog) return;
      standings.update(state, race.lanes);
      const frame = raceFrameOf(state, "race_standings");
      if (!told(race, frame, raceLook, theme, raceClock?.status) && !edited(raceLook.edited)) return;
      const ranked = frame?.meta.lanes ?? [];
      const step = frame?.step ?? 0;
      setText(title, `Standings at step ${formatCount(step)}`);
      setAttribute(title, "data-step", String(step));
      setAttribute(title, "data-change", String(frame?.meta.change ?? ""));
      setText(head, `loss · reached ${frame?.meta.minimum_known ? "minimum + " : "f ≤ "}${brief(race.threshold)} at step`);
      setText(shared, race.spec.noise > 0 ? "same start, same noise" : "same start");
      const names = surfaceNames(state);
      const ranks = ranked.map(({ id }) => id);
      const rated = race.lanes.filter(optimizerOf);
      const mixed = new Set(rated.map(({ chosen }) => chosen)).size > 1;
      standings.arrange(
        race.lanes.map(({ id }) => id),
        ranks,
        (row, id) => {
          const lane = /** @type {RaceLane} */ (race.lanes.find((each) => each.id === id));
          const found = ranked.find((each) => each.id === id);
          row.show(lane, names.get(id) ?? "", found, ranks.indexOf(id) + 1, mixed, state);
        },
      );
    },
  };
}

/**
 * @param {import("./actions.js").SurfaceRaceActions} actions
 * @param {number} id
 */
function laneRow(actions, id) {
  const parts = laneParts(actions, id);
  const { element, sign, name, marks, loss, reached, edit } = parts;
  const how = h("span", { class: "lane-how" });
  setAttribute(name, "title", "its place on the surface, told below");
  element.append(
    h("div", { class: "lane-line" }, sign, h("div", { class: "lane-words" }, name, how, marks), loss, reached, edit),
  );
  return {
    element,
    /**
     * @param {RaceLane} lane
     * @param {string} words
     * @param {import("../channels.js").RaceStanding | undefined} found
     * @param {number} rank
     * @param {boolean} mixed  whether rates were chosen in more than one way
     * @param {AppState} state
     */
    show(lane, words, found, rank, mixed, { race, theme }) {
      parts.show(lane, words, theme);
      const number = (race?.lanes.findIndex((each) => each.id === id) ?? -1) + 1;
      asMeasure(loss, number > 0 ? `value(${number})` : null, `f where ${words} is`);
      setAttribute(element, "data-evaluations", found ? String(found.evaluations) : null);
      const rate = toNumber(found?.rate) ?? optimizerOf(lane)?.lr ?? null;
      if (rate === null) showCount(how, found?.evaluations ?? 0);
      else showRate(how, rate, lane, toNumber(found?.bound?.rate), mixed);
      parts.tell(found, rank, (value, gone) =>
        gone === null
          ? `exactly ${formatExact(value)}`
          : `it left the surface with update ${gone}; f there ${formatExact(value)}`,
      );
    },
  };
}

/** Of a lane without a rate. @param {HTMLElement} place @param {number} gradients  that it has asked for */
function showCount(place, gradients) {
  setText(place, `no rate · ${formatCount(gradients)} gradients so far`);
  setAttribute(place, "title", "it finds the length of each step by itself; every gradient that it asks for is counted");
  for (const name of ["data-bound", "data-beyond", "data-value"]) setAttribute(place, name, null);
}

/**
 * @param {HTMLElement} place
 * @param {number} rate  of the next update
 * @param {RaceLane} lane
 * @param {number | null} limit  its bound
 * @param {boolean} mixed
 */
function showRate(place, rate, lane, limit, mixed) {
  const moves = rate !== lane.optimizer.lr ? ` of ${formatSetting(lane.optimizer.lr)}` : "";
  const bound = limit === null ? "" : limit === Infinity ? " · no bound" : ` · bound ${formatNumber(limit, 3)}`;
  setText(place, `η ${brief(rate)}${moves}${bound}${mixed ? CHOSEN[lane.chosen] : ""}`);
  setAttribute(
    place,
    "title",
    `the rate of its next update, exactly ${formatExact(rate)}; its stability bound here ${formatExact(limit)}; rate: ${lane.chosen}`,
  );
  setAttribute(place, "data-bound", limit === null ? null : String(limit));
  setAttribute(place, "data-beyond", String(limit !== null && rate > limit));
  setAttribute(place, "data-value", String(rate));
}

/** Three digits, without zeros that say nothing: 0.03, 0.00215. @param {number} value */
function brief(value) {
  const text = formatNumber(value, 3);
  return /^[\d.]+$/.test(text) && text.includes(".") ? text.replace(/0+$/, "").replace(/\.$/, "") : text;
}
