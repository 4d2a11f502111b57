/** A deep network, too long to draw unit by unit: how large h and δ are in each layer, as two rows of logarithmic bars. */

/** @import { View } from "../../types.js" */

import { h, memo, s, setAttribute, setText } from "../../toolkit/dom.js";
import { MINUS, formatCount, formatExact, formatNumber, subscript, superscript } from "../../toolkit/maths.js";
import { frameOf } from "../../run/selectors.js";

const STRIPS = /** @type {const} */ ([
  { name: "h", title: "‖h‖ forward →", hint: "mean over the training set of the length of each layer's output" },
  { name: "delta", title: "← ‖δ‖ backward", hint: "mean over the training set of the length of each layer's error signal δ" },
]);
/** Decades that a scale has at least. */
const LEAST = 2;

/**
 * @param {import("../actions.js").TrainActions} actions
 * @param {{add: () => unknown, remove: (index: number) => unknown}} changes
 * @returns {View}
 */
export function ribbonView(actions, changes) {
  const title = h("h2", { class: "ribbon-title" });
  const why = h("p", { class: "small" });
  const reading = h("p", { class: "ribbon-reading", data: { testid: "ribbon-reading" } });
  const strips = STRIPS.map(({ name, title: label, hint }) => strip(name, label, hint));
  const first = h("span", {}, "inputs");
  const last = h("span");
  const rows = h(
    "div",
    { class: "ribbon-rows", role: "slider", tabindex: 0, aria: { label: "Layer", valuemin: 0 }, data: { testid: "ribbon" } },
    ...strips.map((each) => each.element),
  );
  const fewer = h("button", { type: "button", class: "quiet-button" }, "− layer");
  const more = h("button", { type: "button", class: "quiet-button", onclick: () => changes.add() }, "+ layer");
  const element = h(
    "section",
    { class: "ribbon", aria: { label: "The network as a ribbon" } },
    h("div", {}, title, why),
    rows,
    h("div", { class: "ribbon-foot small" }, first, last),
    reading,
    h("div", { class: "ribbon-tools", data: { part: "layers network diagram" } }, fewer, more),
  );
  /** The layer that is read; 0 are the inputs. */
  let layer = 1;
  let depth = 1;
  /** @type {import("../../channels.js").FrameOf<"flow"> | null} */
  let shown = null;
  fewer.addEventListener("click", () => changes.remove(depth - 2));
  const say = () => {
    layer = Math.max(0, Math.min(depth, layer));
    const [size, delta] = [shown?.arrays.h.data[layer], layer > 0 ? shown?.arrays.delta.data[layer - 1] : undefined];
    const name = layer === 0 ? "inputs" : layer === depth ? `output layer ${depth}` : `layer ${layer}`;
    const words = [name, `‖h‖ = ${formatNumber(size, 3)}`, layer > 0 ? `‖δ‖ = ${formatNumber(delta, 3)}` : ""]
      .filter(Boolean)
      .join(" · ");
    setText(reading, words);
    reading.title = shown
      ? `‖h‖ exactly ${formatExact(size)}${delta === undefined ? "" : `, ‖δ‖ exactly ${formatExact(delta)}`}`
      : "";
    setAttribute(reading, "data-h", size === undefined ? null : String(size));
    setAttribute(reading, "data-delta", delta === undefined ? null : String(delta));
    setAttribute(rows, "aria-valuemax", String(depth));
    setAttribute(rows, "aria-valuenow", String(layer));
    setAttribute(rows, "aria-valuetext", words);
    for (const each of strips) each.mark(layer, depth);
  };
  rows.addEventListener("keydown", (event) => {
    const wish = { ArrowLeft: layer - 1, ArrowDown: layer - 1, ArrowRight: layer + 1, ArrowUp: layer + 1, Home: 0, End: depth }[
      event.key
    ];
    if (event.key === "Enter" && layer > 0 && layer < depth) actions.openLayer(layer);
    if (wish === undefined) return;
    event.preventDefault();
    layer = wish;
    say();
  });
  rows.addEventListener("pointerdown", (event) => {
    const box = strips[0].area.getBoundingClientRect();
    layer = Math.floor(((event.clientX - box.left) / box.width) * (depth + 1));
    say();
  });
  const runChanged = memo();
  const changed = memo();
  return {
    element,
    update(state) {
      const { run } = state;
      if (!run) return;
      if (runChanged(run)) {
        depth = run.layers.length;
        for (const each of strips) each.begin(depth);
        setText(last, `output, layer ${depth}`);
        setText(title, `${depth - 1} hidden layers: how far activations and gradients travel`);
      }
      const frame = frameOf(state, "flow");
      if (!changed(frame, run)) return;
      shown = frame;
      setText(why, frame ? ratioWords(frame, depth) : "measuring …");
      setAttribute(why, "data-ratio", frame && frame.meta.ratio !== null ? String(frame.meta.ratio) : null);
      if (frame) strips.forEach((each, i) => each.draw(frame.arrays[STRIPS[i].name].data, depth));
      say();
    },
  };
}

