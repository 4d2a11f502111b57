/** One lane's settings, in its row of the standings: its rule in a dialect, the rule's parameters, a schedule, a name, a seed. */

/** @import { AppState, OptimizerRow, View } from "../../types.js" */
/** @import { RaceLane } from "../types.js" */

import { choiceField, numberField, parameterField } from "../../shared/controls.js";
import { h, memo } from "../../toolkit/dom.js";
import { formatExact, toNumber } from "../../toolkit/maths.js";
import { dialectOf, optimizerDefaults, rowNamed } from "../../run/spec.js";
import { raceFrameOf } from "../frames.js";
import { dialectChoices, ownControls } from "../../shared/optimizer-fields.js";
import { formulaBox } from "../../shared/formula.js";

/**
 * @param {import("./actions.js").SurfaceRaceActions} actions
 * @returns {View}
 */
export function laneEditor(actions) {
  /** @type {number | null} */
  let id = null;
  /** @type {import("../../shared/controls.js").Desk} */
  const desk = {
    register: (path) => actions.register(path),
    change: (path, value) => (id === null ? Promise.resolve(false) : actions.retune(id, path, value)),
    refuse: (path, message) => actions.refuse(path, message),
  };
  const rule = h("div", { class: "lane-rule" });
  const formula = formulaBox("race-formula", "The rule");
  const own = h("div", { class: "fields" });
  const times = h("div", { class: "fields" });
  const more = h("div", { class: "fields" });
  const label = h("input", {
    type: "text",
    class: "line-field",
    name: "lane.label",
    maxlength: 80,
    autocomplete: "off",
    aria: { label: "Name of the lane" },
  });
  label.addEventListener("change", () => desk.change("lane.label", label.value));
  const seed = numberField(desk, {
    path: "lane.seed",
    label: "Own noise, seed",
    hint: "noise of its own, which no other lane has: it is badged",
    integer: true,
    off: true,
  });
  const element = h(
    "div",
    { class: "lane-editor", data: { testid: "race-editor" }, hidden: true },
    rule,
    formula.element,
    own,
    times,
    more,
    h("div", { class: "field-row" }, h("span", {}, "Name"), label),
    seed.element,
    h(
      "div",
      { class: "lane-buttons" },
      h(
        "button",
        {
          type: "button",
          class: "quiet-button",
          data: { testid: "race-duplicate" },
          onclick: () => id !== null && actions.duplicate(id),
        },
        "duplicate",
      ),
      h(
        "button",
        {
          type: "button",
          class: "quiet-button",
          data: { testid: "race-remove" },
          onclick: () => id !== null && actions.remove(id),
        },
        "remove",
      ),
      h("button", { type: "button", class: "quiet-button", onclick: () => actions.look({ edited: null }) }, "close"),
    ),
  );
  /** @type {Controls | null} */
  let shown = null;
  const [made, labelled] = [memo(), memo()];
  return { element, update };

  /** @param {AppState} state */
  function update(state) {
    const { race, catalog, raceLook, errors } = state;
    const lane = race?.lanes.find((each) => each.id === raceLook.edited);
    if (!race || !catalog || !lane) return;
    id = lane.id;
    const row = rowNamed(catalog.optimizers, lane.optimizer.name);
    const schedule = rowNamed(catalog.schedules, lane.schedule.name);
    if (!row || !schedule) return;
    if (made(catalog, lane.id, row, lane.optimizer.dialect, schedule)) shown = build(state, lane, row);
    shown?.update(lane, errors);
    const ranked = raceFrameOf(state, "race_standings")?.meta.lanes ?? [];
    const bound = toNumber(ranked.find((each) => each.id === lane.id)?.bound?.rate);
    shown?.mark(bound !== null && Number.isFinite(bound) ? bound : null);
    if (labelled(lane.id, lane.label)) label.value = lane.label;
    seed.element.hidden = race.spec.noise === 0 && lane.seed === null;
    seed.update(lane.seed, errors["lane.seed"]);
  }

  /**
   * @param {AppState} state
   * @param {RaceLane} lane
   * @param {OptimizerRow} row
   * @returns {Controls | null}
   */
  function build({ catalog }, lane, row) {
    if (!catalog) return null;
    const { dialect } = lane.optimizer;
    const other = (/** @type {string} */ name, /** @type {import("../../catalog.js").Dialect} */ wanted) => {
      const next = rowNamed(catalog.optimizers, name);
      return next
        ? desk.change("lane.optimizer", optimizerDefaults(next, next.dialects.includes(wanted) ? wanted : next.dialects[0]))
        : Promise.resolve(false);
    };
    desk.register("lane.optimizer");
    const plain = { register: desk.register, refuse: desk.refuse };
    const choice = choiceField(
      { ...plain, change: (_, name) => other(String(name), dialectOf(dialects.select.value)) },
      {
        path: "lane.optimizer.name",
        label: "Optimizer",
        choices: catalog.optimizers.map(({ name, title }) => ({ value: name, label: title })),
        bare: true,
      },
    );
    const dialects = choiceField(
      { ...plain, change: (_, wanted) => other(choice.select.value, dialectOf(wanted)) },
      { path: "lane.optimizer.dialect", label: "Dialect", choices: dialectChoices(catalog.optimizers), bare: true },
    );
    rule.replaceChildren(choice.element, dialects.element);
    formula.show(row.mathmls[dialect] ?? row.mathml, row.summary);
    const parameters = ownControls(desk, row, dialect, "lane.optimizer");
    own.replaceChildren(...parameters.map(({ control }) => control.element));
    // A surface has no measurements that a plateau could be seen in.
    const schedules = catalog.schedules.filter(({ name }) => name !== "plateau");
    const schedule = choiceField(desk, {
      path: "lane.schedule.name",
      label: "Schedule",
      choices: schedules.map(({ name, title }) => ({ value: name, label: title })),
    });
    const warmup = numberField(desk, {
      path: "lane.schedule.warmup",
      label: "Warm-up",
      hint: "steps in which the rate rises to where the schedule begins",
      integer: true,
    });
    times.replaceChildren(schedule.element, warmup.element);
    const moves = (rowNamed(catalog.schedules, lane.schedule.name)?.parameters ?? []).map((parameter) => ({
      name: parameter.name,
      control: parameterField(desk, { ...parameter, symbol: "", title: parameter.title }, `lane.schedule.${parameter.name}`),
    }));
    more.replaceChildren(...moves.map(({ control }) => control.element));
    return {
      mark(bound) {
        const words = `the stability bound where the lane stands, ${formatExact(bound)}`;
        for (const { control } of parameters) control.mark?.(bound, words);
      },
      update(now, errors) {
        choice.update(now.optimizer.name, errors["lane.optimizer.name"] ?? errors["lane.optimizer"]);
        dialects.update(now.optimizer.dialect, errors["lane.optimizer.dialect"]);
        for (const { name, control } of parameters) control.update(now.optimizer[name], errors[`lane.optimizer.${name}`]);
        schedule.update(now.schedule.name, errors["lane.schedule.name"]);
        warmup.update(now.schedule.warmup, errors["lane.schedule.warmup"]);
        for (const { name, control } of moves) control.update(now.schedule[name], errors[`lane.schedule.${name}`]);
      },
    };
  }
}

/** @typedef {{update: (lane: RaceLane, errors: Record<string, string>) => void, mark: (bound: number | null) => void}} Controls */
