/** Settings of a lane on a surface: what every lane has, the stability bound beside its rate, noise of its own. */

/** @import { View } from "../../types.js" */

import { numberField } from "../../shared/controls.js";
import { h } from "../../toolkit/dom.js";
import { formatExact, toNumber } from "../../toolkit/maths.js";
import { laneSettings } from "../lanes/editor.js";
import { raceFrameOf } from "../frames.js";

/**
 * @param {import("./actions.js").SurfaceRaceActions} actions
 * @returns {View}
 */
export function surfaceEditor(actions) {
  const parts = laneSettings(actions, {
    root: "lane",
    hook: "race",
    formula: "The optimizer",
    label: "Name of the lane",
    warmup: true,
    // A surface has no measurements that a schedule could act on.
    schedules: (catalog) => catalog.schedules.filter(({ measured }) => !measured),
    solvers: (catalog) => catalog.solvers,
  });
  const seed = numberField(parts.target, {
    path: "lane.seed",
    label: "Own noise, seed",
    hint: "noise of its own, which no other lane has: it is badged",
    integer: true,
    off: true,
  });
  const element = h("div", { class: "lane-editor", data: { testid: "race-editor" }, hidden: true });
  const { rule, formula, own, times, more, name, buttons } = parts;
  element.append(rule, formula, own, times, more, name, seed.element, buttons);
  return {
    element,
    update(state) {
      const { race, raceLook, errors } = state;
      const lane = race?.lanes.find((each) => each.id === raceLook.edited);
      if (!race || !lane) return;
      parts.update(state, lane);
      const ranked = raceFrameOf(state, "race_standings")?.meta.lanes ?? [];
      const bound = toNumber(ranked.find((each) => each.id === lane.id)?.bound?.rate);
      const shown = bound !== null && Number.isFinite(bound) ? bound : null;
      parts.mark(shown, `the stability bound where the lane stands, ${formatExact(shown)}`);
      seed.element.hidden = race.spec.noise === 0 && lane.seed === null;
      seed.update(lane.seed, errors["lane.seed"]);
    },
  };
}
