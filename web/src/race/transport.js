/** The race's transport: the same buttons, a ladder of steps a second, the time line with every change of a lane on it. */

/** @import { AppState } from "../types.js" */
/** @import { RaceInfo } from "./types.js" */

import { h, memo, setAttribute, setText } from "../toolkit/dom.js";
import { formatCount } from "../toolkit/maths.js";
import { perSecond, speedLadder, timeLine, transportButtons } from "../shared/transport.js";
import { RACE_LADDER } from "./surface/actions.js";
import { namesOf } from "./lanes.js";

/**
 * @param {import("./surface/actions.js").RaceActions} actions
 */
export function raceTransport(actions) {
  const buttons = transportButtons(actions, "race-");
  const ladder = speedLadder(RACE_LADDER, (speed) => actions.speed(speed));
  const line = timeLine((step) => actions.seek(step), "race-timeline");
  const step = h("strong", { class: "step", data: { testid: "race-step" } });
  const whole = h("span", { class: "whole" });
  const rate = h("span", { data: { testid: "race-rate" } });
  const element = h(
    "section",
    { class: "transport", data: { part: "race-transport" }, aria: { label: "Transport" } },
    buttons.element,
    ladder.element,
    line.element,
    h("div", { class: "where" }, h("div", {}, step, whole), h("div", {}, rate)),
  );
  const changed = memo();
  /** @type {{step: number, label: string}[]} */
  let marks = [];
  return {
    element,
    /** @param {Pick<AppState, "catalog" | "connection" | "raceClock"> & {race: Pick<RaceInfo, "lanes"> | null}} state */
    update(state) {
      const { race, raceClock: clock, connection, catalog } = state;
      if (changed(race, catalog)) marks = race ? changesOf(race, namesOf(state)) : [];
      // The whole race can be gone to: what was not run yet is run.
      line.update(clock && { step: clock.step, end: clock.max_steps }, marks);
      ladder.update(clock?.speed);
      const status = clock?.status ?? "connecting";
      buttons.update(status);
      setAttribute(element, "data-status", status);
      const off = connection.status !== "open" || !clock;
      for (const each of element.querySelectorAll("button, input")) /** @type {HTMLButtonElement} */ (each).disabled = off;
      if (!clock) return;
      setText(step, `step ${formatCount(clock.step)}`);
      setAttribute(step, "data-value", String(clock.step));
      setText(whole, ` of ${formatCount(clock.max_steps)}`);
      const { tuning, steps_per_second: speed } = clock;
      const words = { playing: speed === null ? "" : `${perSecond(speed)} steps/s`, finished: "at its end" };
      setText(
        rate,
        tuning ? `tuning lane ${tuning[0] + 1} of ${tuning[1]}` : (words[/** @type {"playing"} */ (status)] ?? " "),
      );
    },
  };
}

/** @param {Pick<RaceInfo, "lanes">} race @param {Map<number, string>} names */
function changesOf(race, names) {
  return race.lanes.flatMap(({ id, retunes }) => retunes.map((step) => ({ step, label: `${names.get(id)} was changed` })));
}
