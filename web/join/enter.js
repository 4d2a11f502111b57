/** The door: a code to type, and why it did not open. */

/** @import { Refusal, View } from "./types.js" */

import { h, memo, setAttribute, setText } from "../src/toolkit/dom.js";
import { plainCode } from "./kept/member.js";

/** Signs of a code. */
const LENGTH = 4;

/** @param {(code: string) => void} enter @returns {View} */
export function enterView(enter) {
  const field = h("input", {
    id: "code",
    class: "code-field",
    type: "text",
    name: "code",
    autocomplete: "off",
    autocapitalize: "characters",
    spellcheck: "false",
    enterkeyhint: "go",
    maxlength: 8,
    aria: { describedby: "code-help code-error" },
    data: { testid: "code" },
    oninput: () => {
      const { selectionStart: at, value } = field;
      field.value = value.toUpperCase();
      field.setSelectionRange(at, at);
      say("");
    },
  });
  const help = h("p", { id: "code-help", class: "quiet" }, "Four characters, in capitals or not.");
  const why = h("p", { id: "code-error", class: "field-error", role: "alert", data: { testid: "code-error" } });
  const join = h("button", { type: "submit", class: "primary wide", data: { testid: "join" } }, "Join");
  const element = h(
    "form",
    {
      class: "enter",
      novalidate: true,
      onsubmit: (/** @type {Event} */ event) => {
        event.preventDefault();
        const code = plainCode(field.value);
        if (code.length === LENGTH) return enter(code);
        say(code ? `A code has ${LENGTH} characters; this one has ${code.length}.` : "Type the code that the teacher shows.");
        field.focus();
      },
    },
    h("h1", { tabindex: -1 }, "Join a class"),
    h("label", { for: "code" }, "The code that the teacher shows"),
    field,
    why,
    help,
    join,
    h("p", { class: "quiet" }, "No account and no name: you get two words to go by, which you may change."),
    h("p", { class: "alone" }, h("a", { href: "/" }, "Go on without a class")),
  );
  const [filled, refused] = [memo(), memo()];
  return {
    element,
    update({ code, refusal }) {
      if (filled(code) && code) field.value = code;
      if (!refused(refusal) || !refusal) return;
      say(wordsOf(refusal, plainCode(field.value)));
      field.focus();
    },
  };

  /** @param {string} text */
  function say(text) {
    setText(why, text);
    setAttribute(field, "aria-invalid", text ? "true" : null);
  }
}

/** @param {Refusal} refusal @param {string} code */
function wordsOf({ code: reason, message }, code) {
  switch (reason) {
    case "unknown_room":
      return `There is no class with the code ${code}. Look at it once more, or ask whether it has changed.`;
    case "full":
      return "This class is full. Ask the teacher.";
    case "closed":
      return "The teacher lets nobody in at the moment.";
    default:
      return message;
  }
}
