/** The network: units by layer, weights as curves between them. Colour is sign, width is size at a printed scale. */

/** @import { AppState, RunInfo, View } from "../../types.js" */
/** @import { Layout, LayerLayout } from "./layout.js" */

import { h, memo, prepareCanvas, s, setAttribute } from "../../toolkit/dom.js";
import { sampleFrame } from "../../run/followed.js";
import { typeScale } from "../../toolkit/type-scale.js";
import { allows, editable } from "../../frame/restrict.js";
import { isDeep } from "../depth.js";
import { rowNamed } from "../../run/spec.js";
import { frameOf } from "../../run/selectors.js";
import { entriesOf, frozenMarks, heldAmong } from "./weights/frozen.js";
import { layoutNetwork } from "./layout.js";
import { highlight } from "./highlight.js";
import { deltaWords, legendView } from "./legend.js";
import { paintUnits } from "./paint.js";
import { drawRows, roomFor } from "./rows.js";
import { pointer } from "./pointer.js";
import { paintSample, reachOf, sampleNumbers, scaleWords } from "./sample.js";
import { drawWires, edgeScale, edgesFrame, largest, placeWires, scales, undoing } from "./wires.js";
import { followedView } from "./followed.js";
import { layerChanges, limitsOf } from "../settings/layers.js";
import { ribbonView } from "./ribbon.js";
import { weightEditor } from "./weights/weight-editor.js";

/**
 * @param {import("../actions.js").TrainActions} actions
 * @returns {View}
 */
export function diagramView(actions) {
  const lines = s("g", { class: "edges", fill: "none" });
  const marks = s("g", { class: "marks" });
  const words = s("g", { class: "words" });
  const extras = s("g", { class: "words" });
  const svg = s("svg", { class: "wires", "aria-hidden": "true" }, lines);
  const values = s("g", { class: "values" });
  const locks = s("g", { class: "locks" });
  const over = s("svg", { class: "wires", "aria-hidden": "true" }, marks, words, extras, values, locks);
  const canvas = h("canvas", { class: "units" });
  const tools = h("div", { class: "layer-tools" });
  const legend = legendView(actions);
  const stage = h(
    "div",
    { class: "stage", data: { testid: "diagram" }, tabindex: 0, role: "application" },
    svg,
    canvas,
    over,
    tools,
  );
  const editor = weightEditor(actions);
  const followed = followedView(actions);
  const numbers = sampleNumbers(values);
  const frozen = frozenMarks(locks);
  const highlights = highlight(over);
  const changes = layerChanges(actions);
  const ribbon = ribbonView(actions, changes);
  ribbon.element.hidden = true; // until there is a network, and it is deep
  const element = h("div", { class: "diagram" }, legend.element, followed.element, stage, ribbon.element, editor.element);
  const point = pointer(stage, over, {
    edit: (target, at) => last && editable() && editor.open(last, target, at, () => point.aim(target)),
    zero: (target) => last && editable() && editor.zero(last, target),
    freeze: (target, key) => last && editable() && freeze(last, target, key),
    close: () => editor.close(),
  });

  /** @type {Layout | null} */
  let layout = null;
  /** @type {import("./wires.js").Wire[]} */
  let wires = [];
  const kept = scales();
  let width = 0;
  let height = 0;
  /** @type {AppState | null} */
  let last = null;
  new ResizeObserver(() => {
    ({ width, height } = stage.getBoundingClientRect());
    if (last) update(last);
  }).observe(stage);
  const shapeChanged = memo();
  const runChanged = memo();
  const edgesChanged = memo();
  const unitsFitted = memo();
  const wiresChanged = memo();
  const unitsChanged = memo();

  const undone = undoing();

  /** @param {AppState} state */
  function update(state) {
    last = state;
    const { run, catalog } = state;
    if (!run || !catalog) return;
    const deep = isDeep(run);
    stage.hidden = legend.element.hidden = deep;
    ribbon.element.hidden = !deep;
    if (deep) {
      followed.update(state);
      ribbon.update(state);
      return;
    }
    if (width < 10 || height < 10) return;
    if (runChanged(run)) kept.reset();
    if (edgesChanged(state.edges, state.looks.edges)) kept.forget(state.edges);
    if (unitsFitted(state.units, state.looks.units, state.followed)) {
      kept.forget("delta");
      kept.forget("sample");
    }
    // What an undone change had made large is small again.
    if (undone(state)) kept.forget(state.edges);
    followed.update(state);
    if (shapeChanged(run, catalog, Math.round(width), Math.round(height))) {
      const layers = run.spec.network.layers;
      layout = layoutNetwork(run, width, height, roomFor(layers));
      drawRows(extras, layout, layers);
      setAttribute(svg, "viewBox", `0 0 ${width} ${height}`);
      setAttribute(over, "viewBox", `0 0 ${width} ${height}`);
      wires = placeWires(lines, layout);
      drawWords(words, state, layout);
      drawMarks(marks, layout);
      placeTools(tools, layout, changes, state);
      setAttribute(
        stage,
        "aria-label",
        `The network, ${run.inputs.length} inputs and ${run.layers.map((layer) => layer.units).join(", ")} units`,
      );
    }
    if (!layout) return;
    const shown = edgesFrame(state);
    const parameters = frameOf(state, "parameters");
    const deltas = state.units === "delta" ? frameOf(state, "deltas") : null;
    const scale = edgeScale(kept, state.edges, shown?.arrays ?? null);
    if (wiresChanged(shown, wires, scale)) drawWires(wires, shown?.arrays ?? null, scale);
    frozen.update(state, layout, wires);
    const delta = state.units === "delta" ? kept.fit("delta", deltas ? largest(deltas.arrays, "size") : 0, 1) : null;
    const sample = state.units === "sample" ? sampleFrame(state) : null;
    const reach = state.units === "sample" ? kept.fit("sample", reachOf(sample, run), 1) : null;
    const told = state.units === "sample" ? scaleWords(sample, reach) : deltaWords(delta);
    legend.update(state, shown || state.edges === "weights" ? scale : null, told);
    if (state.units === "sample") {
      if (unitsChanged(sample, layout, state.theme, reach)) {
        paintSample(prepareCanvas(canvas, width, height), state, layout, sample, reach ?? 1);
        numbers.update(state, layout, sample, reach ?? 1);
      }
    } else if (
      unitsChanged(
        shown,
        parameters,
        frameOf(state, "maps"),
        frameOf(state, "inputs"),
        deltas,
        layout,
        state.theme,
        state.units,
        scale,
        delta,
      )
    ) {
      numbers.update(state, layout, null, 1);
      // Pictures of weights are full at what a curve two wide stands for: what is thick there is deep here.
      const biases = kept.fit("weights", parameters ? largest(parameters.arrays, "W") : 0, 7) ?? 1;
      paintUnits(prepareCanvas(canvas, width, height), state, layout, {
        weights: shown?.arrays ?? {},
        scale: (scale ?? 1) * 2,
        biasScale: biases * 2,
        deltaScale: delta ?? 1,
      });
    }
    editor.update(state);
    highlights.update(state, layout);
    point.update(state, layout);
  }
  /**
   * By key, of what is pointed at: x removes it, h freezes it, or releases what is frozen.
   * @param {AppState} state
   * @param {import("./words.js").Target} target
   * @param {string} key
   */
  function freeze(state, target, key) {
    const entries = state.run ? entriesOf(state.run, target, "connections") : [];
    const { all, frozen, removed } = heldAmong(state, entries);
    if (all === 0) return;
    const action = key === "x" ? "remove" : frozen + removed === all ? "release" : "freeze";
    actions.freeze(action, entries).then((refused) => refused && actions.sender.complain(refused));
  }
  return { element, update };
}

