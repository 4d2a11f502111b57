/** Settings of the data: the gallery, the row's knobs, the split, the batch, the features. */

/** @import { AppState, DatasetRow, Spec, View } from "../../types.js" */

import { parameterField, sliderField, switchField } from "../../shared/controls.js";
import { h, memo, setAttribute, setText } from "../../toolkit/dom.js";
import { formatCount, formatSetting } from "../../toolkit/maths.js";
import { choosable, dataTitle, isInline, read, rowNamed, specOf, withDataset, withField } from "../../run/spec.js";
import { icon } from "../../toolkit/icons.js";
import { formulaField } from "./formula.js";
import { ownButtons, ownTiles } from "./own-tiles.js";
import { thumbnail } from "./thumbnails.js";
import { rebuild } from "../../toolkit/typing.js";

const PARTS = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
const BATCHES = [1, 2, 4, 5, 8, 10, 16, 20, 32, 50, 64, 100, 128, 200, 256, 512, 1024];

/** A slider from nothing to much: fine where a little matters. */
const FINER = [0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5, 0.6, 0.8, 1, 1.2, 1.5, 2, 3, 4, 5];

/** The largest seed a link and a JSON number carry exactly is 2⁵³; small ones are easier to say aloud. */
const SEEDS = 1000;

/**
 * @param {import("../actions.js").TrainActions} actions
 * @returns {View}
 */
export function dataPanel(actions) {
  const gallery = galleryView(actions);
  const knobs = h("div", { class: "fields" });
  const formula = formulaField(actions);
  const part = sliderField(actions, {
    path: "data.test_fraction",
    label: "Test share",
    hint: "samples kept away from training",
    format: (value) => `${Math.round(Number(value) * 100)}\u202f%`,
  });
  const validation = sliderField(actions, {
    path: "data.validation_fraction",
    label: "Validation share",
    hint: "samples kept away to choose by: early stopping watches them",
    format: (value) => `${Math.round(Number(value) * 100)}\u202f%`,
  });
  let trainSize = 0;
  const batch = sliderField(actions, {
    path: "batch_size",
    label: "Batch",
    hint: "samples whose gradients are averaged for one update",
    format: (value) => (value === "full" ? `all ${formatCount(trainSize)}` : `${value} of ${formatCount(trainSize)}`),
  });
  const features = featureChips(actions);
  const standardize = switchField(actions, {
    path: "data.standardize",
    label: "Standardize",
    hint: "mean 0, deviation 1 in each input, fitted on the training set",
  });
  const seed = h("output", { class: "value", data: { testid: "seed" } });
  const fresh = h(
    "button",
    {
      type: "button",
      class: "quiet-button",
      data: { testid: "new-data" },
      title: "another seed: other samples, another split",
      onclick: () => newData(actions),
    },
    icon("dice"),
    "New data",
  );
  const again = h("div", { class: "field-row" }, fresh, h("span", { class: "value-pair" }, "seed ", seed));
  actions.register("data");
  actions.register("data.features");
  const error = h("p", { class: "field-error", role: "alert", hidden: true });
  const element = h(
    "section",
    { class: "panel", data: { part: "data" }, aria: { labelledby: "data-title" } },
    h("h2", { id: "data-title", class: "panel-title" }, "Data"),
    gallery.element,
    error,
    ownButtons(actions),
    formula.element,
    knobs,
    part.element,
    validation.element,
    batch.element,
    features.element,
    standardize.element,
    again,
  );
  part.setLadder(PARTS);
  validation.setLadder(PARTS);
  /** @type {import("../../shared/controls.js").Control[]} */
  let controls = [];
  /** @type {string[]} */
  let paths = [];
  /** @type {Spec | null} */
  let spec = null;
  const rowChanged = memo();
  const batchChanged = memo();
  return {
    element,
    update(state) {
      spec = specOf(state);
      const { catalog, errors, run } = state;
      if (!spec || !catalog || !run) return;
      const row = rowNamed(catalog.datasets, spec.data.name);
      gallery.update(state);
      if (rowChanged(row)) {
        ({ controls, paths } = rowControls(actions, row));
        rebuild(knobs, ...controls.map((control) => control.element));
      }
      controls.forEach((control, i) => control.update(read(spec, paths[i]), errors[paths[i]]));
      formula.element.hidden = spec.data.name !== "formula";
      if (!formula.element.hidden) formula.update(state, read(spec, "data.formula"));
      // Own data come split; they are drawn from no generator.
      part.element.hidden = validation.element.hidden = again.hidden = isInline(spec.data);
      part.update(read(spec, "data.test_fraction"), errors["data.test_fraction"]);
      validation.update(read(spec, "data.validation_fraction"), errors["data.validation_fraction"]);
      if (batchChanged(run.samples.train)) {
        trainSize = run.samples.train;
        batch.setLadder([...BATCHES.filter((size) => size < trainSize), "full"]);
      }
      batch.update(spec.batch_size, errors["batch_size"]);
      features.update(state);
      standardize.update(spec.data.standardize, errors["data.standardize"]);
      if (!isInline(spec.data)) setText(seed, formatSetting(spec.data.seed));
      const message = errors["data"] ?? errors["data.features"];
      error.hidden = !message;
      setText(error, message ?? "");
    },
  };
}

