/** A question typed on the spot, with two to five choices, and which is right where one is. */

import { h } from "../../toolkit/dom.js";

const [LEAST, MOST] = [2, 5];
const LETTERS = "ABCDE";

/** @returns {import("./dialog.js").Form} */
export function wordsForm() {
  const ask = h("textarea", {
    id: "class-words-ask",
    class: "line-field class-words",
    maxlength: 2000,
    data: { testid: "class-words-ask" },
  });
  const none = h("input", {
    type: "radio",
    name: "class-right",
    value: "",
    checked: true,
    data: { testid: "class-right-none" },
  });
  const rows = Array.from({ length: MOST }, (_, i) => {
    const field = h("input", {
      type: "text",
      class: "line-field",
      maxlength: 300,
      autocomplete: "off",
      aria: { label: `Choice ${LETTERS[i]}` },
      placeholder: i < LEAST ? `choice ${LETTERS[i]}` : `choice ${LETTERS[i]}, if you want one`,
      data: { testid: `class-choice-${i}` },
    });
    const right = h("input", {
      type: "radio",
      name: "class-right",
      value: i,
      aria: { label: `${LETTERS[i]} is right` },
      data: { testid: `class-right-${i}` },
    });
    return { field, right, element: h("div", { class: "class-row" }, right, field) };
  });
  const element = h(
    "div",
    { class: "class-form" },
    h("label", { for: ask.id }, "The question"),
    ask,
    h(
      "fieldset",
      { class: "class-choice-fields" },
      h("legend", {}, "Two to five choices; mark the right one, where one is"),
      ...rows.map((row) => row.element),
      h("label", { class: "check" }, none, h("span", {}, "none is right: an opinion")),
    ),
  );
  const written = () =>
    rows.flatMap(({ field, right }) => (field.value.trim() ? [{ text: field.value.trim(), right: right.checked }] : []));
  return {
    element,
    update: () => {},
    opened: () => {},
    fields() {
      const all = written();
      const right = all.findIndex((each) => each.right);
      return { ask: ask.value.trim(), choices: all.map(({ text }) => text), ...(right < 0 ? {} : { right }) };
    },
    wrong() {
      if (!ask.value.trim()) return "The question is empty.";
      const all = written().map(({ text }) => text);
      if (all.length < LEAST)
        return `Choices: ${LEAST} to ${MOST} are needed, there ${all.length === 1 ? "is 1" : "are none"}.`;
      if (new Set(all).size < all.length) return "Two choices are the same.";
      const marked = rows.find(({ right }) => right.checked);
      return marked && !marked.field.value.trim() ? "The choice that is marked as right is empty." : "";
    },
  };
}