/**
 * Whether columns stand so close that their heads need two lines.
 * @param {Layout} layout
 */
function compact(layout) {
  const scale = typeScale();
  return layout.width < 520 * scale || layout.layers[1].x - layout.layers[0].x < 104 * scale;
}

/**
 * Names of layers over them, names of inputs beside them, and what is folded away.
 * @param {SVGGElement} group
 * @param {AppState} state
 * @param {Layout} layout
 */
function drawWords(group, state, layout) {
  const run = /** @type {RunInfo} */ (state.run);
  const { catalog } = state;
  const stacked = compact(layout);
  const scale = typeScale();
  /** @type {SVGElement[]} */
  const all = [];
  for (const layer of layout.layers) {
    if (layer.strip) {
      all.push(
        s(
          "text",
          { x: layer.x, y: layer.strip.y - 10, "text-anchor": "middle", class: "fold" },
          `… ${layer.units} ${layer.layer === 0 ? "inputs" : "units"}`,
        ),
      );
    }
    const title = rowNamed(catalog?.activations ?? [], layer.activation)?.title ?? layer.activation;
    const head = s("text", { x: layer.x, y: 30, "text-anchor": "middle", class: "layer-head" });
    if (layer.layer > 0 && layer.layer < layout.layers.length - 1) continue; // hidden layers have a head that can be changed
    if (layer.layer === 0) head.append("input");
    else if (stacked) {
      head.append(
        s("tspan", { x: layer.x, y: 6 + 12 * scale }, `${layer.units}`),
        s("tspan", { x: layer.x, dy: 17 * scale }, title),
      );
    } else head.append(`${layer.units} · ${title}`);
    all.push(head);
    if (layer.picture) {
      const box = layer.shown[0];
      all.push(
        s(
          "text",
          { x: layer.x, y: box.y + box.height + 18, "text-anchor": "middle", class: "fold" },
          `${run.image_shape?.join(" × ")} pixels`,
        ),
      );
    } else if (layer.layer === 0) {
      for (const box of layer.shown) all.push(inputName(run.inputs[box.unit], catalog, box.x - 10, box.y + box.height / 2));
    }
  }
  const output = layout.layers[layout.layers.length - 1];
  if (run.outputs.length > 1 && !output.strip) {
    for (const box of output.shown)
      all.push(endName(run.classes[box.unit] ?? run.outputs[box.unit], box.x + box.width + 8, box.y + box.height / 2));
  }
  group.replaceChildren(...all);
}

