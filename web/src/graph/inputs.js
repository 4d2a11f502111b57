/** The expression and the values of its inputs, to type and to slide. */

/** @import { View } from "../types.js" */
/** @import { GraphActions } from "./actions.js" */

import { inputsOf } from "../shared/expression-link.js";
import { h, memo, setText } from "../toolkit/dom.js";
import { formatSetting, parseSetting } from "../toolkit/maths.js";

/** A slider reaches so far to both sides of 0, or further where the value it begins with lies there; it goes by round steps. */
const REACHES = [5, 10, 20, 50, 100, 1000, 1e4, 1e5, 1e6];

/** @param {GraphActions} actions @returns {View & {focus: () => void}} */
export function inputsView(actions) {
  const text = h("input", {
    type: "text",
    class: "line-field graph-text",
    name: "expression",
    spellcheck: "false",
    autocomplete: "off",
    autocapitalize: "none",
    maxlength: 200,
    placeholder: "sin(x^2) * y",
    aria: { label: "Expression" },
    data: { testid: "graph-text" },
  });
  const fields = h("div", { class: "graph-fields" });
  const form = h(
    "form",
    { class: "graph-form", novalidate: true },
    h("label", { class: "graph-label" }, h("span", { class: "small" }, "expression"), text),
    h("button", { type: "submit", class: "quiet-button", data: { testid: "graph-read" } }, "draw it"),
    fields,
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    read();
  });
  text.addEventListener("change", read);
  text.addEventListener("input", () => drawFields(inputsOf(text.value)));
  const changed = memo();
  const named = memo();
  /** @type {Record<string, string>} */
  let values = {};
  /** @type {ReturnType<typeof inputField>[]} */
  let rows = [];
  return {
    element: form,
    focus: () => text.focus(),
    update({ expression }) {
      values = expression.values;
      if (changed(expression.text)) text.value = expression.text;
      drawFields(inputsOf(text.value));
      for (const row of rows) row.update(values[row.name] ?? "1");
    },
  };

  function read() {
    actions.read(text.value, Object.fromEntries(rows.map((row) => [row.name, row.value()])));
  }

  /** Each input has its field as soon as it is typed. @param {string[]} names */
  function drawFields(names) {
    if (!named(...names)) return;
    rows = names.map((name) => inputField(name, values[name] ?? "1", (value) => actions.set(name, value), read));
    fields.replaceChildren(...rows.map(({ element }) => element));
  }
}

/**
 * @param {string} name
 * @param {string} first
 * @param {(value: string) => void} slide  what is slid is read at once
 * @param {() => void} read
 */
function inputField(name, first, slide, read) {
  const field = h("input", {
    type: "text",
    class: "line-field",
    name: `value-${name}`,
    inputmode: "decimal",
    autocomplete: "off",
    value: first,
    aria: { label: `Value of ${name}` },
    onchange: read,
  });
  const size = Math.abs(parseSetting(first) ?? 0);
  const reach = REACHES.find((each) => each >= size) ?? 1e6;
  const slider = h("input", {
    type: "range",
    class: "line",
    min: -reach,
    max: reach,
    step: reach / 50,
    aria: { label: `${name}, from ${formatSetting(-reach)} to ${formatSetting(reach)}` },
    data: { slide: name },
    oninput: () => slide(String(Number(slider.value))),
  });
  const show = (/** @type {string} */ value) => {
    const number = parseSetting(value);
    if (number === null) return;
    slider.value = String(number);
    slider.style.setProperty("--fill", `${Math.max(0, Math.min(100, (number / reach + 1) * 50))}%`);
  };
  show(first);
  const changed = memo();
  changed(first);
  const label = h("span", { class: "graph-name" });
  setText(label, `${name} =`);
  return {
    name,
    element: h("div", { class: "graph-variable" }, h("label", {}, label, field), slider),
    value: () => field.value,
    /** @param {string} value */
    update(value) {
      if (!changed(value)) return;
      field.value = value;
      show(value);
    },
  };
}
