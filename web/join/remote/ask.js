/** Asking: the card's own question, a number by its measurement, or words typed on the spot. */

/** @import { Controls } from "./controls.js" */
/** @import { Block } from "./types.js" */

import { h, setText } from "../../src/toolkit/dom.js";
import { block, press } from "./controls.js";

/** Choices that a question in words may have. */
const [LEAST, MOST] = [2, 5];

/** @param {Controls} controls @returns {Block} */
export function askBlock(controls) {
  const card = press(controls, "Ask the card’s question", "ask", () => ({ source: "card" }), {
    kind: "primary",
    hook: "ask-card",
  });
  const element = block("Ask", "ask", card, inWords(controls), aNumber(controls));
  return {
    element,
    update(room) {
      element.hidden = room.question !== null && room.phase !== "revealed";
    },
  };
}

/** @param {string} label @param {string} hook @param {Record<string, string | number | boolean>} [more] */
const field = (label, hook, more = {}) =>
  h("input", {
    type: "text",
    class: "remote-field",
    maxlength: 200,
    autocomplete: "off",
    ...more,
    aria: { label },
    data: { testid: hook },
  });

/** @param {Controls} controls */
function inWords(controls) {
  const ask = field("The question", "remote-words-ask", { placeholder: "What do you ask?" });
  const choices = Array.from({ length: MOST }, (_, i) =>
    field(`Choice ${i + 1}`, `remote-choice-${i + 1}`, {
      placeholder: i < LEAST ? `choice ${i + 1}` : `choice ${i + 1}, if you want`,
      maxlength: 80,
    }),
  );
  const rights = choices.map((_, i) =>
    h("input", { type: "radio", name: "right", value: i, aria: { label: `Choice ${i + 1} is right` } }),
  );
  const send = h(
    "button",
    { type: "submit", class: "remote-button primary", data: { testid: "remote-ask-words" } },
    "Ask this",
  );
  const form = h(
    "form",
    { class: "remote-form", novalidate: true },
    ask,
    ...choices.map((each, i) =>
      h("div", { class: "remote-choice" }, each, h("label", { class: "remote-is-right" }, rights[i], "right")),
    ),
    send,
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const texts = choices.map(({ value }) => value.trim());
    const kept = texts.filter(Boolean);
    if (!ask.value.trim() || kept.length < LEAST) {
      setText(controls.status, `A question in words needs its words and at least ${LEAST} choices.`);
      return;
    }
    const chosen = rights.findIndex(({ checked }) => checked);
    const right = chosen >= 0 && texts[chosen] ? texts.slice(0, chosen).filter(Boolean).length : null;
    if (await controls.told(controls.command("ask", { source: "words", ask: ask.value.trim(), choices: kept, right })))
      form.reset();
  });
  return h(
    "details",
    { class: "remote-more", data: { testid: "remote-in-words" } },
    h("summary", {}, "In words of your own"),
    form,
  );
}

/** @param {Controls} controls */
function aNumber(controls) {
  const of = field("Which number", "remote-number-of", { placeholder: "a measurement, such as loss(test)" });
  const ask = field("The question", "remote-number-ask", { placeholder: "What do you ask?" });
  const kind = h(
    "select",
    { class: "remote-field", aria: { label: "What is asked of it" }, data: { testid: "remote-number-kind" } },
    h("option", { value: "sign" }, "its sign"),
    h("option", { value: "power" }, "its power of ten"),
    h("option", { value: "number" }, "the number"),
  );
  const form = h(
    "form",
    { class: "remote-form", novalidate: true },
    of,
    ask,
    kind,
    h("button", { type: "submit", class: "remote-button primary", data: { testid: "remote-ask-number" } }, "Ask this"),
  );
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!of.value.trim()) {
      setText(controls.status, "Which number is asked for? On the large screen one can be picked where it stands.");
      return;
    }
    const fields = { source: "number", of: of.value.trim(), ask: ask.value.trim(), kind: kind.value };
    if (await controls.told(controls.command("ask", fields))) form.reset();
  });
  return h("details", { class: "remote-more", data: { testid: "remote-a-number" } }, h("summary", {}, "A number"), form);
}
