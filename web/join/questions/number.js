/** A number to type. A phone's number keys have no minus and no exponent: each has a key of its own. */

/** @import { Kind } from "./types.js" */

import { markup, measured } from "../../src/shared/markup.js";
import { h, setAttribute, setText } from "../../src/toolkit/dom.js";
import { formatSetting, MINUS, parseSetting } from "../../src/toolkit/maths.js";

/** What may yet become a number. */
const BEGUN = /^[-+\u2212]?\d*[.,]?\d*(e[-+\u2212]?)?$/i;
let made = 0;

/**
 * @param {string} label
 * @param {string} hook
 * @param {(value: number | null) => void} typed
 */
export function numberEntry(label, hook, typed) {
  const id = `number-${++made}`;
  const read = h("p", { id: `${id}-read`, class: "quiet number-read" });
  const input = h("input", {
    id,
    type: "text",
    inputmode: "decimal",
    autocomplete: "off",
    enterkeyhint: "done",
    class: "line-field",
    aria: { describedby: `${id}-read` },
    data: { testid: hook },
    oninput: () => changed(),
  });
  const key = (/** @type {string} */ text, /** @type {string} */ name, /** @type {() => void} */ press) =>
    h("button", { type: "button", class: "key", aria: { label: `${label}: ${name}` }, onclick: press }, text);
  const minus = key(MINUS, "the other sign", () => {
    // Of the exponent, where that is being typed.
    const split = input.value.search(/e/i) + 1;
    const at = split > 0 && (input.selectionStart ?? 0) >= split ? split : 0;
    const [before, rest] = [input.value.slice(0, at), input.value.slice(at)];
    write(before + (/^[-\u2212]/.test(rest) ? rest.slice(1) : MINUS + rest));
  });
  minus.dataset.testid = `${hook}-minus`;
  const ten = key("·10ⁿ", "times a power of ten", () => write(/e/i.test(input.value) ? input.value : `${input.value || "1"}e`));
  const row = h("div", { class: "number-row" }, minus, input, ten);
  return {
    element: h("div", { class: "number" }, h("label", { for: id }, label), row, read),
    /** @param {number | null} value */
    show(value) {
      input.value = value === null ? "" : formatSetting(value);
      setText(read, "");
    },
  };

  /** @param {string} text */
  function write(text) {
    input.value = text;
    input.focus();
    input.setSelectionRange(text.length, text.length);
    changed();
  }

  function changed() {
    const value = parseSetting(input.value);
    const unread = value === null && !BEGUN.test(input.value.trim());
    const echo = value !== null && /e/i.test(input.value) ? `= ${measured(value)}` : "";
    setText(read, unread ? "This is not a number; 0.25, −1.5 and 3e−6 are." : echo);
    setAttribute(input, "aria-invalid", unread ? "true" : null);
    typed(value);
  }
}

/** @type {Kind} */
export const number = ({ unit }, put) => {
  const entry = numberEntry("Your number", "number", put);
  const words = markup(unit);
  if (words.textContent) entry.element.append(h("p", { class: "quiet" }, "in ", words));
  return { element: entry.element, direct: false, show: (answer) => entry.show(typeof answer === "number" ? answer : null) };
};
