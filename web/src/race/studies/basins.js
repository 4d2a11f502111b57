/** Basins of the surface that is raced on: each start coloured by the minimum a lane ends at. */

/** @import { AppState, View } from "../../types.js" */

import { css, palette } from "../../toolkit/colours.js";
import { h, memo, setAttribute, setText } from "../../toolkit/dom.js";
import { formatCount, formatNumber } from "../../toolkit/maths.js";
import { typeScale } from "../../toolkit/type-scale.js";
import { surfaceNames } from "../surface/names.js";
import { fillCells, fillTable, plotOn } from "./axes.js";
import { adviceLine, numberOf, progress, studyOf, wishField } from "./study.js";

/** @param {import("../network/actions.js").NetworkRaceActions} actions @returns {View} */
export function basinsStudy(actions) {
  const lane = h("select", { aria: { label: "Lane of the race on the surface" }, data: { testid: "basins-lane" } });
  const wishes = {
    side: wishField("starts a side", "basins-side", 32, "2 to 64"),
    steps: wishField("steps", "basins-steps", 500, "from each start, 1 to 10 000"),
    reach: wishField("within", "basins-reach", 0.05, "how close to a minimum counts as there"),
  };
  const begin = h("button", { type: "submit", class: "quiet-button", data: { testid: "basins-begin" } }, "Compute basins");
  const how = progress(actions, "basins");
  const form = h(
    "form",
    { class: "study-form", aria: { label: "Basins" } },
    lane,
    ...Object.values(wishes).map(({ element }) => element),
    begin,
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const [side, steps, reach] = [wishes.side, wishes.steps, wishes.reach].map(numberOf);
    actions.study({ type: "study_basins", lane: Number(lane.value), side, steps, reach }, "study.basins");
  });
  const empty = h("p", { class: "small study-empty" });
  const canvas = h("canvas", { class: "study-plot square", role: "img", data: { testid: "basins-plot" } });
  const table = h("table", { class: "study-table", data: { testid: "basins-table" } });
  const advice = adviceLine("basins");
  const found = h("div", { class: "study-found beside" }, advice.element, canvas, table);
  const element = h(
    "section",
    { class: "study", data: { part: "study-basins" }, aria: { label: "Basins" } },
    form,
    how.element,
    empty,
    found,
  );
  const [changed, listed] = [memo(), memo()];
  return {
    element,
    /** @param {AppState} state */
    update(state) {
      how.update(state);
      const { race, theme } = state;
      const frame = studyOf(state, "basins");
      const none = !race || race.lanes.length === 0;
      begin.disabled = none;
      setText(
        empty,
        none
          ? "There is no lane on a surface: begin a race there, it is the first door above."
          : `Where does a rule end from each place of ${race.title}? Every start of a grid is run, and coloured by the minimum it comes to.`,
      );
      empty.hidden = frame !== null && !none;
      found.hidden = frame === null;
      if (race && listed(race, state.catalog)) {
        const names = surfaceNames(state);
        const before = lane.value;
        lane.replaceChildren(...race.lanes.map(({ id }) => h("option", { value: id }, names.get(id) ?? "")));
        if (race.lanes.some(({ id }) => String(id) === before)) lane.value = before;
      }
      if (!frame?.arrays.minimum || !changed(frame, theme, canvas.clientWidth, canvas.clientHeight, typeScale())) return;
      const { about, minima, counts, nowhere, diverged } = frame.meta;
      const [xs, ys] = about.domain;
      const plot = plotOn(
        canvas,
        theme,
        { low: xs[0], high: xs[1], log: false, label: "x of the start" },
        { low: ys[0], high: ys[1], log: false, label: "y" },
      );
      const colours = palette(theme);
      const colour = (/** @type {number} */ which) =>
        which < 0 ? (which === -1 ? colours.line : colours.panel) : css(colours.lanes[which % colours.lanes.length]);
      const side = about.side;
      const { minimum } = frame.arrays;
      fillCells(plot, side, side, (index) => colour(minimum.data[index]));
      minima.forEach(({ x, y }) => {
        plot.context.beginPath();
        plot.context.arc(plot.px(x), plot.py(y), 5, 0, 7);
        plot.context.fillStyle = colours.panel;
        plot.context.strokeStyle = colours.ink;
        plot.context.lineWidth = 2;
        plot.context.fill();
        plot.context.stroke();
      });
      const sign = (/** @type {number} */ which) => {
        const made = h("span", { class: "study-sign" });
        made.style.background = colour(which);
        return made;
      };
      const row = (/** @type {number} */ which, /** @type {string} */ words, /** @type {number} */ count) => [
        h("span", {}, sign(which), ` ${words}`),
        h("span", { data: { basin: which, value: count } }, formatCount(count)),
      ];
      fillTable(
        table,
        ["ends at", "starts"],
        [
          ...minima.map(({ x, y, value }, i) =>
            row(i, `(${formatNumber(x, 3)}, ${formatNumber(y, 3)}), f ${formatNumber(value, 3)}`, counts[i]),
          ),
          row(-1, "not converged", nowhere),
          row(-2, "diverged, or no start", diverged),
        ],
      );
      advice.show(adviceOf(counts, nowhere, diverged, about.steps));
      setAttribute(canvas, "aria-label", `Starts coloured by the minimum they lead to; how many is in the table`);
    },
  };
}

/**
 * @param {number[]} counts  of starts that end at each minimum
 * @param {number} nowhere  of those that have not converged
 * @param {number} diverged
 * @param {number} steps
 */
function adviceOf(counts, nowhere, diverged, steps) {
  const there = counts.reduce((sum, count) => sum + count, 0);
  if (counts.length === 0) return "No minimum of this surface is known: choose another surface.";
  if (diverged > there + nowhere) return "Most starts diverged: lower the rate of the lane, on the surface.";
  if (nowhere > there)
    return `Most starts have not converged in ${formatCount(steps)} steps: raise the rate of the lane, or the steps.`;
  return counts.length === 1 ? "This surface has one minimum: one with several, such as Himmelblau’s, has basins." : "";
}
