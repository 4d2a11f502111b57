/** Shattered gradients: the slope of each network over its input, beside the noise that it is like, depth by depth. */

/** @import { Chart } from "../slice.js" */
/** @import { OwnView, Shown, Tools } from "./types.js" */

import { h } from "../../toolkit/dom.js";
import { rowOf, withRows } from "../figures/rows.js";
import { axes, line, picture } from "./sketch.js";
import { switched } from "./switched.js";

const KINDS = ["plain", "batch", "skips"];

/** Depths whose slopes there are. @param {Shown} shown @returns {number[]} */
function depthsOf({ values, arrays }) {
  const [depths, slopes] = [/** @type {number[] | undefined} */ (values.depths) ?? [], arrays.slopes];
  const last = KINDS.length - 1;
  return slopes ? depths.filter((_, d) => Number.isFinite(rowOf(slopes, last * depths.length + d).data[0])) : [];
}

/** @param {Tools} tools @returns {OwnView} */
function view(tools) {
  const slopes = KINDS.map(() => tools.chart());
  const noises = ["brown", "white"].map((name) => ({ name, ...tools.chart() }));
  const lag = switched(tools, "Correlation", [
    { figure: "by_depth", words: "by depth" },
    { figure: "by_lag", words: "by distance" },
  ]);
  const element = h(
    "div",
    { class: "shattered", data: { testid: "shattered" } },
    ...[...slopes, ...noises].map((one) => one.element),
    lag.element,
  );
  [...KINDS, ...noises.map(({ name }) => name)].forEach((name, i) => element.children[i].setAttribute("data-part", name));
  /** @type {{figures: unknown, step: number, charts: (Chart | undefined)[]}} */
  let made = { figures: null, step: -1, charts: [] };
  let seen = 0;
  return {
    element,
    update(shown) {
      const depths = depthsOf(shown);
      // While it is measured the newest depth is shown; then one goes where one likes.
      if (depths.length !== seen) {
        seen = depths.length;
        if (seen > 1) queueMicrotask(() => tools.go(seen - 1));
      }
      const step = Math.min(shown.step, Math.max(0, depths.length - 1));
      if (made.figures !== shown.figures || made.step !== step)
        made = { figures: shown.figures, step, charts: KINDS.map((_, a) => at(shown, a, step, depths)) };
      slopes.forEach((one, a) => one.show(made.charts[a], shown));
      for (const { name, show } of noises)
        show(
          shown.figures.find((figure) => figure.name === name),
          shown,
        );
      lag.update(shown);
    },
    steps: (shown) => depthsOf(shown).length,
    stepWords: (shown) => {
      const depth = depthsOf(shown)[shown.step];
      return depth === undefined ? "" : `${depth} hidden layers`;
    },
    pace: 1200,
  };
}

/** The slopes of a kind of network at a step. @param {Shown} shown @param {number} a @param {number} step @param {number[]} depths */
function at({ figures, arrays, values }, a, step, depths) {
  const chart = figures.find(({ name }) => name === `slopes_${KINDS[a]}`);
  if (chart?.kind !== "chart" || depths.length === 0) return undefined;
  const all = /** @type {number[]} */ (values.depths).length;
  return withRows(chart, `${chart.series[0].name}, ${depths[step]} layers`, [rowOf(arrays.slopes, a * all + step)]);
}

const thumbnail = () =>
  picture(
    axes(),
    line("M18 26L34 22L46 30L60 18L74 24L92 14L110 26L128 22L148 30", "lane-3 bold"),
    line(
      "M18 60L22 48L26 70L30 52L34 74L38 46L42 66L46 44L50 72L54 56L58 76L62 50L66 68L70 46L74 74L78 54L82 70L86 48L90 76L94 52L98 66L102 46L106 72L110 54L114 76L118 48L122 68L126 50L130 74L134 46L138 70L142 52L148 66",
      "lane-2",
    ),
  );

export default { thumbnail, view };
