/** A number to type. A phone's number keys have no minus: it has a key of its own. */

/** @import { Kind } from "./types.js" */

import { h } from "../../toolkit/dom.js";
import { MINUS, formatSetting, parseSetting } from "../../toolkit/maths.js";
import { markup } from "../../shared/markup.js";

/**
 * @param {string} label
 * @param {string} hook
 * @param {(value: number | null) => void} typed
 */
export function numberEntry(label, hook, typed) {
  const input = h("input", {
    type: "text",
    inputmode: "decimal",
    autocomplete: "off",
    class: "line-field lesson-number",
    aria: { label },
    data: { testid: hook },
    oninput: () => typed(parseSetting(input.value)),
  });
  const minus = h(
    "button",
    {
      type: "button",
      class: "quiet-button",
      title: "the other sign",
      aria: { label: `${label}: the other sign` },
      onclick: () => {
        input.value = /^[-\u2212]/.test(input.value) ? input.value.slice(1) : MINUS + input.value;
        typed(parseSetting(input.value));
        input.focus();
      },
    },
    "±",
  );
  return {
    element: h("div", { class: "lesson-entry" }, input, minus),
    /** @param {number} value */
    show(value) {
      input.value = formatSetting(value);
    },
    freeze() {
      input.readOnly = true;
      minus.disabled = true;
    },
  };
}

/** @type {Kind} */
export const number = ({ unit }, put) => {
  const entry = numberEntry("Your prediction", "lesson-number", put);
  if (unit) entry.element.append(h("span", { class: "small" }, markup(unit)));
  return {
    element: entry.element,
    reveal({ answer }) {
      if (typeof answer === "number") entry.show(answer);
      entry.freeze();
    },
  };
};
