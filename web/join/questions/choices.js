/** One of several to choose: words, or a sign. A touch is the answer; by keyboard arrows lead along, and space chooses. */

/** @import { Kind } from "./types.js" */

import { markup } from "../../src/shared/markup.js";
import { h, setAttribute } from "../../src/toolkit/dom.js";
import { SIGNS } from "./words.js";

/** Keys that lead to a neighbour. @type {Record<string, number>} */
const MOVES = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };

/**
 * A group of radios with one stop for the keyboard. An arrow chooses nothing by itself: whoever looks along the choices has not
 * voted for each.
 * @param {{value: number, words: Node | string}[]} rows
 * @param {string} label
 * @param {(value: number) => void} chosen
 */
function radios(rows, label, chosen) {
  const buttons = rows.map(({ value, words }, i) =>
    h(
      "button",
      {
        type: "button",
        role: "radio",
        class: "choice",
        tabindex: i === 0 ? 0 : -1,
        aria: { checked: false },
        data: { choice: value },
        onclick: () => {
          mark(value);
          chosen(value);
        },
        onkeydown: (/** @type {KeyboardEvent} */ event) => {
          const by = MOVES[event.key];
          if (!by) return;
          event.preventDefault();
          const next = buttons[(i + by + buttons.length) % buttons.length];
          for (const each of buttons) each.tabIndex = each === next ? 0 : -1;
          next.focus();
        },
      },
      h("span", {}, words),
    ),
  );
  const element = h("div", { class: "choices", role: "radiogroup", aria: { label } }, ...buttons);
  return { element, mark };

  /** @param {number | null} picked */
  function mark(picked) {
    const at = rows.findIndex(({ value }) => value === picked);
    buttons.forEach((button, i) => {
      setAttribute(button, "aria-checked", String(i === at));
      button.tabIndex = i === Math.max(0, at) ? 0 : -1;
    });
  }
}

/** @param {import("./types.js").Put} put @param {{value: number, words: Node | string}[]} rows @param {string} label */
function asked(put, rows, label) {
  const { element, mark } = radios(rows, label, put);
  return { element, direct: true, show: (/** @type {unknown} */ answer) => mark(typeof answer === "number" ? answer : null) };
}

/** @type {Kind} */
export const choose = ({ texts }, put) =>
  asked(
    put,
    texts.map((text, value) => ({ value, words: markup(text) })),
    "Your answer",
  );

/** @type {Kind} */
export const sign = (_, put) =>
  asked(
    put,
    SIGNS.map((words, i) => ({ value: i - 1, words })),
    "Its sign",
  );
