/**
 * What a lesson says, as elements: built anew from known ones, whoever wrote it. Numbers that the engine measured are written as
 * everywhere on the page.
 */

import { h } from "../toolkit/dom.js";
import { formatCount, formatExact, formatNumber, mathElement, toNumber } from "../toolkit/maths.js";

/** @type {Record<string, keyof HTMLElementTagNameMap>} */
const PLAIN = {
  P: "p",
  EM: "em",
  STRONG: "strong",
  CODE: "code",
  PRE: "pre",
  UL: "ul",
  OL: "ol",
  LI: "li",
  BLOCKQUOTE: "blockquote",
  BR: "br",
  SUB: "sub",
  SUP: "sup",
  SPAN: "span",
};
const ADDRESS = /^(https?:\/\/|#l=)/;

/** As on the rest of the page: a count in full, else three digits. @param {number} value */
export const measured = (value) =>
  Number.isInteger(value) && Math.abs(value) < 1e6 ? formatCount(value) : formatNumber(value, 3);

/** A number that was measured, its digits in full behind it. @param {number} value */
export function measuredElement(value) {
  return h("span", { class: "measured", title: formatExact(value), data: { value: String(value) } }, measured(value));
}

/** @param {string} html @returns {DocumentFragment} */
export function markup(html) {
  const made = document.createDocumentFragment();
  const { body } = new DOMParser().parseFromString(html, "text/html");
  made.append(...copies(body));
  return made;
}

/** @param {Node} source @returns {(Node | string)[]} */
function copies(source) {
  return [...source.childNodes].flatMap((node) => {
    if (node.nodeType === Node.TEXT_NODE) return [node.nodeValue ?? ""];
    return node instanceof Element ? copy(node) : [];
  });
}

/** @param {Element} source @returns {(Node | string)[]} */
function copy(source) {
  if (source.localName === "math") return [mathElement(new XMLSerializer().serializeToString(source)) ?? ""];
  if (source.tagName === "DATA") {
    const value = toNumber(numberOf(source.getAttribute("value") ?? ""));
    return value === null ? [source.textContent ?? ""] : [measuredElement(value)];
  }
  if (source.tagName === "A") return [link(source.getAttribute("href") ?? "", copies(source))];
  if (source.tagName in PLAIN) return [h(PLAIN[source.tagName], {}, ...copies(source))];
  // Of what is not known the words stay; of what is no words, nothing.
  return ["SCRIPT", "STYLE", "TEMPLATE", "IFRAME", "OBJECT"].includes(source.tagName) ? [] : copies(source);
}

/** @param {string} text */
function numberOf(text) {
  return /^-?(Infinity|NaN)$/.test(text) || text.trim() === "" ? text : Number(text);
}

/** @param {string} address @param {(Node | string)[]} words */
function link(address, words) {
  if (!ADDRESS.test(address)) return h("span", {}, ...words);
  const outside = !address.startsWith("#");
  return h("a", { href: address, ...(outside ? { target: "_blank", rel: "noopener noreferrer" } : {}) }, ...words);
}
