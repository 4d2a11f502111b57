/** Settings of the network: its hidden layers, how it starts, its output and its loss. */

/** @import { Layer, Spec, View } from "../../types.js" */

import { choiceField, numberField, parameterField } from "../../shared/controls.js";
import { h, memo, setAttribute, setText } from "../../toolkit/dom.js";
import { formatCount, parseSetting } from "../../toolkit/maths.js";
import { added, alike, counted, removed } from "./network-layers.js";
import { rowNamed, specOf, withField } from "../../run/spec.js";
import { icon } from "../../toolkit/icons.js";
import { extrasLine, extrasOf, layerSettings } from "./layer-settings.js";
import { lossView } from "./loss.js";
import { isTyped, rebuild } from "../../toolkit/typing.js";

/** Until the catalog says otherwise. */
const LIMITS = { layers: 6, units: 1024 };

/**
 * The changes of a network's layers; the diagram offers the same ones.
 * @param {import("../actions.js").TrainActions} actions
 */
export function layerChanges(actions) {
  const path = "network.layers";
  const change = (/** @type {(layers: Layer[]) => Layer[]} */ make) =>
    actions.begin((spec) => withField(spec, path, make(structuredClone(spec.network.layers))), path);
  return {
    /** @param {number} index @param {Partial<Layer>} fields */
    set: (index, fields) => change((layers) => layers.map((layer, i) => (i === index ? { ...layer, ...fields } : layer))),
    add: () => change(added),
    /** @param {number} index */
    remove: (index) => change((layers) => removed(layers, index)),
    /** @param {number} count */
    count: (count) => change((layers) => counted(layers, count)),
    /** @param {number} index */
    alike: (index) => change((layers) => alike(layers, index)),
  };
}

/**
 * @param {import("../../types.js").AppState} state
 */
export function limitsOf(state) {
  return { ...LIMITS, ...state.catalog?.limits };
}

/**
 * @param {import("../actions.js").TrainActions} actions
 * @returns {View}
 */
export function networkPanel(actions) {
  actions.register("network");
  actions.register("network.layers");
  /** @type {Spec | null} */
  let spec = null;
  const changes = layerChanges(actions);
  const list = h("div", { class: "layers" });
  const add = h(
    "button",
    { type: "button", class: "quiet-button", data: { testid: "add-layer", part: "layers" }, onclick: () => changes.add() },
    "+ layer",
  );
  const count = h("span", { class: "value-pair" });
  const many = numberField(
    {
      register: () => {},
      change: (_, wish) => {
        const { layers: most } = limits;
        if (Number(wish) >= 0 && Number(wish) <= most) return changes.count(Number(wish));
        actions.refuse("network.layers", `${wish} hidden layers; allowed: 0 to ${most}`);
        return Promise.resolve(false);
      },
      refuse: (_, message) => actions.refuse("network.layers", message),
    },
    { path: "network.layer_count", label: "Hidden layers", hint: "how many; new ones are like the last", integer: true },
  );
  many.element.dataset.part = "layers";
  const error = h("p", { class: "field-error", role: "alert", hidden: true });
  const rules = h("div", { class: "fields" });
  const loss = lossView(actions);
  const element = h(
    "section",
    { class: "panel", data: { part: "network" }, aria: { labelledby: "network-title" } },
    h("h2", { id: "network-title", class: "panel-title" }, "Network"),
    many.element,
    h("div", { data: { field: "network.layers" } }, list, error),
    h("div", { class: "field-row" }, add, count),
    rules,
    loss.element,
  );
  let limits = LIMITS;
  /** @type {ReturnType<typeof layerRow>[]} */
  let rows = [];
  /** @type {ReturnType<typeof ruleFields> | null} */
  let fields = null;
  const catalogChanged = memo();
  const layersChanged = memo();
  return {
    element,
    update(state) {
      spec = specOf(state);
      const { catalog, errors, run } = state;
      if (!spec || !catalog || !run) return;
      const { layers } = spec.network;
      limits = limitsOf(state);
      many.update(layers.length);
      if (rows.length !== layers.length) {
        rows = layers.map((_, i) => layerRow(i, changes, catalog, actions));
        rebuild(list, ...rows.map((row) => row.element));
      }
      const message = errors["network.layers"] ?? errors["network"];
      if (layersChanged(spec, message)) {
        layers.forEach((layer, i) => rows[i].update(layer));
        element.classList.toggle("deep", layers.length > 8);
        error.hidden = !message;
        setText(error, message ?? "");
      }
      layers.forEach((layer, i) => rows[i].open(state, layer));
      add.disabled = layers.length >= limits.layers;
      setAttribute(
        add,
        "title",
        add.disabled ? `at most ${limits.layers} hidden layers` : "add a hidden layer before the output",
      );
      setText(count, `${formatCount(run.parameter_count)} parameters`);
      if (catalogChanged(catalog)) fields = ruleFields(actions, state);
      if (fields) fields.update(state, spec, rules);
      loss.update(state);
    },
  };
}

