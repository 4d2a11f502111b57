/** An expression's graph drawn: values run right along the edges, adjoints come back along them. */

/** @import { GraphData, GraphNode } from "../panels/types.js" */

import { s } from "../../toolkit/dom.js";
import { formatExact, formatNumber, subscript, toNumber } from "../../toolkit/maths.js";

const ACROSS = 116;
const DOWN = 84;
const RADIUS = 22;

/**
 * Where each node stands: as far to the right as its longest way from a leaf; a leaf stands beside what reads it first.
 * @param {GraphNode[]} nodes
 */
export function placed(nodes) {
  /** @type {number[]} */
  const depth = [];
  for (const node of nodes)
    depth[node.id] = node.edges.length === 0 ? 0 : 1 + Math.max(...node.edges.map(({ source }) => depth[source]));
  for (const node of nodes) {
    const readers = nodes.filter(({ edges }) => edges.some(({ source }) => source === node.id));
    if (node.edges.length === 0 && readers.length > 0) depth[node.id] = Math.min(...readers.map(({ id }) => depth[id])) - 1;
  }
  const columns = Math.max(...nodes.map(({ id }) => depth[id])) + 1;
  const members = Array.from({ length: columns }, (_, at) => nodes.filter(({ id }) => depth[id] === at));
  const rows = Math.max(...members.map((column) => column.length));
  /** @type {{x: number, y: number}[]} */
  const places = [];
  members.forEach((column, at) => {
    // By the height of what they read, so that edges cross little.
    const height = (/** @type {GraphNode} */ node) =>
      node.edges.length === 0
        ? DOWN * node.id
        : node.edges.reduce((sum, { source }) => sum + places[source].y, 0) / node.edges.length;
    const ordered = [...column].sort((a, b) => height(a) - height(b));
    ordered.forEach((node, index) => {
      places[node.id] = { x: ACROSS * (at + 0.5), y: DOWN * ((rows - column.length) / 2 + index + 0.5) };
    });
  });
  return { places, width: ACROSS * columns, height: DOWN * rows };
}

/** @param {GraphNode} node */
export function nameOfNode({ op, symbol }) {
  const index = symbol.match(/^v_\{(\d+)\}$/)?.[1];
  if (index) return `v${subscript(Number(index))}`;
  return op === "number" ? formatNumber(toNumber(Number(symbol)), 3).replace(/\.?0+$/, "") : symbol;
}

/**
 * @param {GraphData} graph
 * @param {{computed: Set<number>, blamed: Set<number>, current: number | null, backward: boolean}} seen  ids of the nodes whose
 *   value is known, whose edges have carried blame, and the one that is told of
 */
export function drawGraph({ nodes: all }, { computed, blamed, current, backward }) {
  // An exponent is no operand: it stands with its sign.
  const nodes = all.filter(
    (node) => node.op !== "number" || all.some(({ edges }) => edges.some(({ source }) => source === node.id)),
  );
  const { places, width, height } = placed(nodes);
  const picture = s("svg", {
    class: "graph-plot",
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
    role: "img",
    aria: { label: "The expression as a graph" },
  });
  for (const node of nodes) {
    for (const [at, edge] of node.edges.entries()) {
      const [from, to] = [places[edge.source], places[node.id]];
      const carries = blamed.has(node.id);
      const twice = node.edges.length > 1 && node.edges.every(({ source }) => source === edge.source);
      // Around what stands between, and apart from its twin.
      const bend = twice ? (at - 0.5) * 56 : to.x - from.x > ACROSS ? (from.y <= to.y ? -1 : 1) * DOWN * 0.9 : 0;
      const [mx, my] = [(from.x + to.x) / 2, (from.y + to.y) / 2 + bend / 2];
      const sign = carries ? signOf(edge.share) : "";
      const alive = backward ? carries : computed.has(node.id);
      picture.append(
        s("path", {
          class: `graph-edge ${alive ? "alive" : ""} ${sign} ${node.id === current ? "current" : ""}`,
          d: `M${from.x + RADIUS} ${from.y} Q${mx} ${my + bend / 2} ${to.x - RADIUS} ${to.y}`,
        }),
      );
      if (carries)
        picture.append(
          label(
            mx,
            my - 5,
            formatNumber(toNumber(edge.local), 3),
            `graph-local ${signOf(edge.local)}`,
            `∂${nameOfNode(node)}/∂${nameOfNode(all[edge.source])} = ${exact(edge.local)}`,
            { edge: `${node.id}:${edge.source}`, value: edge.local },
          ),
        );
    }
  }
  const readers = (/** @type {number} */ id) => nodes.filter(({ edges }) => edges.some(({ source }) => source === id));
  for (const node of nodes) {
    const { x, y } = places[node.id];
    const known = computed.has(node.id);
    const whole = backward && readers(node.id).every(({ id }) => blamed.has(id)) && node.op !== "number";
    picture.append(
      s("circle", {
        class: `graph-node ${known ? "known" : ""} ${node.id === current ? "current" : ""}`,
        cx: x,
        cy: y,
        r: RADIUS,
      }),
      s("text", { class: "graph-op", x, y: y + 5 }, node.edges.length === 0 ? nameOfNode(node) : signFor(node)),
    );
    if (known && node.op !== "number") {
      const text =
        node.op === "input"
          ? formatNumber(toNumber(node.value))
          : `${nameOfNode(node)} = ${formatNumber(toNumber(node.value))}`;
      picture.append(label(x, y + RADIUS + 13, text, "graph-value", exact(node.value), { node: node.id, value: node.value }));
    }
    if (whole)
      picture.append(
        label(
          x,
          y - RADIUS - 4,
          formatNumber(toNumber(node.adjoint)),
          `graph-adjoint ${signOf(node.adjoint)}`,
          `∂out/∂${nameOfNode(node)} = ${exact(node.adjoint)}`,
          { adjoint: node.id, value: node.adjoint },
        ),
      );
  }
  return picture;
}

/** @param {GraphNode} node */
function signFor({ op, text }) {
  if (op === "^") return `^${text.split("** ").at(-1)}`;
  return op === "sigmoid" ? "σ" : op;
}

/** @param {unknown} told */
const exact = (told) => formatExact(toNumber(told));

/** @param {unknown} told */
function signOf(told) {
  const value = toNumber(told);
  return value ? (value > 0 ? "positive" : "negative") : "";
}

/** @param {number} x @param {number} y @param {string} text @param {string} kind @param {string} title @param {Record<string, unknown>} data */
function label(x, y, text, kind, title, data) {
  return s("text", { class: kind, x, y, data }, s("title", {}, title), text);
}
