/** Any number in view: picked on the page or from a list, its sign, its power of ten or the number itself is asked for. */

/** @import { InView } from "./measures.js" */

import { h } from "../../toolkit/dom.js";
import { choices } from "../menu/parts.js";
import { numbersInView } from "./measures.js";

const KINDS = [
  { value: "sign", words: "its sign" },
  { value: "power", words: "its power of ten" },
  { value: "number", words: "the number" },
];
const OTHER = "other";

/**
 * @param {import("../teacher.js").Teacher} teacher
 * @param {() => void} close  the dialog, while one picks
 * @returns {import("./dialog.js").Form & {picked: (found: InView | null) => void}}
 */
export function numberForm(teacher, close) {
  let kind = "power";
  /** The question that was proposed: another number proposes another as long as nobody wrote one. */
  let proposed = "";
  const list = h("select", { id: "class-number-list", class: "class-select", data: { testid: "class-number-list" } });
  const of = h("input", {
    type: "text",
    id: "class-number-of",
    class: "line-field",
    maxlength: 300,
    autocomplete: "off",
    spellcheck: "false",
    data: { testid: "class-number-of" },
  });
  const ask = h("textarea", {
    id: "class-number-ask",
    class: "line-field class-words",
    maxlength: 2000,
    data: { testid: "class-number-ask" },
  });
  const pick = h(
    "button",
    {
      type: "button",
      class: "quiet-button",
      data: { testid: "class-pick" },
      onclick: () => {
        close();
        teacher.set({ picking: true });
      },
    },
    "Pick it on the page",
  );
  const asked = choices("What of it is asked", "class-number-kind", KINDS, (value) => {
    kind = value;
    asked.show(kind);
    propose();
  });
  asked.show(kind);
  list.addEventListener("change", () => {
    if (list.value !== OTHER) of.value = list.value;
    else of.focus();
    propose();
  });
  of.addEventListener("input", () => {
    list.value = [...list.options].some(({ value }) => value === of.value) ? of.value : OTHER;
    propose();
  });
  const element = h(
    "div",
    { class: "class-form" },
    h("label", { for: list.id }, "The number"),
    h("div", { class: "class-row" }, list, pick),
    h("label", { for: of.id }, "As a measurement, as lessons write it"),
    of,
    asked.element,
    h("label", { for: ask.id }, "The question"),
    ask,
  );
  return {
    element,
    update: () => {},
    opened: () => offer(),
    picked(found) {
      offer();
      if (!found) return pick.focus();
      of.value = found.of;
      list.value = [...list.options].some(({ value }) => value === found.of) ? found.of : OTHER;
      propose();
      ask.focus();
    },
    fields: () => ({ of: of.value.trim(), ask: ask.value.trim(), kind }),
    wrong() {
      if (!of.value.trim()) return "A measurement is missing: pick a number, or write one such as loss(train).";
      return ask.value.trim() ? "" : "The question is empty.";
    },
  };

  /** The numbers that are in view now. */
  function offer() {
    const before = of.value;
    const all = numbersInView();
    list.replaceChildren(
      ...all.map(({ of: text, name }) => h("option", { value: text }, name)),
      h("option", { value: OTHER }, "another, as written below"),
    );
    if (!before && all.length > 0) of.value = all[0].of;
    list.value = all.some(({ of: text }) => text === of.value) ? of.value : OTHER;
    propose();
  }

  function propose() {
    if (ask.value.trim() !== proposed) return;
    const name = list.value === OTHER ? of.value.trim() : (list.selectedOptions[0]?.textContent ?? "");
    const what = { sign: "Which sign has", power: "Which power of ten is nearest to", number: "How large is" }[kind] ?? "";
    proposed = name ? `${what} ${name} now?` : "";
    ask.value = proposed;
  }
}
