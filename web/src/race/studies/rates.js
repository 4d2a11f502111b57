/** A rate sweep: each lane's loss after a budget of steps over a ladder of rates, and the best of them. */

/** @import { View } from "../../types.js" */

import { palette } from "../../toolkit/colours.js";
import { h, memo, setAttribute, setText } from "../../toolkit/dom.js";
import { formatExact, formatNumber, formatSetting, toNumber } from "../../toolkit/maths.js";
import { typeScale } from "../../toolkit/type-scale.js";
import { colourOf } from "../lanes/lanes.js";
import { patternOf } from "../lanes/looks.js";
import { surfaceNames } from "../surface/names.js";
import { networkNames } from "../network/names.js";
import { dot, fillTable, plotOn, rangeOf, strokeLine } from "./axes.js";
import { adviceLine, numberOf, progress, studyOf, wishField } from "./study.js";

/** @param {import("../network/actions.js").NetworkRaceActions} actions @returns {View} */
export function ratesStudy(actions) {
  const on = h(
    "select",
    { aria: { label: "Rates of which race" }, data: { testid: "rates-on" } },
    h("option", { value: "network" }, "on the network"),
    h("option", { value: "surface" }, "on the surface"),
  );
  const wishes = {
    low: wishField("from η", "rates-low", "1e-4", "the least rate"),
    high: wishField("to", "rates-high", 10, "the largest rate"),
    rates: wishField("rates", "rates-count", 16, "2 to 64, evenly on a log scale"),
    seeds: wishField("seeds", "rates-seeds", 3, "1 to 16; on a surface they differ in the noise alone"),
    steps: wishField("steps", "rates-steps", 500, "the budget of each run"),
  };
  const begin = h("button", { type: "submit", class: "quiet-button", data: { testid: "rates-begin" } }, "sweep");
  const how = progress(actions, "rates");
  const form = h(
    "form",
    { class: "study-form", aria: { label: "Rate sweep" } },
    on,
    ...Object.values(wishes).map(({ element }) => element),
    begin,
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    actions.study(
      {
        type: "study_rates",
        on: on.value === "surface" ? "surface" : "network",
        low: numberOf(wishes.low),
        high: numberOf(wishes.high),
        rates: numberOf(wishes.rates),
        seeds: numberOf(wishes.seeds),
        steps: numberOf(wishes.steps),
      },
      "study.rates",
    );
  });
  const empty = h(
    "p",
    { class: "small study-empty" },
    "An optimizer is as good as its learning rate. Every lane runs at each rate of a grid; the grid, the budget and the rate chosen are shown.",
  );
  const canvas = h("canvas", { class: "study-plot", role: "img", data: { testid: "rates-plot" } });
  const table = h("table", { class: "study-table", data: { testid: "rates-table" } });
  const words = h("p", { class: "small", data: { testid: "rates-words" } });
  const advice = adviceLine("rates");
  const found = h("div", { class: "study-found" }, advice.element, canvas, table, words);
  const element = h(
    "section",
    { class: "study", data: { part: "study-rates" }, aria: { label: "Rate sweep" } },
    form,
    how.element,
    empty,
    found,
  );
  const changed = memo();
  return {
    element,
    update(state) {
      how.update(state);
      const frame = studyOf(state, "rates");
      empty.hidden = frame !== null;
      found.hidden = frame === null;
      const { theme, network, race } = state;
      if (!frame || !changed(frame, theme, network, race, canvas.clientWidth, canvas.clientHeight, typeScale())) return;
      const onNetwork = frame.meta.about.on === "network";
      const lanes = (onNetwork ? network : race)?.lanes ?? [];
      const names = onNetwork ? networkNames(state) : surfaceNames(state);
      const { rates, median } = frame.arrays;
      const n = rates.data.length;
      const shown = [...median.data].filter((value) => value > 0 && Number.isFinite(value));
      const least = Math.min(...shown, Infinity);
      const [low, high] = rangeOf(
        shown.filter((value) => value < 1e6 * least),
        true,
      );
      const [left, right] = rangeOf(rates.data, true);
      const plot = plotOn(
        canvas,
        theme,
        { low: left, high: right, log: true, label: "rate η" },
        { low, high, log: true, label: "loss after the budget, median of seeds (top: diverged)" },
      );
      /** @type {(string | Node)[][]} */
      const rows = [];
      frame.meta.lanes.forEach(({ id, best }, i) => {
        const lane = lanes.find((each) => each.id === id);
        const colour = lane ? colourOf(lane, theme) : palette(theme).ink2;
        const values = median.data.subarray(i * n, (i + 1) * n);
        strokeLine(plot, rates.data, values, colour, { dash: lane ? patternOf(lane) : [] });
        const place = best === null ? -1 : rates.data.indexOf(best);
        if (place >= 0) dot(plot, rates.data[place], values[place], colour, palette(theme).paper);
        const told = h(
          "span",
          { title: best === null ? "" : `exactly ${formatExact(best)}`, data: { best: id, value: String(best) } },
          best === null ? "diverged at every rate" : formatSetting(Number(best.toPrecision(3))),
        );
        rows.push([names.get(id) ?? `lane ${id}`, told, place < 0 ? "–" : formatNumber(toNumber(values[place]), 3)]);
      });
      fillTable(table, ["lane", "best η", "loss"], rows);
      advice.show(
        adviceOf(
          frame.meta.lanes.map(({ id, best }) => ({ name: names.get(id) ?? "A lane", best })),
          [...rates.data],
        ),
      );
      setText(words, frame.meta.words ? `Chosen from ${frame.meta.words} each.` : "");
      setAttribute(canvas, "aria-label", "Loss against the rate for each lane; the best rates are in the table");
    },
  };
}

/** @param {{name: string, best: number | null}[]} lanes  null where it diverged at every rate @param {number[]} rates */
function adviceOf(lanes, rates) {
  const [low, high] = [Math.min(...rates), Math.max(...rates)];
  const said = (/** @type {number} */ rate) => formatSetting(Number(rate.toPrecision(3)));
  if (lanes.every(({ best }) => best === null)) return `Everything diverged: sweep below ${said(low)}.`;
  const at = (/** @type {number} */ rate) => lanes.find(({ best }) => best === rate)?.name;
  if (at(high)) return `${at(high)} is at its best at the largest rate: sweep beyond ${said(high)}.`;
  if (at(low)) return `${at(low)} is at its best at the least rate: sweep below ${said(low)}.`;
  return "";
}
