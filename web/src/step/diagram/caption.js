/** What the diagram shows, in one line: which quantity is on the units, and what runs along the edges. */

/** @import { Seen } from "../types.js" */

import { formatNumber } from "../../toolkit/maths.js";

/** @type {Record<string, string>} */
const LETTERS = {
  h: "h, the activations",
  z: "z, the weighted sums",
  u: "u, the normalized sums",
  delta: "δ, the error signal",
  g: "∂ℓ/∂h, the error signal before the activation's derivative",
  a: "a, before dropout or skip",
  d: "d, after dropout",
};
/** @type {Record<string, string>} */
const SHORT = { delta: "δ", g: "h̄" };

/**
 * @param {Seen} seen
 * @param {number} most  the largest along the edges
 */
export function captionOf({ micro, step }, most) {
  const here = step.flow?.nodes ?? "";
  const shown = micro.nodes.flatMap((each, layer) => (each ? [{ ...each, layer }] : []));
  const parts = [];
  const main = shown.find(({ name }) => name === here) ?? shown.find(({ layer }) => layer === step.layer) ?? shown[0];
  if (main) {
    const others = shown.find(({ name }) => kindOf(name) !== kindOf(main.name));
    const mean = main.mean ? ", mean over the mini-batch" : "";
    const rest = others
      ? ` in ${main.layer === micro.nodes.length - 1 ? "the output" : `layer ${main.layer}`}, ${SHORT[kindOf(others.name)] ?? kindOf(others.name)} elsewhere`
      : "";
    parts.push(`nodes show ${LETTERS[kindOf(main.name)] ?? main.words}${rest}${mean}`);
  }
  if (micro.edges) {
    const way = micro.edges.still ? "" : micro.edges.backward ? ", flowing left" : ", flowing right";
    parts.push(`edges show ${micro.edges.name}${way}, the widest ${formatNumber(most, 3)}`);
  }
  return parts.join(" · ") || "nothing runs through the network in this micro-step";
}

/** @param {string} name */
function kindOf(name) {
  return name.replace(/\d+$/, "");
}
