/** What happens at a place of the way through a graph, in words with its numbers. */

/** @import { GraphData } from "./slice.js" */
/** @import { Walk } from "./walk.js" */

import { formula } from "../shared/panel-numbers.js";
import { h } from "../toolkit/dom.js";
import { MINUS, formatNumber, toNumber } from "../toolkit/maths.js";
import { arrivals, nameOf, resultName } from "./walk.js";

/** As many terms of a sum as are written out. */
const TERMS = 6;

/** @param {unknown} value */
const told = (value) => formatNumber(toNumber(value));
/** @param {string} number */
const inBrackets = (number) => (number.startsWith(MINUS) ? `(${number})` : number);

/** @param {GraphData} graph @param {Walk} walked @returns {HTMLElement[]} */
export function wordsOf(graph, walked) {
  const { current, backward, at, last } = walked;
  const lines =
    current === null
      ? last === 0
        ? []
        : [h("p", {}, "The inputs have their values. Forward: each node computes its own from what it reads.")]
      : backward
        ? backwardWords(graph, walked)
        : [h("p", {}, `${nameOf(graph, current)} = ${written(current.text)} = ${told(current.value)}`)];
  if (at === last) lines.push(...gradientWords(graph));
  return lines;
}

/** @param {string} text */
const written = (text) => text.replaceAll("**", "^").replaceAll(" ^ ", "^").replaceAll(" * ", " · ");

/** What the node passes back along its edges, and what that comes to where it arrives. @param {GraphData} graph @param {Walk} walked */
function backwardWords(graph, { current, sent, order }) {
  if (current === null) return [];
  const [out, name] = [resultName(graph), nameOf(graph, current)];
  const lines = current === order.at(-1) ? [h("p", {}, `Backward, from the result: ∂${out}/∂${out} = 1.`)] : [];
  const seen = new Set();
  for (const { source, local, share, mathml } of current.edges) {
    const node = graph.nodes[source];
    const other = nameOf(graph, node);
    lines.push(
      h(
        "p",
        { class: "graph-share" },
        `${name} passes back to ${other}: ${told(current.adjoint)} · ${inBrackets(told(local))} = ${told(share)}, where ∂${name}/∂${other} = `,
        formula(mathml),
      ),
    );
  }
  for (const { source } of current.edges) {
    const node = graph.nodes[source];
    const { paths, come } = arrivals(graph, source, sent);
    if (node.op === "number" || paths < 2 || seen.has(source)) continue;
    seen.add(source);
    lines.push(h("p", { class: "graph-meet", data: { meet: source } }, ...meetWords(graph, source, out, paths, come)));
  }
  return lines;
}

/** A sum over paths, as far as they have come. @param {GraphData} graph @param {number} id @param {string} out @param {number} paths @param {unknown[]} come */
function meetWords(graph, id, out, paths, come) {
  const node = graph.nodes[id];
  const symbol = `∂${out}/∂${nameOf(graph, node)}`;
  if (come.length < paths) return [`${symbol} = ${sumOf(come)} + …: ${come.length} of ${paths} paths so far`];
  return [h("strong", {}, `${symbol} = ${sumOf(come)} = ${told(node.adjoint)}`), `: ${paths} paths meet`];
}

/** @param {unknown[]} values */
function sumOf(values) {
  const terms = values.slice(0, TERMS).map(told).join(" + ").replaceAll(`+ ${MINUS}`, `${MINUS} `);
  return values.length > TERMS ? `${terms} + …` : terms;
}

/** The derivative by each input: what all of this is for. @param {GraphData} graph */
function gradientWords(graph) {
  return Object.entries(graph.gradient).map(([name, value]) =>
    h(
      "p",
      { data: { gradient: name, value } },
      h("strong", {}, `∂${resultName(graph)}/∂${name} = ${told(value)}`),
      pathsInWords(graph.paths[name] ?? []),
    ),
  );
}

/** @param {{product: unknown}[]} paths */
function pathsInWords(paths) {
  if (paths.length === 0) return ": it does not occur";
  if (paths.length === 1) return ": one path, the product along it";
  return `: the sum over ${paths.length} paths, ${sumOf(paths.map(({ product }) => product))}`;
}
