/** Half precision: the runs side by side, and beside them how large gradients are and where the formats end, update by update. */

/** @import { Figure } from "../slice.js" */
/** @import { OwnView, Shown, Tools } from "./types.js" */

import { h } from "../../toolkit/dom.js";
import { rowOf, withRows } from "../figures/rows.js";
import { axes, bar, line, picture } from "./sketch.js";
import { switched } from "./switched.js";

/** Updates whose sizes there are. @param {Shown} shown */
const pointsOf = ({ values }) => /** @type {number[] | undefined} */ (values.points) ?? [];

const SIZES = ["deltas", "gradients"];

/** @param {Tools} tools @returns {OwnView} */
function view(tools) {
  const runs = switched(tools, "The runs", [
    { figure: "losses", words: "training loss" },
    { figure: "by_layer", words: "δ by layer" },
    { figure: "weight", words: "small updates" },
    { figure: "scales", words: "loss scale" },
  ]);
  const sizes = switched(tools, "Sizes of", [
    { figure: "deltas", words: "sizes of δ" },
    { figure: "gradients", words: "sizes of gradients" },
  ]);
  /** @type {{figures: unknown, step: number, charts: Figure[]}} */
  let made = { figures: null, step: -1, charts: [] };
  return {
    element: h("div", { class: "lab-pair half", data: { testid: "half" } }, runs.element, sizes.element),
    update(shown) {
      runs.update(shown);
      const step = Math.min(shown.step, Math.max(0, pointsOf(shown).length - 1));
      if (made.figures !== shown.figures || made.step !== step)
        made = { figures: shown.figures, step, charts: at(shown, step) };
      sizes.update({ ...shown, figures: made.charts });
    },
    steps: (shown) => pointsOf(shown).length,
    stepWords: (shown) => {
      const update = pointsOf(shown)[shown.step];
      return update === undefined ? "" : `sizes at update ${update}`;
    },
    pace: 300,
  };
}

/** The sizes before an update. @param {Shown} shown @param {number} step */
function at(shown, step) {
  const update = pointsOf(shown)[step];
  return shown.figures.flatMap((chart) => {
    if (chart.kind !== "chart" || !SIZES.includes(chart.name)) return [];
    const rows = [chart.name, `scaled_${chart.name}`].map((name) => rowOf(shown.arrays[name], step));
    return [withRows(chart, `${chart.series[0].name} in float64, update ${update}`, rows)];
  });
}

const thumbnail = () =>
  picture(
    axes(),
    ...[6, 12, 22, 36, 46, 40, 28, 16, 8].map((height, i) =>
      bar(26 + 10 * i, 78 - height, 8, height, i < 4 ? "faint" : "lane-1"),
    ),
    line("M65 8V78", "neg dashed"),
    line("M56 74L66 68L76 56L86 42L96 32L106 38L116 50L126 62L136 70", "lane-3"),
  );

export default { thumbnail, view };
