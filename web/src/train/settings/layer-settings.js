/** What a hidden layer has besides units and activation: norm, dropout, a skip; and what its activation is fed. */

/** @import { AppState, Catalog, Layer } from "../../types.js" */

import { choiceField, numberField } from "../../shared/controls.js";
import { h, memo, setText } from "../../toolkit/dom.js";
import { formatSetting } from "../../toolkit/maths.js";
import { skipSource } from "./network-layers.js";
import { rowNamed } from "../../run/spec.js";
import { activationPlot } from "./activation-plot.js";

/**
 * @param {import("../actions.js").TrainActions} actions
 * @param {number} index
 * @param {{set: (index: number, fields: Partial<Layer>) => Promise<boolean>, alike: (index: number) => Promise<boolean>}} changes
 * @param {Catalog} catalog
 */
export function layerSettings(actions, index, changes, catalog) {
  const number = index + 1;
  const path = `network.layers.${index}`;
  const target = {
    register: (/** @type {string} */ own) => actions.register(own),
    change: (/** @type {string} */ own, /** @type {unknown} */ value) =>
      changes.set(index, {
        [own.slice(path.length + 1)]: value === "none" ? null : own.endsWith("skip") ? Number(value) : value,
      }),
    refuse: (/** @type {string} */ own, /** @type {string} */ message) => actions.refuse(own, message),
  };
  const norm = choiceField(target, {
    path: `${path}.norm`,
    label: "Norm",
    hint: "centres and scales what the activation takes",
    choices: [{ value: "none", label: "none" }, ...catalog.norms.map((row) => ({ value: row.name, label: row.title }))],
  });
  const dropout = numberField(target, {
    path: `${path}.dropout`,
    label: "Dropout p",
    hint: "share of the layer's units left out at each update; from 0 to below 1",
  });
  const skips = Array.from({ length: number }, (_, i) => ({
    value: String(i + 1),
    label: `from ${skipSource(number, i + 1)}`,
  }));
  const skip = choiceField(target, {
    path: `${path}.skip`,
    label: "Skip",
    hint: "adds what an earlier layer gives, past this one",
    choices: [{ value: "none", label: "none" }, ...skips],
  });
  const alike = h(
    "button",
    {
      type: "button",
      class: "text-button small-text",
      onclick: () => changes.alike(index),
      data: { testid: `alike-${number}` },
    },
    "all layers like this one",
  );
  const plot = activationPlot(number);
  const element = h(
    "div",
    { class: "layer-settings", id: `layer-settings-${number}`, role: "group", aria: { label: `Layer ${number}` } },
    norm.element,
    dropout.element,
    skip.element,
    plot.element,
    alike,
  );
  return {
    element,
    /** @param {AppState} state @param {Layer} layer */
    update(state, layer) {
      const { errors } = state;
      norm.update(layer.norm ?? "none", errors[`${path}.norm`]);
      dropout.update(layer.dropout ?? 0, errors[`${path}.dropout`]);
      skip.update(layer.skip ? String(layer.skip) : "none", errors[`${path}.skip`]);
      alike.hidden = (state.run?.layers.length ?? 0) < 3;
      plot.update(state, layer);
    },
  };
}

/**
 * What a layer has beyond units and activation, in a few words: "batch norm · dropout 0.2 · skip from layer 1".
 * @param {Layer} layer
 * @param {number} number
 * @param {Catalog} catalog
 */
export function extrasOf(layer, number, catalog) {
  return [
    layer.norm ? (rowNamed(catalog.norms, layer.norm)?.title ?? layer.norm) : "",
    layer.dropout ? `dropout ${formatSetting(layer.dropout)}` : "",
    layer.skip ? `skip from ${skipSource(number, layer.skip)}` : "",
  ]
    .filter(Boolean)
    .join(" · ");
}

/** A quiet line under a layer's row; gone where there is nothing to say. */
export function extrasLine() {
  const element = h("p", { class: "layer-extras" });
  const changed = memo();
  return {
    element,
    /** @param {string} words */
    update(words) {
      if (!changed(words)) return;
      element.hidden = words === "";
      setText(element, words);
    },
  };
}
