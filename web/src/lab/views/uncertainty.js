/** How sure: both ways of asking side by side with the data; in their place, whether their bands keep what they promise. */

/** @import { OwnView, Shown, Tools } from "./types.js" */

import { h, memo, setAttribute } from "../../toolkit/dom.js";
import { area, axes, dot, line, picture } from "./sketch.js";

/** @param {Tools} tools @returns {OwnView} */
function view({ chart }) {
  const charts = [chart(), chart()];
  const choice = h("div", { class: "lab-switch", role: "radiogroup", aria: { label: "Shown of both" }, onkeydown: byKey });
  const pair = h("div", { class: "lab-pair" }, ...charts.map(({ element: one }) => one));
  const element = h("div", { class: "uncertainty", data: { testid: "uncertainty" } }, choice, pair);
  const named = memo();
  /** @type {HTMLElement[]} */
  let buttons = [];
  let current = 0;
  /** @type {Shown | null} */
  let last = null;
  return { element, update };

  /** @param {Shown} shown */
  function update(shown) {
    last = shown;
    const pairs = /** @type {string[]} */ (shown.values.pairs ?? []);
    if (named(pairs.join("|"))) {
      buttons = pairs.map((words, i) =>
        h(
          "button",
          { type: "button", role: "radio", class: "rung", data: { pair: String(i) }, onclick: () => choose(i) },
          words,
        ),
      );
      choice.replaceChildren(...buttons);
      current = Math.max(0, Math.min(current, pairs.length - 1));
    }
    buttons.forEach((button, i) => {
      setAttribute(button, "aria-checked", String(i === current));
      setAttribute(button, "tabindex", i === current ? "0" : "-1");
    });
    charts.forEach((one, i) => one.show(shown.figures[2 * current + i], shown));
  }

  /** @param {number} to */
  function choose(to) {
    current = to;
    if (last) update(last);
  }

  /** @param {KeyboardEvent} event */
  function byKey(event) {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!by || buttons.length === 0) return;
    event.preventDefault();
    event.stopPropagation();
    choose((current + by + buttons.length) % buttons.length);
    buttons[current].focus();
  }
}

const thumbnail = () =>
  picture(
    axes(),
    area("M18 30C40 10 52 54 80 52C104 50 112 22 150 12V70C118 44 108 62 80 62C52 62 40 34 18 56Z", "lane-1"),
    line("M18 43C40 20 52 58 80 57C104 56 112 34 150 42", "lane-1 bold"),
    dot(34, 30, "ink", 2.5),
    dot(50, 44, "ink", 2.5),
    dot(66, 55, "ink", 2.5),
    dot(84, 60, "ink", 2.5),
    dot(102, 50, "ink", 2.5),
  );

export default { thumbnail, view };
