/** A dialog of the class: a title, a button that closes it, what is in it. */

import { h } from "../toolkit/dom.js";
import { icon } from "../toolkit/icons.js";

/**
 * @param {string} name  of its hooks
 * @param {string} title
 * @param {...Node} content
 */
export function sheet(name, title, ...content) {
  const close = h(
    "button",
    { type: "button", class: "round small", aria: { label: "Close" }, onclick: () => element.close() },
    icon("close"),
  );
  const element = h(
    "dialog",
    { class: "sheet class-sheet", aria: { labelledby: `${name}-title` }, data: { testid: `${name}-dialog` } },
    h("div", { class: "sheet-head" }, h("h2", { id: `${name}-title` }, title), close),
    h("div", { class: "sheet-body" }, ...content),
  );
  element.addEventListener("click", (event) => event.target === element && element.close());
  return { element, open: () => element.open || element.showModal(), close: () => element.close() };
}
