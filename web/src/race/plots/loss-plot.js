/** The lanes' losses as curves: what both races draw them on, and how a lane's curve looks. */

/** @import { Annotation, Config, Layout, PlotlyApi, PlotlyPlace, Trace } from "../../toolkit/plotly.js" */
/** @import { AppState } from "../../types.js" */
/** @import { Lane } from "../types.js" */
/** @import { Sight } from "./loss-labels.js" */

import { palette } from "../../toolkit/colours.js";
import { h } from "../../toolkit/dom.js";
import { Redrawn } from "../../toolkit/plot.js";
import { colourOf } from "../lanes/lanes.js";
import { lookOf } from "../lanes/looks.js";

/** @param {string} testid */
export function lossPlot(testid) {
  const place = h("div", { class: "race-plot", role: "img", aria: { label: "Loss of every lane" }, data: { testid } });
  const stage = h("div", { class: "race-loss-stage" }, place);
  const figure = new Redrawn(place);
  /** @type {AppState | null} */
  let last = null;
  /** What somebody has moved the axes to, which Plotly keeps. @type {Ranges | null} */
  let moved = null;
  /** @type {((plotly: PlotlyApi) => Promise<void>) | null} */
  let again = null;
  return {
    place,
    stage,
    figure,
    /** Drawn anew where its place has changed its size, too. @param {(state: AppState) => void} draw */
    drawn(draw) {
      new ResizeObserver(() => last && draw(last)).observe(stage);
      return (/** @type {AppState} */ state) => {
        last = state;
        draw(state);
      };
    },
    paint,
  };

  /**
   * Curves, and the words that go with what is in view of them.
   * @param {PlotlyApi} plotly
   * @param {Trace[]} traces
   * @param {Layout} layout  with the ranges that are asked for
   * @param {Config} config
   * @param {(sight: Sight) => Annotation[]} wordsOf
   */
  async function paint(plotly, traces, layout, config, wordsOf) {
    const asked = rangesOf(layout);
    const first = moved ?? asked;
    const drawnFor = (/** @type {Ranges} */ ranges) =>
      plotly.react(place, traces, { ...layout, annotations: wordsOf(sightOf(layout, ranges)) }, config);
    await drawnFor(first);
    const plot = /** @type {PlotlyPlace} */ (/** @type {HTMLElement} */ (place));
    const now = rangesOf(plot.layout);
    moved = String(now) === String(asked) ? null : now;
    if (String(now) !== String(first)) await drawnFor(now);
    if (!again) plot.on("plotly_relayout", () => again && figure.later(again));
    again = (/** @type {PlotlyApi} */ given) => paint(given, traces, layout, config, wordsOf);
  }
}

/** @typedef {[[number, number], [number, number]]} Ranges  of x and of y */

/** @param {Layout} layout @returns {Ranges} */
function rangesOf({ xaxis, yaxis }) {
  const ends = (/** @type {number[] | undefined} */ range) =>
    /** @type {[number, number]} */ ([range?.[0] ?? 0, range?.[1] ?? 1]);
  return [ends(xaxis.range), ends(yaxis.range)];
}

/** @param {Layout} layout @param {Ranges} ranges @returns {Sight} */
function sightOf({ width = 0, height = 0, margin: { l, r, t, b }, yaxis }, [x, y]) {
  return { width: Math.max(1, width - l - r), height: Math.max(1, height - t - b), x, y, log: yaxis.type === "log" };
}

/**
 * @param {Trace} base  as the server has laid it out
 * @param {Lane} lane
 * @param {string} theme
 * @param {Pick<Trace, "name" | "x" | "y">} points
 * @returns {Trace}
 */
export function laneTrace(base, lane, theme, points) {
  const line = { ...base.line, color: colourOf(lane, theme), dash: lookOf(lane).dash };
  return { ...base, uid: `lane-${lane.id}`, ...points, line };
}

/**
 * A dot where a lane arrives.
 * @param {Lane} lane
 * @param {string} theme
 * @param {number} x
 * @param {number} y
 * @param {boolean} stays
 * @returns {Trace}
 */
export function arrivalDot(lane, theme, x, y, stays) {
  const [colour, { paper }] = [colourOf(lane, theme), palette(theme)];
  const line = { width: 1.5, color: stays ? paper : colour };
  return {
    uid: `arrival-${lane.id}-${stays}`,
    type: "scatter",
    mode: "markers",
    x: [x],
    y: [y],
    marker: { size: stays ? 9 : 7, color: stays ? colour : paper, line },
    hovertemplate: "<extra></extra>",
  };
}