/**
 * One hidden layer: its units, its activation, a way to be rid of it; behind its number all else that it has.
 * @param {number} index
 * @param {ReturnType<typeof layerChanges>} changes
 * @param {import("../../types.js").Catalog} catalog
 * @param {import("../actions.js").TrainActions} actions
 */
function layerRow(index, changes, catalog, actions) {
  const name = `layer ${index + 1}`;
  const units = h("input", {
    class: "number",
    type: "text",
    inputmode: "numeric",
    autocomplete: "off",
    aria: { label: `Units of ${name}` },
    name: `units-${index + 1}`,
    data: { testid: `units-${index + 1}`, part: "units" },
  });
  const choice = h("select", {
    aria: { label: `Activation of ${name}` },
    data: { testid: `activation-${index + 1}`, part: "activations" },
  });
  for (const row of catalog.activations.filter((each) => each.hidden !== false))
    choice.append(h("option", { value: row.name }, row.title));
  const remove = h(
    "button",
    {
      type: "button",
      class: "round small",
      title: `remove ${name}`,
      aria: { label: `Remove ${name}` },
      data: { part: "layers" },
      onclick: () => changes.remove(index),
    },
    icon("close"),
  );
  /** @type {Layer} */
  let layer = { units: 0, activation: "", norm: null, dropout: 0, skip: null };
  const restore = () => {
    units.value = units.defaultValue = String(layer.units);
    choice.value = layer.activation;
  };
  units.addEventListener("change", async () => {
    // A word is sent as it is: the server says what a number of units may be.
    const wish = parseSetting(units.value) ?? units.value;
    if (wish !== layer.units && !(await changes.set(index, { units: /** @type {number} */ (wish) }))) restore();
  });
  units.addEventListener("keydown", (event) => event.key === "Enter" && units.blur());
  units.addEventListener("focus", () => units.select());
  choice.addEventListener("change", async () => {
    if (!(await changes.set(index, { activation: choice.value }))) restore();
  });
  const toggle = h(
    "button",
    {
      type: "button",
      class: "layer-toggle",
      title: `norm, dropout and skip of ${name}, and what its activation is fed`,
      aria: { label: `Settings of ${name}`, expanded: "false" },
      data: { testid: `layer-${index + 1}` },
      onclick: () => actions.openLayer(index + 1),
    },
    String(index + 1),
  );
  const extras = extrasLine();
  const element = h("div", { class: "layer-row" }, h("div", { class: "layer" }, toggle, units, choice, remove), extras.element);
  /** Made when it is first opened: fifty layers have fifty of them. @type {ReturnType<typeof layerSettings> | null} */
  let settings = null;
  return {
    element,
    /** @param {Layer} next */
    update(next) {
      layer = next;
      const typed = isTyped(units) ? units.value : null;
      restore();
      if (typed !== null) units.value = typed;
    },
    /** @param {import("../../types.js").AppState} state @param {Layer} now */
    open(state, now) {
      const opened = state.opened === index + 1;
      extras.update(opened ? "" : extrasOf(now, index + 1, catalog));
      setAttribute(toggle, "aria-expanded", String(opened));
      if (opened && !settings) {
        settings = layerSettings(actions, index, changes, catalog);
        element.append(settings.element);
      }
      if (!settings) return;
      settings.element.hidden = !opened;
      if (opened) settings.update(state, now);
    },
  };
}

