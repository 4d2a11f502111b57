/** A dialog of the Step room: a title, a button that closes it, and what is in it. */

import { h } from "../toolkit/dom.js";
import { icon } from "../toolkit/icons.js";

/**
 * @param {string} name  of its hooks
 * @param {string} title
 * @param {...Node} content
 */
export function stepSheet(name, title, ...content) {
  const close = h(
    "button",
    { type: "button", class: "round small", aria: { label: "Close" }, onclick: () => element.close() },
    icon("close"),
  );
  const heading = h("h2", { id: `${name}-title` }, title);
  const element = h(
    "dialog",
    { class: `sheet step-sheet ${name}-sheet`, aria: { labelledby: `${name}-title` }, data: { testid: `${name}-dialog` } },
    h("div", { class: "sheet-head" }, heading, close),
    h("div", { class: "sheet-body" }, ...content),
  );
  element.addEventListener("click", (event) => event.target === element && element.close());
  return { element, heading, open: () => element.open || element.showModal(), close: () => element.close() };
}
