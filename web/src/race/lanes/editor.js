/** One lane's settings, in its row of the standings: its optimizer in a dialect, a schedule, a name. */

/** @import { SolverRow } from "../../catalog.js" */
/** @import { AppState, Catalog, OptimizerRow } from "../../types.js" */
/** @import { Lane } from "../types.js" */

import { choiceField, numberField, parameterField } from "../../shared/controls.js";
import { formulaBox } from "../../shared/formula.js";
import { dialectChoices, ownControls } from "../../shared/optimizer-fields.js";
import { dialectOf, optimizerDefaults, rowNamed } from "../../run/spec.js";
import { h, memo } from "../../toolkit/dom.js";
import { rebuild } from "../../toolkit/typing.js";
import { optimizerOf } from "./lanes.js";

/**
 * @typedef {object} Options
 * @property {string} root  of its paths
 * @property {string} hook  of its buttons
 * @property {string} formula  what the formula is, in words
 * @property {string} label  what the name is of, in words
 * @property {boolean} [warmup]  whether the warm-up of the schedule is set here
 * @property {(catalog: Catalog) => Catalog["schedules"]} schedules  that can be chosen
 * @property {(catalog: Catalog) => SolverRow[]} [solvers]  that a lane may go by here, besides optimizers
 */

/**
 * The parts of an editor, which each race puts together with its own.
 * @param {import("../actions.js").RaceActions} actions
 * @param {Options} options
 */
