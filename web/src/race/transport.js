/** The race's transport: the same buttons, a ladder of steps a second, the time line with every change of a lane on it. */

/** @import { View } from "../types.js" */
/** @import { Lane } from "./types.js" */

import { h, memo, setAttribute, setText } from "../toolkit/dom.js";
import { formatCount } from "../toolkit/maths.js";
import { perSecond, speedLadder, timeLine, transportButtons } from "../shared/transport.js";
import { RACE_LADDER } from "./actions.js";
import { namesOf } from "./lanes/lanes.js";

/**
 * @param {() => import("./actions.js").RaceActions} shown  the race that is moved
 * @returns {View}
 */
export function raceTransport(shown) {
  const moves = {
    toggle: () => shown().toggle(),
    forward: () => shown().forward(),
    back: () => shown().back(),
    toStart: () => shown().toStart(),
  };
  const buttons = transportButtons(moves, "race-");
  const ladder = speedLadder(RACE_LADDER, (speed) => shown().speed(speed));
  const line = timeLine((step) => shown().seek(step), "race-timeline");
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
    update({ connection, catalog }) {
      const { now } = shown();
      const [lanes, clock] = [now?.race.lanes, now?.clock ?? null];
      if (changed(lanes, catalog)) marks = lanes ? changesOf(lanes, namesOf(lanes, catalog)) : [];
      // All of it can be gone to: what was not run yet is run.
      line.update(clock && now && { step: clock.step, end: now.length }, marks);
      ladder.update(clock?.speed);
      const status = clock?.status ?? "connecting";
      buttons.update(status);
      setAttribute(element, "data-status", status);
      const off = connection.status !== "open" || !clock;
      for (const each of element.querySelectorAll("button, input")) /** @type {HTMLButtonElement} */ (each).disabled = off;
      if (!clock || !now) return;
      setText(step, `step ${formatCount(clock.step)}`);
      setAttribute(step, "data-value", String(clock.step));
      setText(whole, ` of ${formatCount(now.length)}`);
      const { tuning, steps_per_second: speed } = clock;
      const words = { playing: speed === null ? "" : `${perSecond(speed)} steps/s`, finished: "at its end" };
      setText(
        rate,
        tuning ? `tuning lane ${tuning[0] + 1} of ${tuning[1]}` : (words[/** @type {"playing"} */ (status)] ?? " "),
      );
    },
  };
}

/** @param {Lane[]} lanes @param {Map<number, string>} names */
function changesOf(lanes, names) {
  return lanes.flatMap(({ id, retunes }) => retunes.map((step) => ({ step, label: `${names.get(id)} was changed` })));
}
