/** One place for several charts of a result, and words that change between them. */

/** @import { Shown, Tools } from "./types.js" */

import { h, setAttribute } from "../../toolkit/dom.js";

/**
 * @param {Tools} tools
 * @param {string} label  of the choice
 * @param {{figure: string, words: string}[]} parts  figures by their names, the first is shown first
 */
export function switched({ chart }, label, parts) {
  const drawn = chart();
  const empty = h("p", { class: "lab-empty small" }, "Not measured yet.");
  const buttons = parts.map(({ figure, words }) =>
    h(
      "button",
      {
        type: "button",
        role: "radio",
        class: "rung",
        aria: { checked: false },
        data: { figure },
        onclick: () => choose(figure),
      },
      words,
    ),
  );
  const element = h(
    "div",
    { class: "lab-switched", data: { testid: `lab-switched-${parts[0].figure}` } },
    h("div", { class: "lab-switch", role: "radiogroup", aria: { label }, onkeydown: byKey }, ...buttons),
    h("div", { class: "lab-switched-place" }, drawn.element, empty),
  );
  let current = parts[0].figure;
  /** @type {Shown | null} */
  let last = null;

  return { element, update };

  /** @param {Shown} shown */
  function update(shown) {
    last = shown;
    const figure = shown.figures.find(({ name }) => name === current);
    drawn.show(figure, shown);
    empty.hidden = figure !== undefined;
    parts.forEach((part, i) => {
      setAttribute(buttons[i], "aria-checked", String(part.figure === current));
      setAttribute(buttons[i], "tabindex", part.figure === current ? "0" : "-1");
    });
  }

  /** @param {string} figure */
  function choose(figure) {
    current = figure;
    if (last) update(last);
  }

  /** @param {KeyboardEvent} event */
  function byKey(event) {
    const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!by) return;
    const to = (parts.findIndex(({ figure }) => figure === current) + by + parts.length) % parts.length;
    event.preventDefault();
    event.stopPropagation();
    choose(parts[to].figure);
    buttons[to].focus();
  }
}
