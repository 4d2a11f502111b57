/** The way through a graph: each node computes from what it reads, then each passes back to what it read. */

/** @import { GraphData, GraphNode } from "./slice.js" */

import { formatNumber, subscript, toNumber } from "../toolkit/maths.js";

/**
 * @typedef {object} Walk
 * @property {GraphNode[]} order  the nodes that compute: leaves are there from the start
 * @property {number} last  places there are, but the first
 * @property {number} at
 * @property {boolean} backward
 * @property {GraphNode | null} current  what computes, or passes back
 * @property {Set<number>} computed  ids of the nodes whose value is known
 * @property {Set<number>} sent  of those that have passed back
 */

/** @param {GraphData} graph @param {number} wanted @returns {Walk} */
export function walk({ nodes }, wanted) {
  const order = nodes.filter(({ edges }) => edges.length > 0);
  const last = order.length * 2;
  const at = Math.max(0, Math.min(last, wanted));
  const backward = at > order.length || last === 0;
  const leaves = nodes.filter(({ edges }) => edges.length === 0);
  const computed = [...leaves, ...order.slice(0, Math.min(at, order.length))];
  const sent = backward ? order.slice(last - at) : [];
  return {
    order,
    last,
    at,
    backward,
    current: at === 0 ? null : backward ? order[last - at] : order[at - 1],
    computed: new Set(computed.map(({ id }) => id)),
    sent: new Set(sent.map(({ id }) => id)),
  };
}

/** What arrives at a node along each edge that leads to it, from the nodes that have passed back. @param {GraphData} graph @param {number} id @param {Set<number>} sent */
export function arrivals({ nodes }, id, sent) {
  const edges = [...nodes]
    .reverse()
    .flatMap((node) => node.edges.filter(({ source }) => source === id).map(({ share }) => ({ from: node.id, share })));
  return { paths: edges.length, come: edges.filter(({ from }) => sent.has(from)).map(({ share }) => share) };
}

/** Whether all has arrived that a node's derivative is the sum of. @param {GraphData} graph @param {number} id @param {Walk} walked */
export function isWhole(graph, id, { backward, sent }) {
  if (!backward) return false;
  const { paths, come } = arrivals(graph, id, sent);
  return come.length === paths;
}

/** What the result is called: L, where no input is. @param {GraphData} graph */
export const resultName = ({ inputs }) => ("L" in inputs ? "out" : "L");

/** @param {GraphData} graph @param {GraphNode} node */
export function nameOf(graph, { id, op, symbol }) {
  if (id === graph.nodes.length - 1 && op !== "input" && op !== "number") return resultName(graph);
  const index = symbol.match(/^v_\{(\d+)\}$/)?.[1];
  if (index) return `v${subscript(Number(index))}`;
  return op === "number"
    ? formatNumber(toNumber(Number(symbol)), 3)
        .replace(/(\.\d*?)0+$/, "$1")
        .replace(/\.$/, "")
    : symbol;
}
