/** A power of ten: its exponent is stepped, and what it is stands beneath in full. */

/** @import { Kind } from "./types.js" */

import { h, setText } from "../../src/toolkit/dom.js";
import { MINUS } from "../../src/toolkit/maths.js";
import { tenTo } from "./words.js";

const [LEAST, MOST] = [-30, 30];
/** Exponents that are written out. */
const SHORT = 9;
/** @type {Record<string, number>} */
const MOVES = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1, PageUp: 3, PageDown: -3 };

/** @type {Kind} */
export const power = (_, put) => {
  /** @type {number | null} */
  let at = null;
  const big = h("b", { class: "power-big" });
  const full = h("span", { class: "quiet" });
  const dial = h(
    "div",
    {
      class: "power-dial",
      tabindex: 0,
      role: "spinbutton",
      aria: { label: "The exponent of ten", valuemin: LEAST, valuemax: MOST },
      data: { testid: "power" },
      onkeydown: (/** @type {KeyboardEvent} */ event) => {
        const by = MOVES[event.key];
        if (!by) return;
        event.preventDefault();
        step(by);
      },
    },
    big,
    full,
  );
  const key = (/** @type {string} */ text, /** @type {string} */ label, /** @type {number} */ by) =>
    h(
      "button",
      { type: "button", class: "key", aria: { label }, data: { testid: `power${by}` }, onclick: () => step(by) },
      text,
    );
  const element = h(
    "div",
    { class: "power", role: "group", aria: { label: "A power of ten" } },
    key(MINUS, "a tenth of it", -1),
    dial,
    key("+", "ten times as much", 1),
  );
  draw();
  return {
    element,
    direct: false,
    show(answer) {
      at = typeof answer === "number" ? answer : null;
      draw();
    },
  };

  /** @param {number} by */
  function step(by) {
    at = at === null ? 0 : Math.max(LEAST, Math.min(MOST, at + by));
    draw();
    put(at);
  }

  function draw() {
    setText(big, at === null ? "10ⁿ" : tenTo(at));
    const words = at === null ? "no exponent chosen yet" : Math.abs(at) <= SHORT ? written(at) : "";
    setText(full, words);
    dial.setAttribute("aria-valuenow", String(at ?? 0));
    dial.setAttribute("aria-valuetext", at === null ? words : `ten to the ${at}${words ? `, ${words}` : ""}`);
  }
};

/** @param {number} exponent */
function written(exponent) {
  return exponent < 0 ? `0.${"0".repeat(-exponent - 1)}1` : `1${"0".repeat(exponent)}`.replace(/\B(?=(\d{3})+$)/g, "\u202f");
}