/**
 * @param {string} name
 * @param {import("../../types.js").Catalog | null} catalog
 * @param {number} x
 * @param {number} y
 */
function inputName(name, catalog, x, y) {
  const title = rowNamed(catalog?.features ?? [], name)?.title ?? name;
  // The unit of a measurement is left to the tooltip.
  const plain = title.replaceAll("_", " ").replace(/ \(.*\)$/, "");
  const room = Math.min(14, Math.floor(x / (8.5 * typeScale())));
  const short = plain.length > room ? `${plain.slice(0, Math.max(1, room - 2))}…` : plain;
  const text = s(
    "text",
    { x, y, "text-anchor": "end", "dominant-baseline": "central", class: title.length > 6 ? "input-name long" : "input-name" },
    short,
  );
  if (short !== title) text.append(s("title", {}, title));
  return text;
}

/** @param {string} name @param {number} x @param {number} y */
function endName(name, x, y) {
  const short = name.length > 12 ? `${name.slice(0, 11)}…` : name;
  const text = s("text", { x, y, "dominant-baseline": "central", class: "fold" }, short);
  if (short !== name) text.append(s("title", {}, name));
  return text;
}

/**
 * Hairlines around units and strips; the output is drawn in ink, since its answer is the network's.
 * @param {SVGGElement} group
 * @param {Layout} layout
 */
function drawMarks(group, layout) {
  const boxes = layout.layers.flatMap((/** @type {LayerLayout} */ layer, i) => {
    const end = i === layout.layers.length - 1;
    const all = layer.strip ? [...layer.shown, layer.strip] : layer.shown;
    return all.map((box) =>
      s("rect", {
        x: box.x - 0.5,
        y: box.y - 0.5,
        width: box.width + 1,
        height: box.height + 1,
        rx: 4.5,
        class: end ? "unit-frame end" : "unit-frame",
      }),
    );
  });
  group.replaceChildren(...boxes);
}

/**
 * Fewer, more units, and one layer more, under the layers they change.
 * @param {HTMLElement} place
 * @param {Layout} layout
 * @param {ReturnType<typeof layerChanges>} changes
 * @param {AppState} state
 */
function placeTools(place, layout, changes, state) {
  const limits = limitsOf(state);
  const hidden = layout.layers.slice(1, -1);
  const roomy = layout.layers[1].x - layout.layers[0].x >= 112;
  const tools = hidden.map((layer, i) => {
    const button = (/** @type {string} */ sign, /** @type {string} */ label, /** @type {number} */ units) =>
      h(
        "button",
        {
          type: "button",
          class: "tool",
          title: label,
          aria: { label },
          disabled: units < 1 || units > limits.units,
          onclick: () => changes.set(i, { units }),
        },
        sign,
      );
    return h(
      "div",
      { class: "tool-pair", data: { part: "units network diagram" }, style: `left:${layer.x}px` },
      button("−", `one unit fewer in layer ${i + 1}`, layer.units - 1),
      button("+", `one unit more in layer ${i + 1}`, layer.units + 1),
      roomy &&
        h(
          "button",
          {
            type: "button",
            class: "tool",
            title: `delete layer ${i + 1}`,
            aria: { label: `delete layer ${i + 1}` },
            onclick: () => changes.remove(i),
          },
          "×",
        ),
    );
  });
  const before = layout.layers[layout.layers.length - 2];
  const output = layout.layers[layout.layers.length - 1];
  const add = h(
    "button",
    {
      type: "button",
      class: "tool wide",
      data: { part: "layers network diagram" },
      title: "add a hidden layer",
      disabled: hidden.length >= limits.layers,
      onclick: () => changes.add(),
    },
    "+ layer",
  );
  const x = hidden.length > 0 && output.x - before.x < 150 ? output.x : (before.x + output.x) / 2;
  const heads = hidden.map((layer, i) => layerHead(layout, layer, i, changes, state));
  place.replaceChildren(...heads, ...tools, h("div", { class: "tool-pair", style: `left:${x}px` }, add));
}

/**
 * What a hidden layer is, as words that can be changed: 8 · tanh.
 * @param {Layout} layout
 * @param {LayerLayout} layer
 * @param {number} index
 * @param {ReturnType<typeof layerChanges>} changes
 * @param {AppState} state
 */
function layerHead(layout, layer, index, changes, state) {
  const select = h("select", { aria: { label: `Activation of layer ${index + 1}` }, title: "change the activation" });
  for (const row of state.catalog?.activations ?? [])
    if (row.hidden !== false) select.append(h("option", { value: row.name }, row.title));
  select.value = layer.activation;
  // What cannot be changed is still a name.
  const name = allows("activations", "network", "diagram")
    ? select
    : h("span", {}, select.selectedOptions[0]?.textContent ?? "");
  select.addEventListener("change", async () => {
    if (!(await changes.set(index, { activation: select.value }))) select.value = layer.activation;
  });
  return h(
    "div",
    { class: compact(layout) ? "head-choice stacked" : "head-choice", style: `left:${layer.x}px` },
    h("span", {}, String(layer.units)),
    h("span", { class: "dot-between" }, "·"),
    name,
  );
}
