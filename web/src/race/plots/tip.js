/** What is said of the point that is pointed at, beside it. */

import { h, setAttribute, setText } from "../../toolkit/dom.js";

/** @param {string} testid */
export function plotTip(testid) {
  const element = h("div", { class: "tip race-tip", role: "status", data: { testid }, hidden: true });
  return {
    element,
    hide() {
      element.hidden = true;
    },
    /**
     * @param {number} px
     * @param {number} py
     * @param {number} width  of what lies below
     * @param {string} words
     * @param {Record<string, number>} data  exactly
     */
    show(px, py, width, words, data) {
      element.hidden = false;
      setText(element, words);
      for (const [name, value] of Object.entries(data)) setAttribute(element, `data-${name}`, String(value));
      const right = px > width / 2;
      element.style.left = right ? "" : `${px + 14}px`;
      element.style.right = right ? `${width - px + 14}px` : "";
      element.style.top = `${Math.max(4, py - 12)}px`;
    },
  };
}
