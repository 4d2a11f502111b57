/** A network drawn: a line is a weight, blue positive and orange negative, as wide as it is large; units may carry a number. */

import { h, s, setAttribute, setText } from "../src/toolkit/dom.js";

/** Units of a layer that are drawn. */
const MOST = 12;
/** As wide as its place, and so high. */
const HEIGHT = 330;
const TOP = 40;
const RADIUS = 12;
/** A unit that carries a number. */
const BOX = { width: 54, height: 26 };
const [THICKEST, THINNEST] = [6, 0.4];
/** Between two of them, at least. */
const APART = 16;
/** A letter's width, about. */
const LETTER = 7;
const LONGEST = 11;

/** A weight of a unit from a source, by their places. @typedef {(unit: number, source: number) => number | null} Weights */

/**
 * @param {{sizes: number[], inputs: string[], outputs: string[], numbers?: boolean}} network  `numbers`: room for one in each unit
 */
export function networkView({ sizes, inputs, outputs, numbers = false }) {
  const element = h("div", { class: "network-place" });
  const shown = sizes.map((size) => Math.min(size, MOST));
  const last = sizes.length - 1;
  const short = (/** @type {string} */ name) => (name.length > LONGEST ? `${name.slice(0, LONGEST - 1)}…` : name);
  const room = (/** @type {string[]} */ names) =>
    8 + LETTER * Math.max(4, ...names.slice(0, MOST).map((name) => short(name).length));
  let built = 0;
  /** @type {{line: SVGLineElement, layer: number, unit: number, source: number}[]} */
  let edges = [];
  /** @type {SVGTextElement[][]} */
  let texts = [];
  /** @type {SVGElement[][]} */
  let units = [];
  return { element, draw, tell };

  /** Anew where its place is another: type keeps its size. */
  function build() {
    const width = Math.round(element.clientWidth);
    if (width < 80 || width === built) return;
    built = width;
    // Numbers in units that would cover each other are left out: they stand in the tables.
    const apart = (width - room(inputs) - room(outputs) - BOX.width) / Math.max(1, last);
    const told = numbers && apart >= BOX.width + APART;
    const half = told ? BOX.width / 2 : RADIUS;
    const [left, right] = [room(inputs) + half, room(outputs) + half];
    const gap = (HEIGHT - TOP - 4) / Math.max(...shown);
    const place = (/** @type {number} */ layer, /** @type {number} */ unit) => ({
      x: left + ((width - left - right) / Math.max(1, last)) * layer,
      y: TOP + gap * ((Math.max(...shown) - shown[layer]) / 2 + unit + 0.5),
    });
    edges = [];
    for (let layer = 1; layer <= last; layer++)
      for (let unit = 0; unit < shown[layer]; unit++)
        for (let source = 0; source < shown[layer - 1]; source++) {
          const [from, to] = [place(layer - 1, source), place(layer, unit)];
          const line = s("line", { x1: from.x + half, y1: from.y, x2: to.x - half, y2: to.y });
          edges.push({ line, layer, unit, source });
        }
    const each = (/** @type {(x: number, y: number) => SVGElement} */ make) =>
      sizes.map((_, layer) =>
        Array.from({ length: shown[layer] }, (_, unit) => {
          const { x, y } = place(layer, unit);
          return make(x, y);
        }),
      );
    units = each((x, y) => {
      const height = Math.min(BOX.height, gap - 3);
      const box = { x: x - half, y: y - height / 2, width: BOX.width, height, rx: height / 2 };
      return told
        ? s("rect", { ...box, class: "node" })
        : s("circle", { cx: x, cy: y, r: Math.min(RADIUS, gap / 2 - 1), class: "node" });
    });
    texts = /** @type {SVGTextElement[][]} */ (
      each((x, y) => s("text", { x, y: y + 4, class: "unit", "text-anchor": "middle", visibility: told ? null : "hidden" }))
    );
    const heads = sizes.map((size, layer) => {
      const word = layer === 0 ? "inputs" : layer === last ? "output" : `layer ${layer}`;
      const text = size > MOST ? `${word}, ${MOST} of ${size}` : word;
      return s("text", { x: place(layer, 0).x, y: 16, class: "name", "text-anchor": "middle" }, text);
    });
    const outside = (/** @type {string[]} */ names, /** @type {number} */ layer, /** @type {number} */ side) =>
      names.slice(0, MOST).map((name, unit) => {
        const { x, y } = place(layer, unit);
        const anchor = side < 0 ? "end" : "start";
        return s("text", { x: x + side * (half + 6), y: y + 4, class: "name", "text-anchor": anchor }, short(name));
      });
    element.replaceChildren(
      s(
        "svg",
        {
          viewBox: `0 0 ${width} ${HEIGHT}`,
          role: "img",
          "aria-label": `A network of ${sizes.join(", ")} units`,
          class: "network-svg",
        },
        ...edges.map(({ line }) => line),
        ...units.flat(),
        ...texts.flat(),
        ...heads,
        ...outside(inputs, 0, -1),
        ...outside(outputs, last, 1),
      ),
    );
  }

  /**
   * @param {Weights[]} weights  of the layers from the first on
   * @param {number} largest  the weight that is as wide as a line can be
   */
  function draw(weights, largest) {
    build();
    for (const { line, layer, unit, source } of edges) {
      const weight = weights[layer - 1]?.(unit, source) ?? null;
      const known = weight !== null && Number.isFinite(weight);
      const kind = !known ? "withheld" : weight > 0 ? "positive" : weight < 0 ? "negative" : "zero";
      const width = known && largest > 0 ? Math.max(THINNEST, (THICKEST * Math.abs(weight)) / largest) : 1;
      setAttribute(line, "stroke-width", width.toFixed(2));
      if (!line.classList.contains(kind)) {
        line.classList.remove("positive", "negative", "zero", "withheld");
        line.classList.add(kind);
      }
    }
  }

  /**
   * After `draw`.
   * @param {(string | null)[][]} told  of each layer what its units show
   * @param {number | null} lit  the layer whose lines are looked at
   */
  function tell(told, lit) {
    texts.forEach((each, layer) => each.forEach((text, unit) => setText(text, told[layer]?.[unit] ?? "")));
    for (const { line, layer } of edges) line.classList.toggle("faint", lit !== null && layer !== lit);
    units.forEach((each, layer) => each.forEach((unit) => unit.classList.toggle("lit", layer === lit)));
  }
}
