/** A plot whose words are the page's own: shapes are stretched, letters are not. */

import { h, s } from "../../toolkit/dom.js";
import { formatNumber } from "../../toolkit/maths.js";

/** Of shapes, in both directions. */
export const SIZE = 100;

/**
 * @param {{x: {at: number, text: string}[], y: {at: number, text: string}[], xTitle: string, yTitle: string, label: string}} axes
 *   places from 0 to 1, from the left and from below
 * @param {...Element} shapes
 */
export function plotOf({ x, y, xTitle, yTitle, label }, ...shapes) {
  const drawn = s(
    "svg",
    { viewBox: `0 0 ${SIZE} ${SIZE}`, preserveAspectRatio: "none", role: "img", aria: { label } },
    ...x.map(({ at }) => s("path", { class: "class-grid", d: `M${at * SIZE} 0V${SIZE}` })),
    ...y.map(({ at }) => s("path", { class: "class-grid", d: `M0 ${(1 - at) * SIZE}H${SIZE}` })),
    ...shapes,
  );
  return h(
    "div",
    { class: "class-plot" },
    h("div", { class: "class-y" }, ...y.map(({ at, text }) => h("span", { style: `bottom: ${at * 100}%` }, text))),
    h("div", { class: "class-paper" }, drawn),
    h("div", { class: "class-x" }, ...x.map(({ at, text }) => h("span", { style: `left: ${at * 100}%` }, text))),
    h("p", { class: "class-axis small" }, [xTitle, yTitle].filter(Boolean).join(" · ")),
  );
}

/** @param {number} value */
export const short = (value) => {
  const text = formatNumber(value, 3, 1e-3);
  return text.includes("·") || !text.includes(".") ? text : text.replace(/\.?0+$/, "");
};