/**
 * The knobs that a data set has of its own.
 * @param {import("../actions.js").TrainActions} actions
 * @param {DatasetRow | undefined} row
 */
function rowControls(actions, row) {
  const parameters = (row?.parameters ?? []).filter(({ kind }) => kind !== "text"); // which has a place of its own
  const paths = parameters.map(({ name }) => `data.${name}`);
  const controls = parameters.map((parameter, i) => {
    const { kind, minimum, maximum, title, summary } = parameter;
    const label = title.charAt(0).toUpperCase() + title.slice(1);
    if (kind !== "float" || typeof minimum !== "number" || typeof maximum !== "number") {
      return parameterField(actions, { ...parameter, title: label, symbol: "" }, paths[i]);
    }
    const slider = sliderField(actions, { path: paths[i], label, hint: summary, typed: true });
    slider.setLadder([minimum, ...FINER.filter((value) => value > minimum && value <= maximum)]);
    return slider;
  });
  return { controls, paths };
}

/** @param {import("../actions.js").TrainActions} actions */
function newData(actions) {
  actions.begin((spec) => withField(spec, "data.seed", (Number(read(spec, "data.seed")) + 1) % SEEDS), "data");
}

/**
 * @param {import("../actions.js").TrainActions} actions
 * @returns {View}
 */
function galleryView(actions) {
  const tiles = h("div", { class: "gallery", role: "group", aria: { label: "Data sets" } });
  const name = h("strong");
  const summary = h("span", { class: "summary" });
  const element = h("div", {}, tiles, h("p", { class: "chosen", data: { testid: "dataset-name" } }, name, " ", summary));
  const own = ownTiles(actions);
  /** @type {Map<string, HTMLButtonElement>} */
  const buttons = new Map();
  /** @type {Spec | null} */
  let spec = null;
  const built = memo();
  const painted = memo();
  const chosen = memo();
  return {
    element,
    update(state) {
      const { catalog, theme } = state;
      spec = specOf(state);
      if (!catalog || !spec) return;
      const rows = choosable(catalog);
      if (built(catalog)) {
        for (const row of rows) {
          const choose = () => spec && spec.data.name !== row.name && actions.begin((now) => withDataset(now, row), "data");
          buttons.set(
            row.name,
            h("button", {
              type: "button",
              class: "tile",
              title: row.title,
              aria: { label: row.title },
              data: { dataset: row.name },
              onclick: choose,
            }),
          );
        }
        tiles.replaceChildren(...buttons.values(), own.pencil, own.tile);
      }
      if (painted(catalog, theme)) for (const row of rows) buttons.get(row.name)?.replaceChildren(thumbnail(row, theme));
      own.update(state);
      if (chosen(catalog, spec.data.name, own.data())) {
        for (const [key, button] of buttons) setAttribute(button, "aria-pressed", String(key === spec.data.name));
        const row = rowNamed(catalog.datasets, spec.data.name);
        setText(name, dataTitle(catalog, spec));
        name.title = dataTitle(catalog, spec);
        setText(summary, own.chosen() ? own.words() : (row?.summary ?? ""));
        summary.title = [row?.summary, row?.source].filter(Boolean).join(" · ");
      }
    },
  };
}

/**
 * Which functions of the plane's coordinates the network is given.
 * @param {import("../actions.js").TrainActions} actions
 * @returns {View}
 */
function featureChips(actions) {
  const chips = h("div", { class: "chips", role: "group", aria: { label: "Features" } });
  const element = h(
    "div",
    { class: "field", data: { field: "data.features" } },
    h("div", { class: "field-label" }, "Features"),
    chips,
  );
  const built = memo();
  /** @type {Map<string, HTMLButtonElement>} */
  const buttons = new Map();
  /** @type {string[]} */
  let order = [];
  /** @type {string[]} */
  let present = [];
  const toggle = (/** @type {string} */ name) => {
    const wish = present.includes(name)
      ? present.filter((other) => other !== name)
      : order.filter((other) => other === name || present.includes(other));
    actions.change("data.features", wish);
  };
  return {
    element,
    update(/** @type {AppState} */ { catalog, run, script }) {
      if (!catalog || !run) return;
      element.hidden = run.kind !== "plane";
      if (built(catalog)) {
        order = catalog.features.map((row) => row.name);
        for (const row of catalog.features) {
          buttons.set(
            row.name,
            h(
              "button",
              {
                type: "button",
                class: "chip",
                title: row.summary,
                data: { feature: row.name },
                onclick: () => toggle(row.name),
              },
              row.title,
            ),
          );
        }
        chips.replaceChildren(...buttons.values());
      }
      present = (script?.run === run.run ? script.spec : run.spec).data.features ?? [];
      for (const [name, button] of buttons) setAttribute(button, "aria-pressed", String(present.includes(name)));
    },
  };
}
