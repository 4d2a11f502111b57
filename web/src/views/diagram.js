/** The network: units by layer, weights as curves between them. Colour is sign, width is size at a printed scale. */

/** @import { AppState, RunInfo, View } from "../types.js" */
/** @import { Layout, LayerLayout } from "./diagram-layout.js" */

import { h, memo, prepareCanvas, s, setAttribute, setText } from "../dom.js";
import { formatNumber, formatSetting } from "../maths.js";
import { rowNamed } from "../spec.js";
import { frameOf } from "../store.js";
import { curve, layoutNetwork } from "./diagram-layout.js";
import { paintUnits } from "./diagram-paint.js";
import { pointer } from "./diagram-pointer.js";
import { layerChanges, limitsOf } from "./layers.js";

/** A curve is at most this wide before the scale is doubled. */
const WIDEST_LINE = 7;
const THINNEST_LINE = 0.4;
/** |w| of one pixel of width to begin with; it grows by doubling and stays while a run is looked at. */
const FIRST_SCALE = 0.25;

/**
 * @param {import("../actions.js").Actions} actions
 * @returns {View}
 */
export function diagramView(actions) {
  const lines = s("g", { class: "edges", fill: "none" });
  const marks = s("g", { class: "marks" });
  const words = s("g", { class: "words" });
  const svg = s("svg", { class: "wires", "aria-hidden": "true" }, lines);
  const over = s("svg", { class: "wires", "aria-hidden": "true" }, marks, words);
  const canvas = h("canvas", { class: "units" });
  const tools = h("div", { class: "layer-tools" });
  const scaleWords = h("span", { class: "scale", data: { testid: "scale" } });
  const meaning = h("b");
  const legend = h(
    "div",
    { class: "legend" },
    h("span", {}, "edges show ", h("b", {}, "weights"), " · units show ", meaning),
    h(
      "span",
      { class: "signs" },
      h("i", { class: "swatch positive" }),
      "positive",
      h("i", { class: "swatch negative" }),
      "negative",
    ),
    scaleWords,
  );
  const stage = h(
    "div",
    { class: "stage", data: { testid: "diagram" }, tabindex: 0, role: "application" },
    svg,
    canvas,
    over,
    tools,
  );
  const element = h("div", { class: "diagram" }, legend, stage);
  const point = pointer(stage, over);

  /** @type {Layout | null} */
  let layout = null;
  /** @type {Wire[]} */
  let wires = [];
  let scale = FIRST_SCALE;
  const changes = layerChanges(actions);
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
  const weightsChanged = memo();
  const unitsChanged = memo();

  /** @param {AppState} state */
  function update(state) {
    last = state;
    const { run, catalog } = state;
    if (!run || !catalog || width < 10 || height < 10) return;
    if (runChanged(run)) scale = FIRST_SCALE;
    if (shapeChanged(run, catalog, Math.round(width), Math.round(height))) {
      layout = layoutNetwork(run, width, height);
      setAttribute(svg, "viewBox", `0 0 ${width} ${height}`);
      setAttribute(over, "viewBox", `0 0 ${width} ${height}`);
      wires = drawWires(lines, layout);
      setText(meaning, run.kind === "plane" ? "map" : run.image_shape ? "weights, bias" : "bias");
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
    const parameters = frameOf(state, "parameters");
    if (weightsChanged(parameters, wires)) {
      scale = outgrown(parameters ? largest(parameters.arrays) : 0, scale);
      for (const wire of wires) drawWire(wire, parameters?.arrays[wire.name]?.data[wire.index] ?? 0, scale);
      setText(scaleWords, `width 1 = |w| ${scale < 1e4 ? formatSetting(scale) : formatNumber(scale, 3)}`);
    }
    if (unitsChanged(parameters, frameOf(state, "maps"), layout, state.theme, scale)) {
      // Pictures of weights are full at the |w| of a curve two wide: what is thick there is deep here.
      paintUnits(prepareCanvas(canvas, width, height), state, layout, scale * 2);
    }
    point.update(state, layout);
  }
  return { element, update };
}

/**
 * @typedef {object} Wire
 * @property {SVGPathElement} path
 * @property {string} name  of the parameter
 * @property {number} index
 * @property {boolean | null} positive  as drawn
 * @property {number} width  as drawn
 */

/**
 * A curve for every weight between two units that are drawn.
 * @param {SVGGElement} group
 * @param {Layout} layout
 */
function drawWires(group, layout) {
  /** @type {Wire[]} */
  const wires = [];
  /** @type {SVGPathElement[]} */
  const paths = [];
  for (let layer = 1; layer < layout.layers.length; layer++) {
    const before = layout.layers[layer - 1];
    for (const to of layout.layers[layer].shown) {
      for (const from of before.shown) {
        const path = s("path", { d: curve(from, to), class: before.picture ? "bundle" : "wire" });
        paths.push(path);
        if (!before.picture)
          wires.push({ path, name: `W${layer}`, index: to.unit * before.units + from.unit, positive: null, width: -1 });
      }
    }
  }
  group.replaceChildren(...paths);
  return wires;
}

/**
 * @param {Wire} wire
 * @param {number} weight
 * @param {number} scale
 */
function drawWire(wire, weight, scale) {
  const positive = weight >= 0;
  if (positive !== wire.positive) {
    wire.positive = positive;
    wire.path.setAttribute("class", positive ? "wire positive" : "wire negative");
  }
  // A tenth of a pixel is finer than the eye, and most curves then stay as they are from frame to frame.
  const size = Number.isFinite(weight) ? Math.abs(weight) / scale : 0;
  const width = Math.round(Math.min(WIDEST_LINE * 1.5, Math.max(THINNEST_LINE, size)) * 10) / 10;
  if (width === wire.width) return;
  wire.width = width;
  wire.path.setAttribute("stroke-width", String(width));
  wire.path.setAttribute("stroke-opacity", width < 1 ? "0.55" : "0.85");
}

/** @param {Record<string, import("../types.js").NamedArray>} arrays */
function largest(arrays) {
  let most = 0;
  for (const [name, { data }] of Object.entries(arrays)) {
    if (!name.startsWith("W")) continue;
    for (const value of data) if (Math.abs(value) > most && Number.isFinite(value)) most = Math.abs(value);
  }
  return most;
}

/** @param {number} most @param {number} scale */
function outgrown(most, scale) {
  while (most / scale > WIDEST_LINE) scale *= 2;
  return scale;
}

/**
 * Whether columns stand so close that their heads need two lines.
 * @param {Layout} layout
 */
function compact(layout) {
  return layout.width < 520 || layout.layers[1].x - layout.layers[0].x < 104;
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
      head.append(s("tspan", { x: layer.x, dy: -12 }, `${layer.units}`), s("tspan", { x: layer.x, dy: 17 }, title));
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
 * @param {import("../types.js").Catalog | null} catalog
 * @param {number} x
 * @param {number} y
 */
function inputName(name, catalog, x, y) {
  const title = rowNamed(catalog?.features ?? [], name)?.title ?? name;
  // The unit of a measurement is left to the tooltip.
  const plain = title.replaceAll("_", " ").replace(/ \(.*\)$/, "");
  const short = plain.length > 14 ? `${plain.slice(0, 12)}…` : plain;
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
      { class: "tool-pair", style: `left:${layer.x}px` },
      button("−", `one unit fewer in layer ${i + 1}`, layer.units - 1),
      button("+", `one unit more in layer ${i + 1}`, layer.units + 1),
    );
  });
  const before = layout.layers[layout.layers.length - 2];
  const output = layout.layers[layout.layers.length - 1];
  const add = h(
    "button",
    {
      type: "button",
      class: "tool wide",
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
  select.addEventListener("change", async () => {
    if (!(await changes.set(index, { activation: select.value }))) select.value = layer.activation;
  });
  return h(
    "div",
    { class: compact(layout) ? "head-choice stacked" : "head-choice", style: `left:${layer.x}px` },
    h("span", {}, String(layer.units)),
    h("span", { class: "dot-between" }, "·"),
    select,
  );
}
