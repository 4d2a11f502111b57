/** Without derivatives: the race by forward passes or by time, how its rates were tuned, and the directions' cosine beside it. */

/** @import { OwnView, Tools } from "./types.js" */

import { h } from "../../toolkit/dom.js";
import { area, axes, line, picture } from "./sketch.js";
import { switched } from "./switched.js";

/** @param {Tools} tools @returns {OwnView} */
function view(tools) {
  const race = switched(tools, "The loss by", [
    { figure: "evaluations", words: "forward passes" },
    { figure: "time", words: "time" },
    { figure: "tuning", words: "tuning" },
  ]);
  const cosine = tools.chart();
  return {
    element: h("div", { class: "lab-pair", data: { testid: "evolution" } }, race.element, cosine.element),
    update(shown) {
      race.update(shown);
      cosine.show(
        shown.figures.find(({ name }) => name === "cosine"),
        shown,
      );
    },
  };
}

const thumbnail = () =>
  picture(
    axes(),
    line("M20 16C34 20 38 70 60 72L148 74", "lane-1 bold"),
    area("M20 12C60 16 96 30 148 40V58C96 46 60 24 20 18Z", "lane-2"),
    line("M20 15C60 20 96 36 148 49", "lane-2 dashed"),
  );

export default { thumbnail, view };