/**
 * Initializer with its own parameters, output activation and loss.
 * @param {import("../actions.js").TrainActions} actions
 * @param {import("../../types.js").AppState} state
 */
function ruleFields(actions, state) {
  const catalog = /** @type {import("../../types.js").Catalog} */ (state.catalog);
  const named = (/** @type {import("../../catalog.js").Row[]} */ rows) =>
    rows.map((row) => ({ value: row.name, label: row.title }));
  const auto = { value: "auto", label: "auto" };
  const initializer = choiceField(
    { ...target(actions), change: (path, name) => actions.change(path.replace(/\.name$/, ""), { name }) },
    {
      path: "network.initializer.name",
      label: "Start",
      hint: "how the weights are drawn",
      choices: named(catalog.initializers),
    },
  );
  const output = choiceField(target(actions), {
    path: "network.output_activation",
    label: "Output",
    hint: "activation of the output layer; auto matches the loss",
    choices: [auto, ...named(catalog.activations.filter((row) => row.output !== false))],
  });
  const loss = choiceField(target(actions), {
    path: "loss",
    label: "Loss",
    hint: "auto matches the task",
    choices: [auto, ...named(catalog.losses)],
  });
  const bias = numberField(target(actions), {
    path: "network.bias",
    label: "Biases start at",
    hint: "every bias of the network",
  });
  // The output may be an activation that no hidden layer offers; a run in force names it.
  const seen = new Set(catalog.activations.map((row) => row.name));
  const autoOutput = /** @type {HTMLOptionElement} */ (output.select.options[0]);
  const autoLoss = /** @type {HTMLOptionElement} */ (loss.select.options[0]);
  const initializerChanged = memo();
  /** @type {{path: string, control: import("../../shared/controls.js").Control}[]} */
  let own = [];
  return {
    /**
     * @param {import("../../types.js").AppState} now
     * @param {Spec} spec
     * @param {HTMLElement} place
     */
    update(now, spec, place) {
      const { errors, run } = now;
      const { name } = spec.network.initializer;
      if (initializerChanged(name)) {
        const row = rowNamed(catalog.initializers, name);
        own = (row?.parameters ?? []).map((parameter) => {
          const path = `network.initializer.${parameter.name}`;
          return { path, control: parameterField(target(actions), parameter, path) };
        });
        rebuild(
          place,
          initializer.element,
          ...own.map(({ control }) => control.element),
          bias.element,
          output.element,
          loss.element,
        );
      }
      initializer.update(name, errors["network.initializer.name"] ?? errors["network.initializer"]);
      for (const { path, control } of own) control.update(spec.network.initializer[path.split(".")[2]], errors[path]);
      bias.update(spec.network.bias, errors["network.bias"]);
      const wish = spec.network.output_activation;
      if (wish !== "auto" && !seen.has(wish)) {
        seen.add(wish);
        output.select.append(h("option", { value: wish }, wish));
      }
      if (run) {
        setText(autoOutput, wish === "auto" ? `auto: ${run.output_activation}` : "auto");
        setText(autoLoss, spec.loss === "auto" ? `auto: ${run.loss.replaceAll("_", " ")}` : "auto");
      }
      output.update(wish, errors["network.output_activation"]);
      loss.update(spec.loss, errors["loss"]);
    },
  };
}

/**
 * @param {import("../actions.js").TrainActions} actions
 * @returns {import("../../shared/controls.js").ChangeTarget}
 */
function target(actions) {
  return {
    register: (path) => actions.register(path),
    change: (path, value) => actions.change(path, value),
    refuse: (path, message) => actions.refuse(path, message),
  };
}
