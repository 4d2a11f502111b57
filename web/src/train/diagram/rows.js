/** What a hidden layer has beyond its units, marked on the diagram: norm and dropout under it, a skip as a named arc above. */

/** @import { Layer } from "../../types.js" */
/** @import { Layout } from "./layout.js" */

import { s } from "../../toolkit/dom.js";
import { formatSetting, subscript } from "../../toolkit/maths.js";
import { skipSource } from "../settings/network-layers.js";

const LANE = 17;
/** Under the heads of the layers. */
const HEADS = 46;
const MARKS = 18;

/**
 * @typedef {object} Arc
 * @property {number} from  layer, 0 are the inputs
 * @property {number} to
 * @property {number} lane  0 is nearest to the units
 */

/**
 * Arcs that cross nothing: shorter ones lie under longer ones.
 * @param {Layer[]} layers
 * @returns {Arc[]}
 */
export function arcsOf(layers) {
  /** @type {Arc[]} */
  const arcs = [];
  const wished = layers.flatMap((layer, i) => (layer.skip ? [{ from: i + 1 - layer.skip, to: i + 1 }] : []));
  for (const { from, to } of wished.sort((a, b) => a.to - a.from - (b.to - b.from))) {
    let lane = 0;
    while (arcs.some((arc) => arc.lane === lane && arc.from < to && from < arc.to)) lane++;
    arcs.push({ from, to, lane });
  }
  return arcs;
}

/**
 * The room that marks and arcs take above and below the units.
 * @param {Layer[]} layers
 */
export function roomFor(layers) {
  const lanes = arcsOf(layers).reduce((most, { lane }) => Math.max(most, lane + 1), 0);
  const lines = layers.reduce((most, { norm, dropout }) => Math.max(most, (norm ? 1 : 0) + (dropout ? 1 : 0)), 0);
  return { above: lanes > 0 ? lanes * LANE + 4 : 0, below: lines * MARKS };
}

/**
 * @param {SVGGElement} group
 * @param {Layout} layout
 * @param {Layer[]} layers
 */
export function drawRows(group, layout, layers) {
  /** @type {SVGElement[]} */
  const all = [];
  const { above } = roomFor(layers);
  for (const { from, to, lane } of arcsOf(layers)) {
    const [x0, x1] = [layout.layers[from].x + 6, layout.layers[to].x - 6];
    const foot = HEADS + above + 6;
    const top = HEADS + above - (lane + 1) * LANE + 8;
    const bend = Math.min(24, (x1 - x0) / 2);
    const path = `M${x0} ${foot}C${x0} ${top} ${x0 + bend / 2} ${top} ${x0 + bend} ${top}L${x1 - bend} ${top}C${x1 - bend / 2} ${top} ${x1} ${top} ${x1} ${foot}`;
    const name = from === 0 ? "x" : `h${subscript(from)}`;
    all.push(
      s("path", { d: path, class: "skip-arc", fill: "none" }),
      s(
        "text",
        {
          x: (x0 + x1) / 2,
          y: top,
          class: "skip-name",
          "text-anchor": "middle",
          "dominant-baseline": "central",
          "data-skip": `${from}:${to}`,
        },
        `+ ${name}`,
        s("title", {}, `layer ${to} adds what ${skipSource(to, to - from)} gives`),
      ),
    );
  }
  layers.forEach(({ norm, dropout }, i) => {
    const marks = [norm ? `${norm} norm` : "", dropout ? `drop ${formatSetting(dropout)}` : ""].filter(Boolean);
    const { x } = layout.layers[i + 1];
    const close = layout.layers[i + 1].x - layout.layers[i].x < 72;
    const short = { "batch norm": "BN", "layer norm": "LN" };
    marks.forEach((mark, line) => {
      const words = close ? (/** @type {Record<string, string>} */ (short)[mark] ?? mark.replace("drop ", "p ")) : mark;
      const y = layout.height - 38 - (marks.length - 1 - line) * MARKS;
      all.push(
        s(
          "text",
          { x, y, class: "fold layer-mark", "text-anchor": "middle", "data-mark": String(i + 1) },
          words,
          s("title", {}, mark),
        ),
      );
    });
  });
  group.replaceChildren(...all);
}
