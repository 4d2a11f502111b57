/** Asks the class: the question of the card that is open, a number that is in view, or words typed on the spot. */

/** @import { View } from "../../types.js" */

import { h, setText } from "../../toolkit/dom.js";
import { choices } from "../menu/parts.js";
import { sheet } from "../sheet.js";
import { wordsOf } from "../teacher.js";
import { cardForm } from "./card.js";
import { numberForm } from "./number.js";
import { wordsForm } from "./words.js";

const SOURCES = [
  { value: "card", words: "This card’s question" },
  { value: "number", words: "A number in view" },
  { value: "words", words: "In my own words" },
];

/**
 * A form of the dialog. `fields` is what is asked; `wrong` says why it cannot be, empty where it can.
 * @typedef {object} Form
 * @property {HTMLElement} element
 * @property {(state: import("../../types.js").AppState) => void} update
 * @property {() => Record<string, unknown>} fields
 * @property {() => string} wrong
 * @property {() => void} [opened]
 */

/** @param {import("../teacher.js").Teacher} teacher @returns {View & {open: () => void}} */
export function askDialog(teacher) {
  const number = numberForm(teacher, () => dialog.close());
  /** @type {Record<string, Form>} */
  const forms = { card: cardForm(), number, words: wordsForm() };
  let source = "card";
  let busy = false;
  const which = choices("What is asked", "class-ask-source", SOURCES, (value) => choose(value));
  const trouble = h("p", { class: "sheet-error", role: "alert", hidden: true, data: { testid: "class-ask-error" } });
  const seconds = h("input", {
    type: "text",
    inputmode: "numeric",
    class: "line-field class-seconds",
    id: "class-seconds",
    value: "60",
    data: { testid: "class-seconds" },
  });
  const go = h("button", { type: "submit", class: "primary-button", data: { testid: "class-ask-go" } }, "Ask the class");
  const form = h(
    "form",
    { class: "class-form", novalidate: true },
    which.element,
    ...Object.values(forms).map((each) => each.element),
    h("div", { class: "class-row" }, h("label", { for: seconds.id }, "Seconds on the clock, which closes nothing"), seconds),
    trouble,
    h("div", { class: "sheet-buttons" }, go),
  );
  const dialog = sheet("class-ask", "Ask the class", form);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void submit();
  });
  form.addEventListener("input", () => say(""));
  teacher.picked = (found) => {
    dialog.open();
    choose("number");
    number.picked(found);
  };
  return {
    element: dialog.element,
    open() {
      say("");
      choose(teacher.store.state.lesson?.question ? "card" : source === "card" ? "number" : source);
      for (const each of Object.values(forms)) each.opened?.();
      dialog.open();
      teacher.store.schedule();
      if (source === "card") go.focus();
    },
    update(state) {
      const { room } = state.teaching;
      if (!dialog.element.open) return;
      if (!room || room.question) return dialog.close();
      forms[source].update(state);
      go.disabled = busy;
    },
  };

  /** @param {string} value */
  function choose(value) {
    source = value;
    which.show(value);
    for (const [name, { element }] of Object.entries(forms)) element.hidden = name !== value;
    say("");
    forms[value].update(teacher.store.state);
  }

  /** @param {string} words */
  function say(words) {
    trouble.hidden = words === "";
    setText(trouble, words);
  }

  async function submit() {
    const clock = Number(seconds.value);
    const wrong =
      forms[source].wrong() || (Number.isInteger(clock) && clock >= 5 && clock <= 1800 ? "" : "Seconds: from 5 to 1800.");
    if (wrong) return say(wrong);
    busy = true;
    teacher.store.schedule();
    try {
      await teacher.command("ask", { source, ...forms[source].fields(), seconds: clock });
      dialog.close();
    } catch (error) {
      say(wordsOf(error));
    }
    busy = false;
    teacher.store.schedule();
  }
}
