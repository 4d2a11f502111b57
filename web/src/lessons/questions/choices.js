/** One of several to choose: words, a sign, or a power of ten. */

/** @import { Kind } from "./types.js" */

import { h, setAttribute } from "../../toolkit/dom.js";
import { MINUS, superscript } from "../../toolkit/maths.js";
import { markup } from "../../shared/markup.js";

/** Powers of ten that are offered at first; a further one is one press away. */
const NEAR = [-8, 3];

/**
 * @param {{value: number, words: Node | string}[]} rows
 * @param {(value: number) => void} chosen
 * @param {string} label
 */
function radios(rows, chosen, label) {
  const buttons = rows.map(({ value, words }, i) =>
    h(
      "button",
      {
        type: "button",
        role: "radio",
        class: "lesson-choice",
        tabindex: i === 0 ? 0 : -1,
        aria: { checked: false },
        data: { choice: value },
        onclick: () => pick(value),
      },
      words,
    ),
  );
  const element = h("div", { class: "lesson-choices", role: "radiogroup", aria: { label } }, ...buttons);
  return {
    element,
    /** @param {unknown} answer @param {unknown} truth */
    settle(answer, truth) {
      rows.forEach(({ value }, i) => {
        setAttribute(buttons[i], "aria-checked", String(value === answer));
        buttons[i].disabled = true;
        if (value === truth) {
          buttons[i].dataset.truth = "true";
          buttons[i].append(h("span", { class: "lesson-measured-mark" }, "measured"));
        }
      });
    },
  };

  /** @param {number} picked */
  function pick(picked) {
    rows.forEach(({ value }, i) => {
      setAttribute(buttons[i], "aria-checked", String(value === picked));
      buttons[i].tabIndex = value === picked ? 0 : -1;
    });
    chosen(picked);
  }
}

/** @type {Kind} */
export const choose = ({ texts }, put) => {
  const choices = radios(
    texts.map((text, value) => ({ value, words: markup(text) })),
    put,
    "Your prediction",
  );
  return { element: choices.element, reveal: ({ answer, truth }) => choices.settle(answer, truth) };
};

/** @type {Kind} */
export const sign = (_, put) => {
  const choices = radios(
    [
      { value: -1, words: `negative (${MINUS})` },
      { value: 0, words: "zero" },
      { value: 1, words: "positive (+)" },
    ],
    put,
    "Its sign",
  );
  return { element: choices.element, reveal: ({ answer, truth }) => choices.settle(answer, truth) };
};

/** @type {Kind} */
export const power = (_, put) => {
  let [low, high] = NEAR;
  /** @type {number | null} */
  let at = null;
  const place = h("div", { class: "lesson-powers-near" });
  let choices = made();
  const further = (/** @type {string} */ sign, /** @type {string} */ label, /** @type {number} */ by) =>
    h(
      "button",
      {
        type: "button",
        class: "quiet-button",
        title: label,
        aria: { label },
        onclick: () => {
          if (by < 0) low -= 4;
          else high += 4;
          choices = made();
        },
      },
      sign,
    );
  const [smaller, larger] = [further("‹", "smaller powers of ten", -1), further("›", "larger powers of ten", 1)];
  return {
    element: h("div", { class: "lesson-powers" }, smaller, place, larger),
    reveal({ answer, truth }) {
      for (const value of [answer, truth].map(Number)) {
        if (Number.isFinite(value)) [low, high] = [Math.min(low, value), Math.max(high, value)];
      }
      choices = made();
      choices.settle(answer, truth);
      smaller.hidden = larger.hidden = true;
    },
  };

  function made() {
    const rows = Array.from({ length: high - low + 1 }, (_, i) => ({ value: low + i, words: `10${superscript(low + i)}` }));
    const built = radios(
      rows,
      (value) => {
        at = value;
        put(value);
      },
      "A power of ten",
    );
    place.replaceChildren(built.element);
    if (at !== null) built.element.querySelector(`[data-choice="${at}"]`)?.setAttribute("aria-checked", "true");
    return built;
  }
};
