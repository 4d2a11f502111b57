/** Skips as arcs over the layers that they pass; lit where something runs along them. */

/** @import { Spec } from "../../types.js" */
/** @import { Seen } from "../types.js" */
/** @import { Layout } from "./layout.js" */

import { s, setAttribute } from "../../toolkit/dom.js";

/** @param {SVGGElement} group */
export function skipLines(group) {
  /** @type {{path: SVGPathElement, layer: number}[]} */
  let arcs = [];
  return {
    /** @param {Layout} layout @param {Spec} spec */
    place(layout, spec) {
      arcs = [];
      spec.network.layers.forEach(({ skip }, i) => {
        const layer = i + 1;
        const from = skip ? layout.columns[layer - skip] : null;
        const to = layout.columns[layer];
        if (!from || !to) return;
        const top = (/** @type {typeof from} */ column) => (column.nodes[0]?.y ?? 60) - layout.nodeHeight / 2;
        const [y0, y1] = [top(from) - 2, top(to) - 2];
        const peak = Math.max(46, Math.min(y0, y1) - 26);
        const d = `M${from.x} ${y0}C${from.x} ${peak} ${to.x} ${peak} ${to.x} ${y1}`;
        arcs.push({
          layer,
          path: s("path", { d, class: "flow-skip", "data-skip": `${layer - /** @type {number} */ (skip)}:${layer}` }),
        });
      });
      group.replaceChildren(...arcs.map(({ path }) => path));
    },
    /** @param {Seen} seen */
    paint({ step, micro }) {
      for (const { path, layer } of arcs) {
        const skipped = /skip/.test(step.kind) && step.layer === layer;
        const along = micro.edges !== null && micro.edges.layer === layer && micro.edges.source < layer - 1;
        setAttribute(
          path,
          "class",
          skipped || along ? `flow-skip running${step.phase === "backward" ? " backward" : ""}` : "flow-skip",
        );
      }
    },
  };
}
