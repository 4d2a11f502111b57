/** An equation's tree as MathML, by its symbols or with its numbers. Formatting only: every value comes with the tree. */

/** @import { Branch, Leaf, Tree } from "../types.js" */

import { formatExact, formatNumber } from "../../toolkit/maths.js";
import { numeric } from "./numbers.js";
import { symbol } from "./symbols.js";

/** Invisible: a product of symbols. */
export const TIMES = "\u2062";
const MATHML = "http://www.w3.org/1998/Math/MathML";
/** How tightly each binds; a leaf binds most. @type {Record<string, number>} */
const STRENGTH = { sum: 1, difference: 1, negative: 1, product: 2, quotient: 4, root: 4, call: 4, number: 5, more: 5 };

/**
 * @typedef {object} Writing
 * @property {boolean} numbers
 * @property {Record<string, string>} mathml
 * @property {(element: Element, leaf: Leaf, term: number | null) => void} leaf  told of every leaf with a place
 *
 * @typedef {object} Item  A piece that stays together on a line.
 * @property {Element[]} nodes
 * @property {number | null} term
 */

/** @param {string} tag @param {...(Element | string)} children */
export function m(tag, ...children) {
  const element = document.createElementNS(MATHML, tag);
  element.append(...children);
  return element;
}

/** @param {string} sign */
export function operator(sign) {
  const element = m("mo", sign);
  if (sign === "(" || sign === ")") element.setAttribute("stretchy", "false");
  else {
    // At the beginning of a piece it joins all the same.
    element.setAttribute("form", "infix");
    if (sign === TIMES) element.setAttribute("lspace", "0.17em");
  }
  return element;
}

/** Of one number, not between two. */
function minus() {
  const element = m("mo", "−");
  element.setAttribute("form", "prefix");
  return element;
}

/** LaTeX as elements to be put into a formula. @param {string} latex @param {Record<string, string>} mathml */
export function written(latex, mathml) {
  const found = symbol(latex, mathml);
  return typeof found === "string" ? [m("mtext", found)] : /** @type {Element[]} */ ([...found.childNodes]);
}

/**
 * A number, with its full double behind it.
 * @param {number | string | null} value
 */
export function number(value) {
  const known = numeric(value);
  const text = known === null ? "?" : formatNumber(known);
  const [mantissa, power] = text.split("·10");
  const element = power === undefined ? m("mn", text) : m("mrow", m("mn", `${mantissa}·10${power}`));
  element.setAttribute("class", "number");
  if (known !== null) {
    element.setAttribute("data-value", formatExact(known));
    element.setAttribute("title", formatExact(known));
  }
  return element;
}

/** A whole number or fraction that is part of the formula: its symbol is its value. @param {Leaf} leaf */
function fixed(leaf) {
  return !leaf.name && (/^-?\d+$/.test(leaf.symbol) || leaf.symbol === "\\tfrac{1}{2}");
}

/** @param {Leaf} leaf @param {Writing} how @param {number | null} term */
function writeLeaf(leaf, how, term) {
  const inner = how.numbers && !fixed(leaf) ? [number(leaf.value)] : written(leaf.symbol, how.mathml);
  const element = m("mrow", ...inner);
  element.setAttribute("class", leaf.name ? "leaf" : "leaf plain");
  if (leaf.name && leaf.place) how.leaf(element, leaf, term);
  return element;
}

/**
 * One tree as elements on one line.
 * @param {Tree} tree
 * @param {Writing} how
 * @param {number | null} [term]
 * @returns {Element[]}
 */
