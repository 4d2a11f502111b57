/** Symbols as MathML elements. Each markup is read once and then copied. */

import { mathElement } from "../../toolkit/maths.js";

/** @type {Map<string, Element | null>} */
const read = new Map();

/**
 * @param {string} latex
 * @param {Record<string, string>} mathml  by LaTeX
 * @returns {Element | string}
 */
export function symbol(latex, mathml) {
  const markup = mathml[latex];
  if (!markup) return latex;
  if (!read.has(markup)) {
    if (read.size > 4000) read.clear();
    read.set(markup, mathElement(markup));
  }
  return /** @type {Element | undefined} */ (read.get(markup)?.cloneNode(true)) ?? latex;
}
