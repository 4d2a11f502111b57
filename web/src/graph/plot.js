/** An expression's graph drawn as large as its place: values run right along the edges, derivatives come back along them. */

/** @import { GraphData, GraphNode } from "./slice.js" */
/** @import { Walk } from "./walk.js" */

import { s } from "../toolkit/dom.js";
import { formatExact, formatNumber, toNumber } from "../toolkit/maths.js";
import { isWhole, nameOf, resultName } from "./walk.js";

/** From node to node, and a node's radius, where there is least room: words of the smallest size then lie clear of each other. */
const ACROSS = 116;
const DOWN = 84;
const RADIUS = 22;
/** As much larger as it is drawn at most. */
const LARGEST = 1.9;

/**
 * Where each node stands, in columns and rows: as far to the right as its longest way from a leaf; a leaf stands beside what reads
 * it first.
 * @param {GraphNode[]} nodes
 */
function placed(nodes) {
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
  /** @type {{column: number, row: number}[]} */
  const places = [];
  members.forEach((column, at) => {
    // By the height of what they read, so that edges cross little.
    const height = (/** @type {GraphNode} */ node) =>
      node.edges.length === 0
        ? node.id
        : node.edges.reduce((sum, { source }) => sum + places[source].row, 0) / node.edges.length;
    const ordered = [...column].sort((a, b) => height(a) - height(b));
    ordered.forEach((node, index) => {
      places[node.id] = { column: at + 0.5, row: (rows - column.length) / 2 + index + 0.5 };
    });
  });
  return { places, columns, rows };
}

/**
 * @param {GraphData} graph
 * @param {Walk} walked
 * @param {{width: number, height: number, scale: number}} room  what there is of it; `scale` of its type
 */
export function drawGraph(graph, walked, room) {
  const { computed, sent, current, backward } = walked;
  // An exponent is no operand: it stands with its sign.
  const nodes = graph.nodes.filter(
    (node) => node.op !== "number" || graph.nodes.some(({ edges }) => edges.some(({ source }) => source === node.id)),
  );
  const grid = placed(nodes);
  const fitting = (/** @type {number} */ has, /** @type {number} */ count, /** @type {number} */ least) =>
    Math.max(least, Math.min(has / count, least * LARGEST));
  const across = fitting(room.width, grid.columns, ACROSS * room.scale);
  const down = fitting(room.height, grid.rows, DOWN * room.scale);
  const grown = Math.min(across / ACROSS, down / DOWN);
  const radius = RADIUS * Math.max(room.scale, Math.min(grown, room.scale * 1.6));
  const roomy = across >= ACROSS * room.scale * 1.7;
  const places = grid.places.map(({ column, row }) => ({ x: across * column, y: down * row }));
  const [width, height] = [across * grid.columns, down * grid.rows];
  const picture = s("svg", {
    class: roomy ? "graph-plot roomy" : "graph-plot",
    viewBox: `0 0 ${width} ${height}`,
    width,
    height,
    role: "img",
    aria: { label: "The expression as a graph" },
  });
  for (const node of nodes) {
    for (const [at, edge] of node.edges.entries()) {
      const [from, to] = [places[edge.source], places[node.id]];
      const carries = sent.has(node.id);
      const twice = node.edges.length > 1 && node.edges.every(({ source }) => source === edge.source);
      // Around what stands between, and apart from its twin.
      const bend = twice ? (at - 0.5) * down * 0.67 : to.x - from.x > across * 1.1 ? (from.y <= to.y ? -1 : 1) * down * 0.9 : 0;
      const [mx, my] = [(from.x + to.x) / 2, (from.y + to.y) / 2 + bend / 2];
      const sign = carries ? signOf(edge.share) : "";
      const alive = backward ? carries : computed.has(node.id);
      picture.append(
        s("path", {
          class: `graph-edge ${alive ? "alive" : ""} ${sign} ${node === current ? "current" : ""}`,
          d: `M${from.x + radius} ${from.y} Q${mx} ${my + bend / 2} ${to.x - radius} ${to.y}`,
        }),
      );
      if (!carries) continue;
      const rule = `∂${nameOf(graph, node)}/∂${nameOf(graph, graph.nodes[edge.source])} = ${exact(edge.local)}`;
      const data = { edge: `${node.id}:${edge.source}`, value: edge.local };
      picture.append(label(mx, my - 5, short(edge.local, 3), `graph-local ${signOf(edge.local)}`, rule, data));
    }
  }
  for (const node of nodes) {
    const { x, y } = places[node.id];
    const name = nameOf(graph, node);
    const known = computed.has(node.id);
    picture.append(
      s("circle", {
        class: `graph-node ${known ? "known" : ""} ${node === current ? "current" : ""}`,
        cx: x,
        cy: y,
        r: radius,
      }),
      s("text", { class: "graph-op", x, y, "dominant-baseline": "central" }, node.edges.length === 0 ? name : signFor(node)),
    );
    if (node.op === "number") continue;
    const below = y + radius + 13 * room.scale;
    if (known) {
      const text = node.op === "input" ? short(node.value) : `${name} = ${short(node.value)}`;
      picture.append(
        label(x, below, text, "graph-value", `${name} = ${exact(node.value)}`, { node: node.id, value: node.value }),
      );
    }
    if (isWhole(graph, node.id, walked)) {
      const symbol = `∂${resultName(graph)}/∂${name}`;
      const text = roomy ? `${symbol} = ${short(node.adjoint)}` : short(node.adjoint);
      const kind = `graph-adjoint ${signOf(node.adjoint)}`;
      const data = { adjoint: node.id, value: node.adjoint };
      picture.append(label(x, y - radius - 5, text, kind, `${symbol} = ${exact(node.adjoint)}`, data));
    }
  }
  return picture;
}

/** @param {GraphNode} node */
function signFor({ op, text }) {
  if (op === "^") return `^${text.split("** ").at(-1)}`;
  return op === "sigmoid" ? "σ" : op;
}

/** @param {unknown} told @param {number} [digits] */
const short = (told, digits) => formatNumber(toNumber(told), digits);
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
