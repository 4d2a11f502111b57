/** What runs along the edges: blue is positive, orange and dashed negative, width is size. */

/** @import { Seen } from "../types.js" */
/** @import { Layout, Node } from "./layout.js" */

import { s } from "../../toolkit/dom.js";
import { toldOf } from "../micro/numbers.js";
import { curve, labelAt } from "./layout.js";

const THICKEST = 7;
const THINNEST = 0.7;
/** Of a number on an edge. */
const DIGITS = 3;
/** So many of the largest move; more would be a flicker. */
const MOVING = 8;

/** @typedef {{path: SVGPathElement, from: Node, to: Node, look: string, width: number, value: number, label: SVGTextElement | null}} Edge */

/** @param {SVGGElement} group @param {SVGGElement} labels  where the numbers on edges stand, above the lines */
export function edgeLines(group, labels) {
  /** @type {Edge[][]} */
  let byLayer = [];
  /** @type {Edge[]} */
  let lit = [];
  /** @type {SVGPathElement[]} */
  let pulses = [];
  let most = 0;

  /** @param {Edge} edge @param {string} look @param {number} width */
  function draw(edge, look, width) {
    if (edge.look !== look) {
      edge.look = look;
      edge.path.setAttribute("class", look);
    }
    if (edge.width !== width) {
      edge.width = width;
      edge.path.setAttribute("stroke-width", String(width));
    }
  }

  return {
    most: () => most,
    all: () => byLayer.flat(),
    /** What runs along edges now. */
    lit: () => lit,
    /** @param {Layout} layout */
    place(layout) {
      byLayer = layout.columns.slice(1).map((column, i) =>
        column.nodes.flatMap((to) =>
          layout.columns[i].nodes.map((from) => ({
            path: s("path", { d: curve(from, to, layout.nodeWidth), class: "flow-edge", "stroke-width": 1 }),
            from,
            to,
            look: "flow-edge",
            width: 1,
            value: NaN,
            label: layout.labelled[column.layer]
              ? s("text", { ...labelAt(from, to, layout.nodeWidth), class: "edge-label" })
              : null,
          })),
        ),
      );
      lit = [];
      pulses = [];
      group.replaceChildren(...byLayer.flat().map(({ path }) => path));
      labels.replaceChildren(...byLayer.flat().flatMap(({ label }) => label ?? []));
    },
    /** @param {Seen} seen */
    paint({ micro, arrays }) {
      const flow = micro.edges;
      const part = micro.parts.edges;
      const array = arrays.edges;
      // A skip's own edges are drawn as one arc.
      const next = flow && array && flow.source === flow.layer - 1 ? (byLayer[flow.layer - 1] ?? []) : [];
      if (lit !== next)
        for (const edge of lit) {
          draw(edge, "flow-edge", 1);
          if (edge.label) edge.label.textContent = "";
        }
      most = 0;
      for (const edge of next) {
        const row = part?.rows ? part.rows.indexOf(edge.to.unit) : edge.to.unit;
        const column = part?.columns ? part.columns.indexOf(edge.from.unit) : edge.from.unit;
        edge.value = row < 0 || column < 0 ? NaN : array.data[row * array.shape[1] + column];
        if (Math.abs(edge.value) > most && Number.isFinite(edge.value)) most = Math.abs(edge.value);
      }
      for (const edge of next) {
        const share = most > 0 && Number.isFinite(edge.value) ? Math.abs(edge.value) / most : 0;
        if (edge.label)
          edge.label.textContent = Number.isFinite(edge.value) ? toldOf(edge.value, micro.asked, DIGITS).text : "";
        const width = Math.round(Math.max(THINNEST, share * THICKEST) * 2) / 2;
        if (!edge.value) draw(edge, "flow-edge", 1);
        else draw(edge, `flow-edge ${edge.value < 0 ? "negative" : "positive"}${share < 0.15 ? " faint" : ""}`, width);
      }
      lit = next;
      move(flow && !flow.still ? next : [], flow?.backward ?? false);
    },
  };

  /** A light runs along the largest. @param {Edge[]} edges @param {boolean} backward */
  function move(edges, backward) {
    const largest = [...edges]
      .filter(({ value }) => Number.isFinite(value) && value !== 0)
      .sort((a, b) => Math.abs(b.value) - Math.abs(a.value))
      .slice(0, MOVING);
    while (pulses.length < largest.length) {
      const pulse = s("path", { class: "pulse", pathLength: 100 });
      pulses.push(pulse);
      group.append(pulse);
    }
    pulses.forEach((pulse, i) => {
      const edge = largest[i];
      pulse.setAttribute("visibility", edge ? "visible" : "hidden");
      if (!edge) return;
      pulse.setAttribute("d", /** @type {string} */ (edge.path.getAttribute("d")));
      pulse.setAttribute("class", backward ? "pulse backward" : "pulse");
    });
  }
}
