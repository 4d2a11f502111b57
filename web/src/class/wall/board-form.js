/**
 * Turns the leader board on: what it is about in words, the measurement that counts, which end of it leads, and the condition that a
 * run must keep to. Off unless the teacher wants it: a class is no race.
 */

/** @import { Command, RoomEvent } from "./types.js" */

import { h, setAttribute, setText } from "../../toolkit/dom.js";
import { refusedWords } from "./refused.js";

/** Characters of a title. */
const LONGEST = 80;

/** @param {{command: Command}} room */
export function boardForm({ command }) {
  const field = (/** @type {string} */ label, /** @type {string} */ hook, /** @type {string} */ placeholder) => {
    const input = h("input", {
      type: "text",
      class: "line-field",
      maxlength: 300,
      autocomplete: "off",
      spellcheck: "false",
      placeholder,
      data: { testid: hook },
    });
    return { input, row: h("label", { class: "board-row" }, h("span", {}, label), input) };
  };
  const title = field("Title", "board-title", "Best test loss with at most 20 parameters");
  const of = field("What is measured", "board-of", "loss(test)");
  const limit = field("Only runs with", "board-limit", "parameters <= 20, or nothing");
  const best = h(
    "select",
    { class: "line-field", data: { testid: "board-best" } },
    h("option", { value: "least" }, "the least leads"),
    h("option", { value: "most" }, "the most leads"),
  );
  const on = h("button", { type: "submit", class: "primary-button", data: { testid: "board-on" } }, "Show the board");
  const off = h(
    "button",
    { type: "button", class: "quiet-button", data: { testid: "board-off" }, onclick: () => give({ on: false }) },
    "Take it off",
  );
  const refused = h("p", { class: "field-error", role: "status", hidden: true, data: { testid: "board-error" } });
  const element = h(
    "form",
    { class: "board-form", novalidate: true, aria: { label: "Leader board" }, data: { testid: "board-form" } },
    h("h3", { class: "panel-title" }, "Leader board"),
    title.row,
    of.row,
    h("label", { class: "board-row" }, h("span", {}, "Which end"), best),
    limit.row,
    refused,
    h("div", { class: "class-buttons" }, on, off),
  );
  element.addEventListener("submit", (event) => {
    event.preventDefault();
    const measured = of.input.value.trim();
    if (!measured) return say("What is measured? A measurement, as lessons write it, such as loss(test).", of.input);
    const condition = limit.input.value.trim();
    void give({
      on: true,
      title: (title.input.value.trim() || measured).slice(0, LONGEST),
      of: measured,
      best: best.value,
      ...(condition ? { limit: condition } : {}),
    });
  });
  element.addEventListener("input", () => say(""));

  /** @param {string} words @param {HTMLInputElement} [wrong] */
  function say(words, wrong) {
    refused.hidden = words === "";
    setText(refused, words);
    for (const { input } of [title, of, limit]) setAttribute(input, "aria-invalid", input === wrong ? "true" : null);
  }

  /** @param {Record<string, unknown>} fields */
  async function give(fields) {
    try {
      await command("board", fields);
      say("");
    } catch (error) {
      const named = /** @type {{refusal?: {field?: string | null}}} */ (error).refusal?.field ?? "";
      say(refusedWords(error), { title: title.input, of: of.input, limit: limit.input }[named]);
    }
  }

  return {
    element,
    /** @param {Pick<RoomEvent, "board">} room */
    update({ board }) {
      off.hidden = board === null;
      setText(on, board === null ? "Show the board" : "Show this one");
    },
  };
}
