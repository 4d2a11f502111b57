/** Answers in words, for whoever cannot or will not draw: each is as good as one that was drawn. */

/** @import { Answer, Described } from "../types.js" */

import { markup } from "../../src/shared/markup.js";
import { h } from "../../src/toolkit/dom.js";

/**
 * @param {string} title
 * @param {Described[]} rows
 * @param {(answer: Answer) => void} taken
 */
export function describedChoices(title, rows, taken) {
  if (rows.length === 0) return null;
  const chips = rows.map(({ text, answer }) =>
    h("button", { type: "button", class: "chip", onclick: () => taken(answer) }, h("span", {}, markup(text))),
  );
  return h(
    "div",
    { class: "described", role: "group", aria: { label: title } },
    h("p", { class: "quiet" }, title),
    h("div", { class: "described-rows" }, ...chips),
  );
}
