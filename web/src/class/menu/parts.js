/** What the sections of the class's menu are made of. */

import { h, setAttribute } from "../../toolkit/dom.js";

/** @param {string} title @param {...(Node | string)} content */
export function section(title, ...content) {
  return h("section", { class: "class-section" }, h("h3", { class: "panel-title" }, title), ...content);
}

/** @param {string} label @param {string} hook @param {() => unknown} press @param {string} [look] */
export function button(label, hook, press, look = "quiet-button") {
  return h("button", { type: "button", class: look, data: { testid: hook }, onclick: press }, label);
}

/** A switch with its words; it shows what the server says. @param {string} label @param {string} hook @param {(on: boolean) => unknown} change */
export function check(label, hook, change) {
  const input = h("input", { type: "checkbox", data: { testid: hook } });
  input.addEventListener("change", () => change(input.checked));
  return { input, element: h("label", { class: "check" }, input, h("span", {}, label)) };
}

/**
 * One of several words; arrows go through them.
 * @param {string} label
 * @param {string} hook
 * @param {{value: string, words: string}[]} rows
 * @param {(value: string) => unknown} choose
 */
export function choices(label, hook, rows, choose) {
  const buttons = rows.map(({ value, words }) =>
    h(
      "button",
      { type: "button", role: "radio", class: "chip", aria: { checked: false }, data: { value }, onclick: () => choose(value) },
      words,
    ),
  );
  const element = h("div", { class: "chips", role: "radiogroup", aria: { label }, data: { testid: hook } }, ...buttons);
  return {
    element,
    /** @param {string} chosen */
    show(chosen) {
      rows.forEach(({ value }, i) => {
        setAttribute(buttons[i], "aria-checked", String(value === chosen));
        setAttribute(buttons[i], "aria-pressed", null);
        buttons[i].tabIndex = value === chosen ? 0 : -1;
      });
      if (!rows.some(({ value }) => value === chosen)) buttons[0].tabIndex = 0;
    },
  };
}
