/** Names with the looks of what they name, where they have no room in the chart. */

/** @import { Chart } from "../slice.js" */
/** @import { Look } from "./look.js" */

import { h, s } from "../../toolkit/dom.js";
import { colourOf, dashOf, symbolOf } from "./look.js";

/** @param {Chart} chart @param {Look} look */
export function legendOf({ series }, look) {
  return series.map((one, order) => h("li", {}, signOf(one, order, look), one.name));
}

/** As `symbolOf` names them, about the middle of the sign. @type {Record<string, string>} */
const SHAPES = {
  circle: "M7 6a4 4 0 1 0 8 0a4 4 0 1 0-8 0z",
  square: "M7.5 2.5h7v7h-7z",
  diamond: "M11 1l5 5-5 5-5-5z",
  "triangle-up": "M11 1.5l5 8.5H6z",
  cross: "M9.500 1.500h3v3h3v3h-3v3h-3v-3h-3v-3h3z",
  x: "M7 3l1-1 3 3 3-3 1 1-3 3 3 3-1 1-3-3-3 3-1-1 3-3z",
  "triangle-down": "M11 10.500l5-8.500H6z",
  star: "M11 1l1.500 3.500 3.500.3-2.700 2.400.9 3.600L11 8.900l-3.200 1.900.9-3.600L6 4.800l3.500-.3z",
};

/** @param {Chart["series"][number]} one @param {number} order @param {Look} look */
function signOf({ kind, colour, dashed }, order, look) {
  const ink = colourOf(colour, look);
  const line = () =>
    s("path", { d: "M0 6H22", stroke: ink, "stroke-width": 2, style: `stroke-dasharray:${dashes(dashed, order)}` });
  const point = () => s("path", { d: SHAPES[symbolOf(order)], fill: dashed ? look.panel : ink, stroke: ink });
  const bar = () => s("rect", { x: 4, y: 1, width: 14, height: 10, fill: ink });
  const parts =
    kind === "bars" ? [bar()] : kind === "points" ? [point()] : kind === "line+points" ? [line(), point()] : [line()];
  return s("svg", { viewBox: "0 0 22 12", width: 22, height: 12, "aria-hidden": "true", class: "lab-sign" }, ...parts);
}

/** @param {boolean} dashed @param {number} order */
function dashes(dashed, order) {
  const dash = dashOf(dashed, order, true);
  return dash === "solid" ? "none" : dash.replaceAll("px", "");
}
