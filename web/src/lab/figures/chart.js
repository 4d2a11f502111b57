/** A chart as Plotly draws it: lines, points, bars and steps, with bands or whiskers, and lines across at what is marked. */

/** @import { Layout, Shape, Trace } from "../../toolkit/plotly.js" */
/** @import { Chart } from "../slice.js" */
/** @import { Look } from "./look.js" */
/** @import { Place } from "./names.js" */

import { axisOf, endsOf, plain } from "./axes.js";
import { colourOf, dashOf, patternOf, symbolOf, thin } from "./look.js";
import { markWords, namesAtEnds, wordsAbove } from "./names.js";

/** @typedef {Chart["series"][number]} Series */

const STEADY = ".4~g";

/**
 * @typedef {object} Drawn
 * @property {Trace[]} traces
 * @property {Layout} layout
 */

/**
 * @param {Chart} chart
 * @param {Look} look
 * @param {{width: number, height: number}} size
 * @param {boolean} legend  names are in a legend, and told apart by dashes
 * @returns {Drawn}
 */
export function drawnChart(chart, look, { width, height }, legend) {
  const { series, stacked, marks } = chart;
  const bars = series.some(({ kind }) => kind === "bars");
  const [x, y] = [endsOf(chart.x, valuesOf(chart, "x")), endsOf(chart.y, valuesOf(chart, "y"), bars)];
  const log = { x: isLog(chart.x), y: isLog(chart.y) };
  if (bars && chart.x.labels.length === 0 && !log.x) widen(x, series);
  const names = legend ? { annotations: [], room: 0 } : namesAtEnds(chart, look, height);
  const [l, r] = [56 + look.small, Math.max(16, names.room)];
  const across = { x, y, log, left: l, right: r - 4, width: Math.max(1, width - l - r), height: 1 };
  const above = wordsAbove(marks, across, look);
  const rows = Math.max(0, ...above.map(({ row }) => row + 1));
  const margin = { l, r, t: 8 + (rows + (marks.length > above.length ? 0.8 : 0)) * 1.4 * look.small, b: 3.4 * look.small };
  /** @type {Place} */
  const place = { ...across, height: Math.max(1, height - margin.t - margin.b) };
  return {
    traces: series.flatMap((one, i) => tracesOf(one, i, look, log.y, y[0], legend)),
    layout: {
      font: { family: "system-ui, sans-serif", size: look.small, color: look.ink },
      margin,
      width,
      height,
      template: {},
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      showlegend: false,
      hovermode: bars || series.some(({ kind }) => kind === "points") ? "closest" : "x unified",
      hoverlabel: { bgcolor: look.panel, bordercolor: look.line, font: { size: look.small, color: look.ink } },
      barmode: stacked ? "stack" : "group",
      bargap: 0.25,
      uirevision: `${chart.name}.${x}.${y}`,
      xaxis: axisOf(chart.x, x, place.width, look, true),
      yaxis: axisOf(chart.y, y, place.height, look, false),
      annotations: [...names.annotations, ...markWords(marks, above, place, look)],
      shapes: marks.map((mark) => lineOf(mark, look)),
    },
  };
}

/** @param {Chart["x"]} axis */
export const isLog = ({ scale, labels }) => scale === "log" && labels.length === 0;

/** All that is to be in view along an axis. @param {Chart} chart @param {"x" | "y"} axis @returns {Iterable<number>} */
function* valuesOf({ series, marks, stacked }, axis) {
  for (const mark of marks) if (mark.axis === axis) yield mark.at;
  /** @type {Map<number, number>} */
  const heights = new Map();
  for (const { x, y, low, high, kind } of series) {
    if (axis === "x") yield* x.data;
    else {
      yield* y.data;
      if (low) yield* low.data;
      if (high) yield* high.data;
      if (stacked && kind === "bars") x.data.forEach((at, i) => heights.set(at, (heights.get(at) ?? 0) + (y.data[i] || 0)));
    }
  }
  yield* heights.values();
}

/** Bars have a width, also the first and the last. @param {[number, number]} ends @param {Series[]} series */
function widen(ends, series) {
  const at = [...new Set(series.flatMap(({ x }) => [...x.data]))].sort((a, b) => a - b);
  const gaps = at.slice(1).map((each, i) => each - at[i]);
  const half = (gaps.length > 0 ? Math.min(...gaps) : 1) / 2;
  if (at.length === 0) return;
  ends[0] = Math.min(ends[0], at[0] - half);
  ends[1] = Math.max(ends[1], at[at.length - 1] + half);
}