export function write(tree, how, term = null) {
  if (tree.kind === "more") return [m("mo", "⋯")];
  if (tree.kind === "number") return [writeLeaf(tree, how, term)];
  const part = (/** @type {number} */ i) => m("mrow", ...write(tree.parts[i], how, term));
  if (tree.kind === "quotient") return [m("mfrac", part(0), part(1))];
  if (tree.kind === "root") return [m("msqrt", part(0))];
  if (tree.kind === "call") {
    const inside = tree.parts.flatMap((each, i) => [...(i ? [operator(",")] : []), ...write(each, how, term)]);
    return [...written(tree.symbol, how.mathml), operator("("), ...inside, operator(")")];
  }
  if (tree.kind === "negative") return [minus(), ...within(tree.parts[0], 2, how, term)];
  if (tree.kind === "difference")
    return [...write(tree.parts[0], how, term), operator("−"), ...within(tree.parts[1], 2, how, term)];
  if (tree.kind === "product") {
    return tree.parts.flatMap((each, i) => [
      ...(i ? [operator(how.numbers ? "·" : TIMES)] : []),
      ...within(each, i ? 3 : 2, how, term),
    ]);
  }
  return tree.parts.flatMap((each, i) => {
    const own = tree.main && each.kind !== "more" ? (each.at ?? i) : term;
    return [...(i ? [operator("+")] : []), ...(i ? within(each, 1, how, own) : write(each, how, own))];
  });
}

/** In brackets where it binds less tightly than what is around it, or is a negative number there. @param {Tree} tree @param {number} strength @param {Writing} how @param {number | null} term */
function within(tree, strength, how, term) {
  const nodes = write(tree, how, term);
  return bracketed(tree, strength, how) ? [operator("("), ...nodes, operator(")")] : nodes;
}

/** @param {Tree} tree @param {number} strength @param {Writing} how */
function bracketed(tree, strength, how) {
  const own = STRENGTH[tree.kind];
  if (own < strength || (own === 1 && strength === 1 && tree.kind !== "sum")) return true;
  return tree.kind === "number" && (how.numbers && !fixed(tree) ? Number(tree.value) < 0 : tree.symbol.startsWith("-"));
}

/**
 * A tree in pieces between which a line may break: at the terms of its main sum, or between what a function is given.
 * @param {Tree} tree
 * @param {Writing} how
 * @returns {Item[]}
 */
export function pieces(tree, how) {
  if (tree.kind === "call" && tree.parts.length > 1) {
    const last = tree.parts.length - 1;
    return tree.parts.map((each, i) => ({
      nodes: [
        ...(i ? [] : [...written(tree.symbol, how.mathml), operator("(")]),
        ...write(each, how),
        operator(i < last ? "," : ")"),
      ],
      term: null,
    }));
  }
  if (tree.kind === "more" || tree.kind === "number" || !reachesMain(tree)) return [{ nodes: write(tree, how), term: null }];
  if (tree.kind === "sum") {
    return tree.parts.flatMap((each, i) => {
      const sign = i ? [operator("+")] : [];
      if (!tree.main) {
        const inner = pieces(each, how);
        inner[0].nodes.unshift(...sign);
        return inner;
      }
      const term = each.kind === "more" ? null : (each.at ?? i);
      return [{ nodes: [...sign, ...(i ? within(each, 1, how, term) : write(each, how, term))], term }];
    });
  }
  return tree.parts.flatMap((each, i) => {
    const inner = pieces(each, how);
    if (bracketed(each, i ? 3 : 2, how)) {
      inner[0].nodes.unshift(operator("("));
      /** @type {Item} */ (inner.at(-1)).nodes.push(operator(")"));
    }
    if (i) inner[0].nodes.unshift(operator(tree.kind === "difference" ? "−" : how.numbers ? "·" : TIMES));
    else if (tree.kind === "negative") inner[0].nodes.unshift(minus());
    return inner;
  });
}

/** Whether the main sum can be reached without going into a fraction, a root or a function. @param {Branch} tree @returns {boolean} */
function reachesMain(tree) {
  if (tree.main) return true;
  if (!["sum", "difference", "product", "negative"].includes(tree.kind)) return false;
  return tree.parts.some((part) => part.kind !== "number" && part.kind !== "more" && reachesMain(part));
}
