/** The network with what flows through it: one named quantity on the units, what runs along the edges, activations beneath. */

/** @import { AppState, RunInfo, View } from "../../types.js" */
/** @import { Seen, Spot } from "../types.js" */
/** @import { Layout, Node } from "./layout.js" */

import { h, memo, s, setAttribute, setText } from "../../toolkit/dom.js";
import { toldOf } from "../micro/numbers.js";
import { typeScale } from "../../toolkit/type-scale.js";
import { edgeSpot, lights, unitSpot } from "../micro/spots.js";
import { seenOf } from "../state.js";
import { captionOf } from "./caption.js";
import { edgeLines } from "./edges.js";
import { layoutStep } from "./layout.js";
import { motion } from "./motion.js";
import { pointing } from "./pointing.js";
import { searchFields } from "./search.js";
import { skipLines } from "./skips.js";

/**
 * @typedef {object} Unit
 * @property {Node} node
 * @property {SVGGElement} group
 * @property {SVGTextElement} main
 * @property {SVGTextElement} beneath
 */

/**
 * @param {import("../actions.js").StepActions} actions
 * @returns {View}
 */
export function diagramView(actions) {
  const edges = s("g", { class: "flow-edges", fill: "none" });
  const skips = s("g", { class: "flow-skips", fill: "none" });
  const units = s("g", { class: "flow-units" });
  const labels = s("g", { class: "flow-labels" });
  const words = s("g", { class: "flow-words" });
  const moving = s("g", { class: "flow-motion" });
  const svg = s("svg", { class: "flow", "aria-hidden": "true" }, edges, skips, labels, units, words, moving);
  const search = searchFields(actions);
  const canvas = h("div", { class: "flow-canvas" }, svg, search.element);
  const stage = h(
    "div",
    { class: "flow-stage", tabindex: 0, role: "application", aria: { label: "Network" }, data: { testid: "flow" } },
    canvas,
  );
  const caption = h("p", { class: "flow-caption", data: { testid: "flow-caption" } });
  const reading = h("p", { class: "sr-only", role: "status" });
  const element = h("div", { class: "flow-view" }, stage, caption, reading);
  const lit = lights();
  const lines = edgeLines(edges, labels);
  const arcs = skipLines(skips);
  const moves = motion(moving);
  /** @type {Layout | null} */
  let layout = null;
  /** @type {Unit[]} */
  let drawn = [];
  /** @type {string[]} */
  let names = [];
  let [width, height] = [0, 0];
  /** @type {AppState | null} */
  let last = null;
  new ResizeObserver(([entry]) => {
    ({ width, height } = entry.contentRect);
    if (last) update(last);
  }).observe(stage);
  pointing(stage, { layout: () => layout, lines, actions, spot: () => actions.state.step.spot });
  const asked = memo();
  const placed = memo();
  const changed = memo();
  const spotChanged = memo();

  /** @param {AppState} state */
  function update(state) {
    last = state;
    const { run, script } = state;
    const seen = seenOf(state);
    if (!run || !seen || width < 10 || height < 10) return;
    const wanted = [run.inputs.length, ...run.layers.map((each) => each.units)].map((_, layer) => [
      state.step.brought[layer],
      ...chosenIn(seen, layer),
    ]);
    const scale = typeScale();
    const spec = script?.run === run.run ? script.spec : run.spec;
    if (asked(run, width, height, scale, wanted.join("|"), spec.network)) {
      const skipped = spec.network.layers.some(({ skip }) => skip);
      const next = layoutStep(run, width, height, scale, wanted, skipped);
      // Most of the time what is wanted is there already: only a folded layer changes its units.
      if (placed(run, width, height, scale, unitsOf(next), spec.network)) {
        layout = next;
        place(run, layout, scale);
        arcs.place(layout, spec);
        search.place(layout, run);
        changed(null);
      }
    }
    if (layout && changed(seen.frame, seen.scope)) {
      paint(seen, layout);
      spotChanged(null, null);
    }
    if (spotChanged(state.step.spot)) show(state.step.spot);
  }

  /** @param {RunInfo} run @param {Layout} at @param {number} scale */
  function place(run, at, scale) {
    setAttribute(svg, "width", String(at.width));
    setAttribute(svg, "height", String(at.height));
    canvas.style.width = `${at.width}px`;
    lines.place(at);
    moves.stop();
    lit.clear();
    drawn = [];
    names = run.inputs;
    words.replaceChildren();
    const { nodeWidth: w, nodeHeight: t } = at;
    for (const { layer, x, nodes, gaps, units: count } of at.columns) {
      for (const node of nodes) {
        const box = s("rect", { x: x - w / 2, y: node.y - t / 2, width: w, height: t, rx: t / 2 });
        const main = s("text", { x, y: node.y, class: "main" });
        const beneath = s("text", { x, y: node.y + t / 2 + 12 * scale, class: "beneath" });
        const group = s("g", { class: "flow-unit", "data-unit": `${layer}:${node.unit}` }, box, main, beneath);
        drawn.push({ node, group, main, beneath });
        lit.add(group, unitSpot(layer, node.unit));
      }
      for (const y of gaps) words.append(s("text", { x, y, class: "gap" }, "⋮"));
      const activation = layer === 0 ? "" : run.layers[layer - 1].activation;
      const title = layer === 0 ? "inputs" : layer === at.columns.length - 1 ? "output" : `layer ${layer}`;
      words.append(
        s("text", { x, y: 20 * scale, class: "layer-title" }, title),
        s("text", { x, y: 36 * scale, class: "layer-kind" }, activation || (gaps.length ? `${count} units` : "")),
      );
    }
    units.replaceChildren(...drawn.map(({ group }) => group));
    for (const each of lines.all()) lit.add(each.path, edgeSpot(each.to.layer, each.to.unit, each.from.layer, each.from.unit));
  }

  /** @param {Seen} seen @param {Layout} at */
  function paint(seen, at) {
    const { micro, arrays, step } = seen;
    const here = step.results.find(({ name }) => name === micro.name);
    for (const { node, group, main, beneath } of drawn) {
      const shown = micro.nodes[node.layer];
      const value = shown ? arrays[`nodes${node.layer}`]?.data[node.unit] : undefined;
      const under = arrays[`forward${node.layer}`]?.data[node.unit];
      const text = value === undefined ? "" : toldOf(value, micro.asked, digitsOf(value), SMALL).text;
      if (main.textContent !== text) main.textContent = text;
      setAttribute(group, "data-value", value === undefined ? null : toldOf(value, micro.asked).exact);
      const again = shown?.name === `h${node.layer}` || under === undefined || !at.beneath;
      // Where the second line is free the inputs have their names.
      const name = node.layer === 0 && at.beneath ? (names[node.unit] ?? "") : "";
      const grey = again ? name : toldOf(under, micro.asked, digitsOf(under), SMALL).text;
      if (beneath.textContent !== grey) beneath.textContent = grey;
      const chosen = here?.rows.kind === "unit" && here.rows.layer === node.layer && micro.row === node.unit;
      const from = here?.columns.kind === "unit" && here.columns.layer === node.layer && micro.column === node.unit;
      setAttribute(
        group,
        "class",
        `flow-unit${shown ? " known" : ""}${!value ? " zero" : value < 0 ? " negative" : ""}${chosen || from ? " chosen" : ""}`,
      );
    }
    lines.paint(seen);
    arcs.paint(seen);
    moves.show(seen, lines.lit(), drawn);
    setText(caption, captionOf(seen, lines.most()));
    setAttribute(stage, "aria-label", `Network. ${caption.textContent}`);
    reveal(step.flow?.layer ?? step.layer, at);
  }

  /** A network wider than its place is moved to where something happens. @param {number} layer @param {Layout} at */
  function reveal(layer, at) {
    if (at.width <= width + 1) return;
    const x = at.columns[Math.min(layer, at.columns.length - 1)].x;
    const left = Math.max(0, x - width / 2 - 40);
    if (x < stage.scrollLeft + 60 || x > stage.scrollLeft + width - 60) stage.scrollLeft = left;
  }

  /** @param {Spot | null} spot */
  function show(spot) {
    lit.show(spot);
    setText(reading, spot && document.activeElement === stage ? wordsFor(spot) : "");
  }

  /** @param {Spot} spot */
  function wordsFor(spot) {
    const found = drawn.find(({ node }) => spot.kind === "unit" && node.layer === spot.layer && node.unit === spot.unit);
    return found ? `layer ${spot.layer}, unit ${spot.unit + 1}: ${found.main.textContent || "nothing yet"}` : "";
  }
  return { element, update };
}

/** Which units stand where. @param {Layout} layout */
function unitsOf({ columns }) {
  return columns.map(({ nodes }) => nodes.map(({ unit }) => unit).join()).join("|");
}

/** Below this a power of ten is written. */
const SMALL = 1e-3;

/** As many digits as a unit has room for. @param {number} value */
function digitsOf(value) {
  if (Math.abs(value) < SMALL) return 1;
  return Math.abs(value) < (value < 0 ? 0.1 : 0.01) ? 2 : 3;
}

/** The units of a layer that the chosen entry is about. @param {Seen} seen @param {number} layer */
function chosenIn({ step, micro }, layer) {
  const value = step.results.find(({ name }) => name === micro.name);
  const found = [];
  if (value?.rows.kind === "unit" && value.rows.layer === layer) found.push(micro.row);
  if (value?.columns.kind === "unit" && value.columns.layer === layer) found.push(micro.column);
  if (micro.depth === "edge" && step.flow?.name && layer === (step.flow.backward ? step.flow.layer : step.flow.source))
    found.push(micro.term);
  return found;
}
