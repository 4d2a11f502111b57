/** One lane's curvature along its path: λ_max beside what its optimizer bears, and its error by the directions of curvature. */

/** @import { AppState } from "../../types.js" */
/** @import { FrameOf } from "../../channels.js" */
/** @import { RaceLane } from "../types.js" */

import { palette } from "../../toolkit/colours.js";
import { h, memo, setText } from "../../toolkit/dom.js";
import { stepSheet } from "../../shared/sheet.js";
import { raceFrameOf } from "../frames.js";
import { colourOf } from "../lanes/lanes.js";
import { surfaceNames } from "../surface/names.js";
import { lineChart } from "./chart.js";
import { partWords, sharpnessWords } from "./words.js";

/** @typedef {FrameOf<"race_curvature">} Curvature */

/** Opens it for the lane that is chosen, or the leader. @param {import("../surface/actions.js").SurfaceRaceActions} actions */
export function openCurvature(actions) {
  actions.look({ curvature: true });
}

/** @param {import("../surface/actions.js").SurfaceRaceActions} actions */
export function curvatureDialog(actions) {
  const empty = h("p", { class: "small" }, "There is no lane yet: close this and add one (n).");
  const [sharp, parts] = [
    lineChart("race-sharpness", "The largest curvature along the path, and the largest that is stable"),
    lineChart("race-parts", "The error along the directions of curvature"),
  ];
  const [sharpTold, partsTold] = [h("p", { class: "small" }), h("p", { class: "small" })];
  const content = h(
    "div",
    { class: "race-curvature" },
    h("h3", { class: "panel-title" }, "Largest curvature"),
    sharp.element,
    sharpTold,
    h("h3", { class: "panel-title" }, "Error by direction"),
    parts.element,
    partsTold,
  );
  const sheet = stepSheet("race-curvature", "Curvature along the path", empty, content);
  sheet.element.addEventListener("close", () => actions.look({ curvature: false }));
  const changed = memo();
  return {
    element: sheet.element,
    /** @param {AppState} state */
    update(state) {
      const { race, raceLook, theme, figures } = state;
      if (!raceLook.curvature) {
        if (sheet.element.open) sheet.close();
        return;
      }
      sheet.open();
      const frame = raceFrameOf(state, "race_curvature");
      const lane = race?.lanes.find(({ id }) => id === frame?.meta.lane);
      empty.hidden = (race?.lanes.length ?? 0) > 0;
      content.hidden = !lane || !frame;
      if (!lane || !frame || !changed(frame, race, theme, figures, sharp.size())) return;
      setText(sheet.heading, `${surfaceNames(state).get(lane.id) ?? ""}: curvature along the path`);
      sheet.element.dataset.step = String(frame.step);
      drawSharpness(sharp, state, lane, frame);
      drawParts(parts, state, lane, frame);
      setText(sharpTold, sharpnessWords(frame));
      setText(partsTold, partWords(frame));
    },
  };
}

/**
 * @param {ReturnType<typeof lineChart>} chart
 * @param {AppState} state
 * @param {RaceLane} lane
 * @param {Curvature} frame
 */
function drawSharpness(chart, state, lane, { arrays }) {
  const { ink2 } = palette(state.theme);
  const x = numbers(arrays.steps.data);
  const [largest, felt, limit] = [arrays.largest, arrays.felt, arrays.limit].map(({ data }) => numbers(data));
  const own = felt.some((value) => value !== null) ? felt : largest;
  const scaled = felt.some((value, i) => value !== null && value !== largest[i]);
  chart.draw(state, [
    { name: scaled ? "λ_max of P⁻¹H" : "λ_max", x, y: own, color: colourOf(lane, state.theme) },
    { name: "stable up to", x, y: limit, color: ink2, dash: "dash" },
  ]);
}

/**
 * @param {ReturnType<typeof lineChart>} chart
 * @param {AppState} state
 * @param {RaceLane} lane
 * @param {Curvature} frame
 */
function drawParts(chart, state, lane, { arrays, meta }) {
  const x = numbers(arrays.component_steps.data);
  const told = meta.minimum ? arrays.error : arrays.gradient;
  const part = (/** @type {number} */ which) =>
    numbers(told.data)
      .filter((_, i) => i % 2 === which)
      .map((value) => value && Math.abs(value));
  chart.draw(state, [
    { name: "steepest direction", x, y: part(1), color: colourOf(lane, state.theme) },
    { name: "flattest direction", x, y: part(0), color: colourOf(lane, state.theme), dash: "dot" },
  ]);
}

/** What can be drawn: anything else is a gap. @param {ArrayLike<number>} values @returns {(number | null)[]} */
function numbers(values) {
  return Array.from(values, (value) => (Number.isFinite(value) ? value : null));
}
