/** A formula in a box, and words with symbols in them. A formula wider than its box can be scrolled by keys too. */

import { h } from "../toolkit/dom.js";
import { mathElement } from "../toolkit/maths.js";

/**
 * @param {string} testid
 * @param {string} label
 */
export function formulaBox(testid, label) {
  const element = h("div", { class: "formula", role: "group", aria: { label }, data: { testid } });
  new ResizeObserver(reach).observe(element);
  return {
    element,
    /** @param {string} mathml @param {string} [title] */
    show(mathml, title = "") {
      element.replaceChildren(mathElement(mathml) ?? "");
      element.title = title;
      reach();
    },
  };

  function reach() {
    if (element.scrollWidth > element.clientWidth) element.tabIndex = 0;
    else element.removeAttribute("tabindex");
  }
}

const INDEXED = /(?<![\p{L}\p{N}])(\p{L}\p{M}*)([_^])([\p{L}\p{N}∞±]+)/gu;

/**
 * Words with symbols such as η_min and η^± in them, their indices lowered and raised.
 * @param {string} words
 */
export function withIndices(words) {
  /** @type {(string | Node)[]} */
  const parts = [];
  let end = 0;
  for (const found of words.matchAll(INDEXED)) {
    const [whole, base, sign, index] = found;
    parts.push(words.slice(end, found.index) + base, h(sign === "_" ? "sub" : "sup", {}, index));
    end = found.index + whole.length;
  }
  return [...parts, words.slice(end)];
}