/** @param {Series} one @param {number} order @param {Look} look @param {boolean} log @param {number} floor @param {boolean} legend @returns {Trace[]} */
function tracesOf(one, order, look, log, floor, legend) {
  const { name, kind, dashed, low, high } = one;
  const colour = colourOf(one.colour, look);
  const [x, y] = [[...one.x.data], pointsOf(one.y.data, log)];
  const base = { uid: `series-${order}`, name: plain(name), x, y, showlegend: false };
  const hovertemplate = `%{y:${STEADY}}<extra>${plain(name)}</extra>`;
  if (kind === "bars") {
    const pattern = { shape: legend ? patternOf(order) : "", fgcolor: look.panel, size: 6, fillmode: "overlay" };
    const whiskers = low && high ? { error_y: whiskersOf(one, look.ink) } : {};
    return [{ ...base, type: "bar", marker: { color: colour, pattern, line: { width: 0 } }, hovertemplate, ...whiskers }];
  }
  const line = { color: colour, width: 2, dash: dashOf(dashed, order, legend), shape: kind === "steps" ? "hv" : "linear" };
  const mode = kind === "points" ? "markers" : kind === "line+points" ? "lines+markers" : "lines";
  const marker = {
    size: kind === "points" ? 7 : 6,
    color: dashed ? look.panel : colour,
    symbol: symbolOf(order),
    line: { width: dashed ? 1.5 : 0, color: colour },
  };
  const alone = x.length === 1 && kind === "line"; // one point is no line yet
  const main = { ...base, type: "scatter", mode: alone ? "markers" : mode, line, marker, connectgaps: false, hovertemplate };
  if (!low || !high) return [main];
  if (kind === "points") return [{ ...main, error_y: whiskersOf(one, colour) }];
  return [...bandsOf(one, order, thin(colour, 0.18), log, floor), main];
}

/** What lies between two lines, in pieces where there are gaps. @param {Series} one @param {number} order @param {string} fillcolor @param {boolean} log @param {number} floor @returns {Trace[]} */
function bandsOf({ x, low, high }, order, fillcolor, log, floor) {
  /** @type {number[][]} */
  const pieces = [[]];
  for (let i = 0; i < x.data.length; i++) {
    const there = Number.isFinite(low?.data[i]) && Number.isFinite(high?.data[i]) && (!log || Number(high?.data[i]) > 0);
    if (there) pieces[pieces.length - 1].push(i);
    else if (pieces[pieces.length - 1].length > 0) pieces.push([]);
  }
  const bottom = (/** @type {number} */ i) => {
    const value = Number(low?.data[i]);
    return log && value <= 0 ? floor : value;
  };
  return pieces
    .filter((piece) => piece.length > 0)
    .map((piece, number) => ({
      uid: `band-${order}-${number}`,
      type: "scatter",
      mode: "lines",
      x: [...piece, ...[...piece].reverse()].map((i) => x.data[i]),
      y: [...piece.map((i) => Number(high?.data[i])), ...[...piece].reverse().map(bottom)],
      line: { width: 0, color: fillcolor },
      fill: "toself",
      fillcolor,
      hoverinfo: "skip",
      showlegend: false,
    }));
}

/** @param {Series} one @param {string} color @returns {import("../../toolkit/plotly.js").ErrorBars} */
function whiskersOf({ y, low, high }, color) {
  const away = (/** @type {import("../slice.js").Chart["series"][number]["low"]} */ end) =>
    [...y.data].map((value, i) => finite(Math.abs(Number(end?.data[i]) - value)));
  return { type: "data", symmetric: false, array: away(high), arrayminus: away(low), color, thickness: 1.5, width: 4 };
}

/** @param {number} value */
const finite = (value) => (Number.isFinite(value) ? value : null);

/** What cannot be drawn is a gap. @param {Iterable<number>} values @param {boolean} log */
function pointsOf(values, log) {
  return [...values].map((value) => (Number.isFinite(value) && (!log || value > 0) ? value : null));
}

/** A shape's place is a value also on a logarithmic axis, unlike an annotation's. @param {Chart["marks"][number]} mark @param {Look} look @returns {Shape} */
function lineOf({ axis, at }, look) {
  const line = { width: 1, dash: "dot", color: look.ink };
  return axis === "x"
    ? { type: "line", xref: "x", yref: "paper", x0: at, x1: at, y0: 0, y1: 1, line }
    : { type: "line", xref: "paper", yref: "y", x0: 0, x1: 1, y0: at, y1: at, line };
}