/** @param {import("../../channels.js").FrameOf<"flow">} frame @param {number} depth */
function ratioWords({ meta, step }, depth) {
  const ratio =
    typeof meta.ratio === "number"
      ? `‖δ${subscript(1)}‖ is ${formatNumber(meta.ratio, 2, 1e-3)} times ‖δ${subscript(depth)}‖`
      : "No error signal to compare";
  return `${ratio}; over the training set, after step ${formatCount(step)}.`;
}

/**
 * @param {"h" | "delta"} name
 * @param {string} title
 * @param {string} hint
 */
function strip(name, title, hint) {
  const svg = s("svg", { viewBox: "0 0 100 100", preserveAspectRatio: "none", "aria-hidden": "true", class: `strip ${name}` });
  const high = h("span");
  const low = h("span");
  const area = h("div", { class: "strip-area" }, svg);
  const element = h(
    "div",
    { class: "strip-place" },
    h("div", { class: "strip-title", title: hint }, title),
    h("div", { class: "strip-scale" }, high, low),
    area,
  );
  /** @type {SVGRectElement[]} */
  let bars = [];
  /** Powers of ten at the ends; the scale only grows while a run is looked at. @type {[number, number] | null} */
  let ends = null;
  const offset = name === "delta" ? 1 : 0;
  return {
    element,
    area,
    /** @param {number} depth */
    begin(depth) {
      ends = null;
      const cell = 100 / (depth + 1);
      bars = Array.from({ length: depth + 1 }, (_, i) =>
        s("rect", { x: i * cell + cell * 0.12, width: cell * 0.76, y: 100, height: 0 }),
      );
      svg.replaceChildren(...bars);
    },
    /** @param {ArrayLike<number>} sizes @param {number} depth */
    draw(sizes, depth) {
      const powers = Array.from(sizes)
        .filter((size) => size > 0 && Number.isFinite(size))
        .map(Math.log10);
      if (powers.length > 0) {
        const [least, most] = [Math.floor(Math.min(...powers)), Math.ceil(Math.max(...powers))];
        const top = Math.max(most, ends?.[1] ?? most);
        ends = [Math.min(least, ends?.[0] ?? least, top - LEAST), top];
      }
      const [from, to] = ends ?? [-LEAST, 0];
      setText(high, `10${superscript(to)}`.replace("-", MINUS));
      setText(low, `10${superscript(from)}`.replace("-", MINUS));
      for (let i = offset; i <= depth; i++) {
        const size = sizes[i - offset];
        const share = size > 0 ? Math.min(1, (Math.log10(size) - from) / (to - from)) : 0;
        const tall = size > 0 ? Math.max(1, share * 100) : 0;
        setAttribute(bars[i], "y", (100 - tall).toFixed(2));
        setAttribute(bars[i], "height", tall.toFixed(2));
      }
    },
    /** @param {number} layer @param {number} depth */
    mark(layer, depth) {
      for (let i = 0; i <= depth; i++) bars[i]?.classList.toggle("read", i === layer);
    },
  };
}
