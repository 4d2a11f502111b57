/** Names with the looks of what they name, where they have no room in the chart. */

/** @import { Chart } from "../slice.js" */
/** @import { Look } from "./look.js" */

import { h, s } from "../../toolkit/dom.js";
import { colourOf, dashOf } from "./look.js";

/** @param {Chart} chart @param {Look} look */
export function legendOf({ series }, look) {
  return series.map((one, order) => h("li", {}, signOf(one, order, look), one.name));
}

/** @param {Chart["series"][number]} one @param {number} order @param {Look} look */
function signOf({ kind, colour, dashed }, order, look) {
  const ink = colourOf(colour, look);
  const shape =
    kind === "bars"
      ? s("rect", { x: 4, y: 1, width: 14, height: 10, fill: ink })
      : kind === "points"
        ? s("circle", { cx: 11, cy: 6, r: 4, fill: dashed ? look.panel : ink, stroke: ink })
        : s("path", { d: "M0 6H22", stroke: ink, "stroke-width": 2, style: `stroke-dasharray:${dashes(dashed, order)}` });
  return s("svg", { viewBox: "0 0 22 12", width: 22, height: 12, "aria-hidden": "true", class: "lab-sign" }, shape);
}

/** @param {boolean} dashed @param {number} order */
function dashes(dashed, order) {
  const dash = dashOf(dashed, order, true);
  return dash === "solid" ? "none" : dash.replaceAll("px", "");
}
