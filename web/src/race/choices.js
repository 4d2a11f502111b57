/** Small choices of how a race is looked at, and the pages of a narrow screen. */

import { h, memo, setAttribute } from "../toolkit/dom.js";

/**
 * @param {string} words
 * @param {Record<string, unknown>} data  its hooks
 * @param {() => void} press
 * @param {string} [title]
 */
export function choiceButton(words, data, press, title) {
  return h("button", { type: "button", class: "race-choice", title, data, onclick: press }, words);
}

/** @param {string} label @param {...HTMLElement} buttons */
export function choices(label, ...buttons) {
  return h("div", { class: "race-choices", role: "group", aria: { label } }, ...buttons);
}

/**
 * From above, or in three dimensions.
 * @param {string} hook  of its buttons
 * @param {string} label
 * @param {(three: boolean) => void} look
 */
export function threeChoice(hook, label, look) {
  const buttons = [
    choiceButton("contour", { [hook]: "contour" }, () => look(false)),
    choiceButton("3-D", { [hook]: "3d" }, () => look(true)),
  ];
  return {
    element: choices(label, ...buttons),
    /** @param {boolean} three */
    update(three) {
      buttons.forEach((button, i) => setAttribute(button, "aria-pressed", String(three === (i === 1))));
    },
  };
}

/**
 * @template {string} P
 * @param {readonly (readonly [P, string, string])[]} pages  with the id of what each shows, and its title
 * @param {string} prefix  of its hooks
 * @param {(page: P) => void} show
 */
export function pageTabs(pages, prefix, show) {
  const tabs = pages.map(([name, controls, title]) =>
    h(
      "button",
      {
        type: "button",
        class: "tab",
        role: "tab",
        aria: { selected: false, controls },
        data: { tab: prefix + name },
        onclick: () => show(name),
      },
      title,
    ),
  );
  const changed = memo();
  return {
    element: h("div", { class: "tabs race-tabs", role: "tablist", aria: { label: "Pages" } }, ...tabs),
    /** @param {P} page @param {HTMLElement} element  that shows it */
    update(page, element) {
      if (!changed(page)) return;
      setAttribute(element, "data-page", page);
      pages.forEach(([name], i) => setAttribute(tabs[i], "aria-selected", String(page === name)));
    },
  };
}
