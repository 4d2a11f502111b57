/** One lane's settings: its rule and schedule from the present step on; a batch size, a seed or an initializer of its own, badged. */

/** @import { AppState, OptimizerRow, View } from "../../types.js" */
/** @import { NetworkLane } from "./types.js" */

import { choiceField, numberField, parameterField } from "../../shared/controls.js";
import { h, memo } from "../../toolkit/dom.js";
import { dialectOf, optimizerDefaults, rowNamed } from "../../run/spec.js";
import { dialectChoices, ownControls } from "../../shared/optimizer-fields.js";
import { formulaBox } from "../../shared/formula.js";

const SHARED = "as the others";

/** @param {import("./actions.js").NetworkRaceActions} actions @returns {View} */
export function networkEditor(actions) {
  /** @type {number | null} */
  let id = null;
  /** @type {import("../../shared/controls.js").Desk} */
  const desk = {
    register: (path) => actions.register(path),
    change: (path, value) => (id === null ? Promise.resolve(false) : actions.retune(id, path, value)),
    refuse: (path, message) => actions.refuse(path, message),
  };
  const rule = h("div", { class: "lane-rule" });
  const formula = formulaBox("network-formula", "The rule of this lane");
  const [own, times, differs] = [0, 1, 2].map(() => h("div", { class: "fields" }));
  const label = h("input", {
    type: "text",
    class: "line-field",
    name: "net.label",
    maxlength: 80,
    autocomplete: "off",
    aria: { label: "Name of this lane" },
  });
  label.addEventListener("change", () => desk.change("net.label", label.value));
  const batch = numberField(desk, {
    path: "net.batch_size",
    label: "Own batch size",
    hint: "off: as the others; it is badged, and runs again from the start",
    integer: true,
    off: true,
  });
  const seed = numberField(desk, {
    path: "net.seed",
    label: "Own seed",
    hint: "a start and batches of its own: it is badged, and runs again from the start",
    integer: true,
    off: true,
  });
  const button = (/** @type {string} */ testid, /** @type {string} */ words, /** @type {(lane: number) => void} */ press) =>
    h("button", { type: "button", class: "quiet-button", data: { testid }, onclick: () => id !== null && press(id) }, words);
  const element = h(
    "div",
    { class: "lane-editor", data: { testid: "network-editor" }, hidden: true },
    rule,
    formula.element,
    own,
    times,
    h("p", { class: "small" }, "What it does not share, from the start on:"),
    differs,
    h("div", { class: "field-row" }, h("span", {}, "Name"), label),
    h(
      "div",
      { class: "lane-buttons" },
      button("network-duplicate", "duplicate", (lane) => actions.duplicate(lane)),
      button("network-remove", "remove", (lane) => actions.remove(lane)),
      h("button", { type: "button", class: "quiet-button", onclick: () => actions.look({ edited: null }) }, "close"),
    ),
  );
  /** @type {{update: (lane: NetworkLane, errors: Record<string, string>) => void} | null} */
  let shown = null;
  const [made, labelled] = [memo(), memo()];
  return {
    element,
    /** @param {AppState} state */
    update({ network, catalog, networkLook, errors }) {
      const lane = network?.lanes.find((each) => each.id === networkLook.edited);
      if (!catalog || !lane) return;
      id = lane.id;
      const row = rowNamed(catalog.optimizers, lane.optimizer.name);
      if (!row) return;
      if (made(catalog, lane.id, row, lane.optimizer.dialect, lane.schedule.name)) shown = build(catalog, lane, row);
      shown?.update(lane, errors);
      if (labelled(lane.id, lane.label)) label.value = lane.label;
      batch.update(lane.batch_size === "full" ? null : lane.batch_size, errors["net.batch_size"]);
      seed.update(lane.seed, errors["net.seed"]);
    },
  };

  /** @param {import("../../types.js").Catalog} catalog @param {NetworkLane} lane @param {OptimizerRow} row */
  function build(catalog, lane, row) {
    const { dialect } = lane.optimizer;
    const other = (/** @type {string} */ name, /** @type {import("../../catalog.js").Dialect} */ wanted) => {
      const next = rowNamed(catalog.optimizers, name);
      return next
        ? desk.change("net.optimizer", optimizerDefaults(next, next.dialects.includes(wanted) ? wanted : next.dialects[0]))
        : Promise.resolve(false);
    };
    desk.register("net.optimizer");
    desk.register("net.initializer");
    const plain = { register: desk.register, refuse: desk.refuse };
    const choice = choiceField(
      { ...plain, change: (_, name) => other(String(name), dialectOf(dialects.select.value)) },
      {
        path: "net.optimizer.name",
        label: "Optimizer",
        choices: catalog.optimizers.map(({ name, title }) => ({ value: name, label: title })),
        bare: true,
      },
    );
    const dialects = choiceField(
      { ...plain, change: (_, wanted) => other(choice.select.value, dialectOf(wanted)) },
      { path: "net.optimizer.dialect", label: "Dialect", choices: dialectChoices(catalog.optimizers), bare: true },
    );
    rule.replaceChildren(choice.element, dialects.element);
    formula.show(row.mathmls[dialect] ?? row.mathml, row.summary);
    const parameters = ownControls(desk, row, dialect, "net.optimizer");
    own.replaceChildren(...parameters.map(({ control }) => control.element));
    const schedule = choiceField(desk, {
      path: "net.schedule.name",
      label: "Schedule",
      choices: catalog.schedules.map(({ name, title }) => ({ value: name, label: title })),
    });
    const moves = (rowNamed(catalog.schedules, lane.schedule.name)?.parameters ?? []).map((parameter) => ({
      name: parameter.name,
      control: parameterField(desk, { ...parameter, symbol: "", title: parameter.title }, `net.schedule.${parameter.name}`),
    }));
    times.replaceChildren(schedule.element, ...moves.map(({ control }) => control.element));
    const initializer = choiceField(
      { ...plain, change: (_, name) => desk.change("net.initializer", name === "" ? null : { name }) },
      {
        path: "net.initializer.name",
        label: "Own initializer",
        choices: [
          { value: "", label: SHARED },
          ...catalog.initializers.map(({ name, title }) => ({ value: name, label: title })),
        ],
      },
    );
    differs.replaceChildren(batch.element, seed.element, initializer.element);
    return {
      /** @param {NetworkLane} now @param {Record<string, string>} errors */
      update(now, errors) {
        choice.update(now.optimizer.name, errors["net.optimizer.name"] ?? errors["net.optimizer"]);
        dialects.update(now.optimizer.dialect, errors["net.optimizer.dialect"]);
        for (const { name, control } of parameters) control.update(now.optimizer[name], errors[`net.optimizer.${name}`]);
        schedule.update(now.schedule.name, errors["net.schedule.name"]);
        for (const { name, control } of moves) control.update(now.schedule[name], errors[`net.schedule.${name}`]);
        initializer.update(now.initializer?.name ?? "", errors["net.initializer.name"] ?? errors["net.initializer"]);
      },
    };
  }
}