export function laneSettings(actions, { root, hook, formula: title, label: words, warmup: warms = false, schedules, solvers }) {
  /** @type {number | null} */
  let id = null;
  /** @type {import("../../shared/controls.js").ChangeTarget} */
  const target = {
    register: (path) => actions.register(path),
    change: (path, value) => (id === null ? Promise.resolve(false) : actions.retune(id, path, value)),
    refuse: (path, message) => actions.refuse(path, message),
  };
  const rule = h("div", { class: "lane-rule" });
  const formula = formulaBox(`${hook}-formula`, title);
  const [own, times, more] = [0, 1, 2].map(() => h("div", { class: "fields" }));
  const label = h("input", {
    type: "text",
    class: "line-field",
    name: `${root}.label`,
    maxlength: 80,
    autocomplete: "off",
    aria: { label: words },
  });
  label.addEventListener("change", () => target.change(`${root}.label`, label.value));
  const button = (/** @type {string} */ testid, /** @type {string} */ verb, /** @type {(lane: number) => void} */ press) =>
    h("button", { type: "button", class: "quiet-button", data: { testid }, onclick: () => id !== null && press(id) }, verb);
  /** @type {ReturnType<typeof build> | ReturnType<typeof buildSolver> | null} */
  let shown = null;
  const [made, labelled] = [memo(), memo()];
  return {
    target,
    rule,
    formula: formula.element,
    own,
    times,
    more,
    name: h("div", { class: "field-row" }, h("span", {}, "Name"), label),
    buttons: h(
      "div",
      { class: "lane-buttons" },
      button(`${hook}-duplicate`, "duplicate", (lane) => actions.duplicate(lane)),
      button(`${hook}-remove`, "remove", (lane) => actions.remove(lane)),
      h("button", { type: "button", class: "quiet-button", onclick: () => actions.look({ edited: null }) }, "close"),
    ),
    /** Whether the controls were made anew. @param {AppState} state @param {Lane} lane */
    update({ catalog, errors }, lane) {
      id = lane.id;
      const known = catalog ? (solvers?.(catalog) ?? []) : [];
      const row = rowNamed(catalog?.optimizers ?? [], lane.optimizer.name);
      const solver = rowNamed(known, lane.optimizer.name);
      if (!catalog || !(row || solver)) return;
      if (made(catalog, lane.id, row ?? solver, lane.optimizer.dialect, lane.schedule.name))
        shown = row ? build(catalog, lane, row) : buildSolver(catalog, /** @type {SolverRow} */ (solver));
      shown?.update(lane, errors);
      if (labelled(lane.id, lane.label)) label.value = lane.label;
    },
    /** @param {number | null} bound @param {string} told  of the rate's slider */
    mark: (bound, told) => shown?.mark(bound, told),
  };

  /**
   * Which optimizer, and in which dialect.
   * @param {Catalog} catalog
   * @param {import("../../catalog.js").Dialect} dialect  that is in force
   */
  function choices(catalog, dialect) {
    const others = solvers?.(catalog) ?? [];
    const other = (/** @type {string} */ name, /** @type {import("../../catalog.js").Dialect} */ wanted) => {
      if (rowNamed(others, name)) return target.change(`${root}.optimizer`, { name });
      const next = rowNamed(catalog.optimizers, name);
      return next
        ? target.change(
            `${root}.optimizer`,
            optimizerDefaults(next, next.dialects.includes(wanted) ? wanted : next.dialects[0]),
          )
        : Promise.resolve(false);
    };
    target.register(`${root}.optimizer`);
    const plain = { register: target.register, refuse: target.refuse };
    const choice = choiceField(
      { ...plain, change: (_, name) => other(String(name), dialect) },
      {
        path: `${root}.optimizer.name`,
        label: "Optimizer",
        choices: [...catalog.optimizers, ...others].map(({ name, title: text }) => ({ value: name, label: text })),
        bare: true,
      },
    );
    const dialects = choiceField(
      { ...plain, change: (_, wanted) => other(choice.select.value, dialectOf(wanted)) },
      { path: `${root}.optimizer.dialect`, label: "Dialect", choices: dialectChoices(catalog.optimizers), bare: true },
    );
    return { choice, dialects };
  }

  /** One without a rate: its parameters are all there is. @param {Catalog} catalog @param {SolverRow} row */
  function buildSolver(catalog, row) {
    const { choice } = choices(catalog, "textbook");
    rule.replaceChildren(choice.element);
    formula.show(row.mathml, `${row.summary} ${row.step_length}`);
    const parameters = row.parameters.map((parameter) => ({
      name: parameter.name,
      control: parameterField(target, parameter, `${root}.optimizer.${parameter.name}`),
    }));
    rebuild(own, ...parameters.map(({ control }) => control.element));
    rebuild(times);
    rebuild(more);
    return {
      mark: () => {},
      /** @param {Lane} now @param {Record<string, string>} errors */
      update(now, errors) {
        const refused = (/** @type {string} */ path) => errors[`${root}.${path}`];
        choice.update(now.optimizer.name, refused("optimizer.name") ?? refused("optimizer"));
        for (const { name, control } of parameters) control.update(now.optimizer[name], refused(`optimizer.${name}`));
      },
    };
  }

  /** @param {Catalog} catalog @param {Lane} lane @param {OptimizerRow} row */
  function build(catalog, lane, row) {
    const dialect = optimizerOf(lane)?.dialect ?? "textbook";
    const { choice, dialects } = choices(catalog, dialect);
    rule.replaceChildren(choice.element, dialects.element);
    formula.show(row.mathmls[dialect] ?? row.mathml, row.summary);
    const parameters = ownControls(target, row, dialect, `${root}.optimizer`);
    rebuild(own, ...parameters.map(({ control }) => control.element));
    const schedule = choiceField(target, {
      path: `${root}.schedule.name`,
      label: "Schedule",
      choices: schedules(catalog).map(({ name, title: text }) => ({ value: name, label: text })),
    });
    const warmup = warms
      ? numberField(target, {
          path: `${root}.schedule.warmup`,
          label: "Warm-up",
          hint: "steps in which the rate rises to where the schedule begins",
          integer: true,
        })
      : null;
    const moves = (rowNamed(catalog.schedules, lane.schedule.name)?.parameters ?? []).map((parameter) => ({
      name: parameter.name,
      control: parameterField(target, { ...parameter, symbol: "" }, `${root}.schedule.${parameter.name}`),
    }));
    const moving = moves.map(({ control }) => control.element);
    rebuild(times, schedule.element, ...(warmup ? [warmup.element] : moving));
    rebuild(more, ...(warmup ? moving : []));
    return {
      /** @param {number | null} bound @param {string} told */
      mark(bound, told) {
        for (const { control } of parameters) control.mark?.(bound, told);
      },
      /** @param {Lane} now @param {Record<string, string>} errors */
      update(now, errors) {
        const refused = (/** @type {string} */ path) => errors[`${root}.${path}`];
        choice.update(now.optimizer.name, refused("optimizer.name") ?? refused("optimizer"));
        dialects.update(now.optimizer.dialect, refused("optimizer.dialect"));
        for (const { name, control } of parameters) control.update(now.optimizer[name], refused(`optimizer.${name}`));
        schedule.update(now.schedule.name, refused("schedule.name"));
        warmup?.update(now.schedule.warmup, refused("schedule.warmup"));
        for (const { name, control } of moves) control.update(now.schedule[name], refused(`schedule.${name}`));
      },
    };
  }
}
