/** Pointing at units and edges of the diagram, by pointer and by keys. */

/** @import { Spot } from "../types.js" */
/** @import { Layout, Node } from "./layout.js" */

import { edgeSpot, matches, unitSpot } from "../micro/spots.js";
import { heightAt } from "./layout.js";

/** Pixels within which an edge is meant. */
const NEAR = 7;

/**
 * @param {HTMLElement} stage
 * @param {{layout: () => Layout | null, lines: ReturnType<typeof import("./edges.js").edgeLines>, actions: import("../actions.js").StepActions, spot: () => Spot | null}} parts
 */
export function pointing(stage, { layout, lines, actions, spot }) {
  /** @param {PointerEvent | MouseEvent} event @returns {Spot | null} */
  const at = (event) => {
    const box = stage.getBoundingClientRect();
    const found = layout();
    return (
      found && spotAt(found, lines, event.clientX - box.left + stage.scrollLeft, event.clientY - box.top + stage.scrollTop)
    );
  };
  const point = (/** @type {Spot | null} */ next) => {
    const now = spot();
    if (next === null ? now !== null : now === null || now.name !== "" || !matches(now, next)) actions.spot(next);
  };
  stage.addEventListener("pointermove", (event) => {
    if (event.pointerType !== "touch" && !(event.target instanceof HTMLInputElement)) point(at(event));
  });
  stage.addEventListener("pointerleave", () => point(null));
  stage.addEventListener("blur", () => point(null));
  stage.addEventListener("click", (event) => {
    const found = event.target instanceof HTMLInputElement ? null : at(event);
    if (!found) return;
    actions.choose(found);
    actions.spot(found);
  });
  // A click does not take the focus: the arrows go on to step.
  stage.addEventListener("mousedown", (event) => !(event.target instanceof HTMLInputElement) && event.preventDefault());
  stage.addEventListener("keydown", (event) => {
    if (event.target !== stage || event.ctrlKey || event.altKey || event.metaKey) return;
    const found = layout();
    const now = spot();
    if (event.key === "Enter" && now) {
      event.preventDefault();
      actions.choose(now);
      return;
    }
    const move = /** @type {Record<string, [number, number]>} */ ({
      ArrowLeft: [-1, 0],
      ArrowRight: [1, 0],
      ArrowUp: [0, -1],
      ArrowDown: [0, 1],
    })[event.key];
    if (!move || !found) return;
    event.preventDefault();
    point(next(found, now, move));
  });
}

/** @param {Layout} layout @param {Spot | null} now @param {[number, number]} move */
function next({ columns }, now, [across, down]) {
  const here = now?.kind === "unit" ? columns[now.layer] : null;
  if (!here || !now) return unitSpot(columns[0].layer, columns[0].nodes[0].unit);
  const place = Math.max(
    0,
    here.nodes.findIndex(({ unit }) => unit === now.unit),
  );
  const column = columns[Math.max(0, Math.min(columns.length - 1, here.layer + across))];
  const share = across ? Math.round((place / Math.max(1, here.nodes.length - 1)) * (column.nodes.length - 1)) : place + down;
  const node = column.nodes[Math.max(0, Math.min(column.nodes.length - 1, share))];
  return unitSpot(node.layer, node.unit);
}

/** @param {Layout} layout @param {ReturnType<typeof import("./edges.js").edgeLines>} lines @param {number} x @param {number} y */
function spotAt({ columns, nodeWidth, nodeHeight }, lines, x, y) {
  /** @param {Node} node */
  const inside = (node) => Math.abs(node.x - x) <= nodeWidth / 2 && Math.abs(node.y - y) <= nodeHeight / 2;
  for (const { nodes } of columns) {
    const node = nodes.find(inside);
    if (node) return unitSpot(node.layer, node.unit);
  }
  let best = null;
  let least = NEAR;
  // Where something runs, that is meant; else whatever lies there.
  const lit = lines.lit();
  for (const { from, to } of lit.length > 0 ? lit : lines.all()) {
    const height = heightAt(from, to, nodeWidth, x);
    if (height === null || Math.abs(height - y) >= least) continue;
    least = Math.abs(height - y);
    best = edgeSpot(to.layer, to.unit, from.layer, from.unit);
  }
  return best;
}
