/** Values over a plane as colours with their bar; written into the cells where they are few and there is room. */

/** @import { ColorBar, Trace } from "../../toolkit/plotly.js" */
/** @import { Heat } from "../slice.js" */
/** @import { Drawn } from "./chart.js" */
/** @import { Look } from "./look.js" */

import { formatExact, formatNumber } from "../../toolkit/maths.js";
import { axisOf, plain, powerText } from "./axes.js";
import { hex, widthOf } from "./look.js";

/**
 * @param {Heat} heat
 * @param {Look} look
 * @param {{width: number, height: number}} size
 * @returns {Drawn}
 */
export function drawnHeat(heat, look, { width, height }) {
  const [rows = 0, columns = 0] = heat.values.shape;
  const cell = (/** @type {number} */ row, /** @type {number} */ column) => heat.values.data[row * columns + column];
  const at = { x: [...(heat.at_x?.data ?? range(columns))], y: [...(heat.at_y?.data ?? range(rows))] };
  const margin = { l: 56 + look.small, r: 8, t: 8, b: 3.4 * look.small };
  const place = { width: Math.max(1, width - margin.l - 6.5 * look.small), height: Math.max(1, height - margin.t - margin.b) };
  const colour = (/** @type {number} */ value) =>
    !Number.isFinite(value) || (heat.log && value <= 0) ? null : heat.log ? Math.log10(value) : value;
  const z = range(rows).map((row) => range(columns).map((column) => colour(cell(row, column))));
  const texts = range(rows).map((row) =>
    range(columns).map((column) => (Number.isFinite(cell(row, column)) ? short(cell(row, column)) : "")),
  );
  const widest = Math.max(0, ...texts.flat().map((text) => widthOf(text, look.small)));
  const fits = widest + 4 < place.width / Math.max(1, columns) && 1.4 * look.small < place.height / Math.max(1, rows);
  const values = /** @type {number[]} */ (z.flat().filter((value) => value !== null));
  const [low, high] = [values.reduce((a, b) => Math.min(a, b), Infinity), values.reduce((a, b) => Math.max(a, b), -Infinity)];
  const signed = heat.signed && low < 0; // of what has no sign half of the bar would say nothing
  const reach = Math.max(Math.abs(low), Math.abs(high)) || 1;
  const [zmin, zmax] = values.length === 0 ? [0, 1] : signed ? [-reach, reach] : spanOf(low, high, heat.log);
  const gaps = Math.min(place.width / columns, place.height / rows) > 14 ? 1 : 0;
  /** @type {Trace} */
  const trace = {
    uid: "heat",
    type: "heatmap",
    x: at.x,
    y: at.y,
    z: /** @type {number[][]} */ (z),
    zmin,
    zmax,
    colorscale: scaleOf(signed, look),
    showscale: true,
    colorbar: barOf(heat, look, [zmin, zmax]),
    text: range(rows).map((row) => range(columns).map((column) => formatExact(cell(row, column)))),
    hovertemplate: `%{text}<extra></extra>`,
    hoverongaps: false,
    xgap: gaps,
    ygap: gaps,
  };
  if (heat.written && fits) {
    trace.text = texts;
    trace.texttemplate = "%{text}";
    trace.textfont = { size: look.small };
  }
  const [x, y] = [
    axisOf(axisTold(heat.x), edges(at.x, heat.x), place.width, look, true),
    axisOf(axisTold(heat.y), edges(at.y, heat.y), place.height, look, false),
  ];
  if (heat.y.labels.length > 0) y.range?.reverse();
  return {
    traces: [trace],
    layout: {
      font: { family: "system-ui, sans-serif", size: look.small, color: look.ink },
      margin,
      width,
      height,
      template: {},
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: look.line,
      showlegend: false,
      hovermode: "closest",
      hoverlabel: { bgcolor: look.panel, bordercolor: look.line, font: { size: look.small, color: look.ink } },
      uirevision: `${heat.name}.${rows}.${columns}`,
      xaxis: { ...x, showgrid: false },
      yaxis: { ...y, showgrid: false },
    },
  };
}

/** From 0 where that is near. @param {number} low @param {number} high @param {boolean} log @returns {[number, number]} */
function spanOf(low, high, log) {
  if (low === high) return log || low <= 0 ? [low - 0.5, high + 0.5] : [0, high];
  return !log && low > 0 && low < 0.3 * high ? [0, high] : [low, high];
}

/** @param {number} count */
const range = (count) => Array.from({ length: count }, (_, i) => i);

/** A heat's axis has the range of its cells. @param {Heat["x"]} axis */
const axisTold = (axis) => ({ ...axis, range: null });

/** From the first cell's edge to the last's. @param {number[]} at @param {Heat["x"]} axis @returns {[number, number]} */
function edges(at, { scale, labels }) {
  if (labels.length > 0) return [-0.5, labels.length - 0.5];
  if (at.length === 0) return [0, 1];
  const log = scale === "log" && at.every((value) => value > 0);
  const to = (/** @type {number} */ value) => (log ? Math.log10(value) : value);
  const back = (/** @type {number} */ value) => (log ? 10 ** value : value);
  const last = at.length - 1;
  const half = (/** @type {number} */ a, /** @type {number} */ b) => (last === 0 ? 0.5 : (to(at[b]) - to(at[a])) / 2);
  return [back(to(at[0]) - half(0, Math.min(1, last))), back(to(at[last]) + half(Math.max(0, last - 1), last))];
}

/** Blue is positive, orange negative, and what is next to nothing is paper. @param {boolean} signed @param {Look} look @returns {[number, string][]} */
function scaleOf(signed, { colours }) {
  if (signed)
    return [
      [0, hex(colours.negative)],
      [0.5, hex(colours.zero)],
      [1, hex(colours.positive)],
    ];
  return [
    [0, hex(colours.zero)],
    [1, hex(colours.positive)],
  ];
}

/** @param {Heat} heat @param {Look} look @param {[number, number]} ends @returns {ColorBar} */
function barOf({ measure, log }, look, [low, high]) {
  const font = { size: look.small, color: look.ink2 };
  /** @type {Partial<ColorBar>} */
  const ticks = {};
  if (log) {
    const powers = range(40)
      .map((k) => Math.ceil(low) + k)
      .filter((power) => power <= high);
    const stride = Math.max(1, Math.ceil(powers.length / 6));
    const some = powers.filter((_, i) => i % stride === 0);
    const vals = some.length >= 2 ? some : [low, (low + high) / 2, high];
    ticks.tickvals = vals;
    ticks.ticktext = vals.map((power) => (Number.isInteger(power) ? powerText(power) : formatNumber(10 ** power, 2)));
  }
  return {
    title: { text: plain(measure), side: widthOf(measure, look.small) < 6 * look.small ? "top" : "right", font },
    thickness: look.small,
    len: 1,
    outlinewidth: 0,
    tickfont: font,
    xpad: 8,
    ...ticks,
  };
}

/** @param {number} value */
const short = (value) =>
  Number.isInteger(value) && Math.abs(value) < 1e5 ? String(value).replace("-", "−") : formatNumber(value, 3, 1e-3);
