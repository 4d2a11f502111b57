/** The price of a gradient: its curves, measured or counted, and backward over forward beside them. */

/** @import { LabView, OwnView, Tools } from "./types.js" */

import { h } from "../../toolkit/dom.js";
import { axes, line, picture } from "./sketch.js";
import { switched } from "./switched.js";

/** @param {Tools} tools @returns {OwnView} */
function view(tools) {
  const curves = switched(tools, "What is compared", [
    { figure: "time", words: "time, measured" },
    { figure: "operations", words: "operations, counted" },
  ]);
  const ratio = tools.chart();
  return {
    element: h("div", { class: "lab-pair price", data: { testid: "price" } }, curves.element, ratio.element),
    update(shown) {
      curves.update(shown);
      ratio.show(
        shown.figures.find(({ name }) => name === "ratio"),
        shown,
      );
    },
  };
}

const thumbnail = () =>
  picture(
    axes(),
    line("M24 70L146 46", "lane-1"),
    line("M24 72L146 42", "lane-2"),
    line("M24 62L92 24L112 13", "lane-3 bold"),
    line("M24 64L92 18L104 10", "lane-4 dashed"),
  );

/** @type {LabView} */
export default { thumbnail, view };
