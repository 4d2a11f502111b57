/** The lanes' losses as curves: what both races draw them on, and how a lane's curve looks. */

/** @import { Trace } from "../../toolkit/plotly.js" */
/** @import { AppState } from "../../types.js" */
/** @import { Lane } from "../types.js" */

import { h } from "../../toolkit/dom.js";
import { Redrawn } from "../../toolkit/plot.js";
import { colourOf, isDashed } from "../lanes/lanes.js";

/** @param {string} testid */
export function lossPlot(testid) {
  const place = h("div", { class: "race-plot", role: "img", aria: { label: "Loss of every lane" }, data: { testid } });
  const stage = h("div", { class: "race-loss-stage" }, place);
  /** @type {AppState | null} */
  let last = null;
  return {
    place,
    stage,
    figure: new Redrawn(place),
    /** Drawn anew where its place has changed its size, too. @param {(state: AppState) => void} draw */
    drawn(draw) {
      new ResizeObserver(() => last && draw(last)).observe(stage);
      return (/** @type {AppState} */ state) => {
        last = state;
        draw(state);
      };
    },
  };
}

/**
 * @param {Trace} base  as the server has laid it out
 * @param {Lane} lane
 * @param {string} theme
 * @param {Pick<Trace, "name" | "x" | "y">} points
 * @returns {Trace}
 */
export function laneTrace(base, lane, theme, points) {
  const line = { ...base.line, color: colourOf(lane, theme), dash: isDashed(lane) ? "dash" : "solid" };
  return { ...base, uid: `lane-${lane.id}`, ...points, line };
}
