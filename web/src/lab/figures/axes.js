/** Axes of a figure: their ends, and the numbers or names along them. */

/** @import { Axis, Font } from "../../toolkit/plotly.js" */
/** @import { AxisTold } from "../slice.js" */
/** @import { Look } from "./look.js" */

import { logTicks } from "../../toolkit/log-ticks.js";
import { formatNumber, superscript } from "../../toolkit/maths.js";
import { widthOf } from "./look.js";

/** Of the range that is shown, beyond what is in it. */
const ROOM = 0.04;

/**
 * The ends of what is to be seen, as numbers of the axis.
 * @param {AxisTold} axis
 * @param {Iterable<number | null>} values
 * @param {boolean} [grounded]  bars stand on it
 * @returns {[number, number]}
 */
export function endsOf({ scale, range, labels }, values, grounded = false) {
  if (labels.length > 0) return [-0.5, labels.length - 0.5];
  const log = scale === "log";
  const fits = (/** @type {number | null} */ value) => value !== null && Number.isFinite(value) && (!log || value > 0);
  if (range && range.every(fits) && range[1] > range[0]) return range;
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) if (value !== null && fits(value)) [low, high] = [Math.min(low, value), Math.max(high, value)];
  if (!(low <= high)) return log ? [1, 10] : [0, 1];
  if (log) {
    const room = ROOM * Math.max(0.5, Math.log10(high / low));
    return [low / 10 ** (grounded ? Math.max(room, 0.3) : room), high * 10 ** room];
  }
  if (grounded) [low, high] = [Math.min(low, 0), Math.max(high, 0)];
  const room = ROOM * (high - low || Math.abs(high) || 1);
  return [grounded && low === 0 ? 0 : low - room, grounded && high === 0 ? 0 : high + room];
}

/**
 * @param {AxisTold} told
 * @param {[number, number]} ends
 * @param {number} length  of the axis (px)
 * @param {Look} look
 * @param {boolean} across
 * @returns {Axis}
 */
export function axisOf(told, ends, length, look, across) {
  const { title, unit, scale, labels } = told;
  const log = scale === "log" && labels.length === 0;
  /** @type {Font} */
  const font = { size: look.small, color: look.ink2 };
  const room = Math.max(2, Math.floor(length / (look.small * (across ? 4.5 : 3))));
  return {
    type: log ? "log" : "linear",
    title: {
      text: plain(broken(unit ? `${title} (${unit})` : title, length, look.small)).replace("\n", "<br>"),
      font,
      standoff: across ? 6 : 8,
    },
    tickfont: font,
    nticks: Math.min(across ? 8 : 7, room),
    range: log ? ends.map(Math.log10) : ends,
    gridcolor: look.line,
    linecolor: look.ink2,
    showline: true,
    showgrid: labels.length === 0,
    zeroline: false,
    ticks: "",
    automargin: true,
    fixedrange: look.still,
    ...(labels.length > 0 ? named(labels, length, look, across) : log ? decades(ends, Math.min(room, 8)) : {}),
  };
}

/** A logarithmic axis: powers of ten in full, or raised. @param {[number, number]} ends @param {number} count @returns {Partial<Axis>} */
function decades([low, high], count) {
  const ticks = logTicks(low, high, count);
  if (typeof ticks?.dtick !== "number") return ticks ?? {};
  const first = Math.ceil(Math.log10(low) - 1e-9);
  const powers = Array.from({ length: 60 }, (_, i) => first + i).filter((power) => power <= Math.log10(high) + 1e-9);
  const stride = ticks.dtick;
  const shown = powers.filter((power) => power % stride === 0);
  const some = shown.length > 1 ? shown : powers;
  return { tickmode: "array", tickvals: some.map((power) => 10 ** power), ticktext: some.map(powerText) };
}

/** @param {number} power  a whole number */
export const powerText = (power) => (power < -3 || power > 4 ? `10${superscript(power)}` : formatNumber(10 ** power, 1, 1e-3));

/** Words on two lines where one is longer than the axis. @param {string} words @param {number} length @param {number} size */
function broken(words, length, size) {
  if (widthOf(words, size) <= length + size) return words;
  const spaces = [...words].flatMap((letter, i) => (letter === " " ? [i] : []));
  const middle = words.length / 2;
  const at = spaces.sort((a, b) => Math.abs(a - middle) - Math.abs(b - middle))[0];
  return at === undefined ? words : `${words.slice(0, at)}\n${words.slice(at + 1)}`;
}

/** Names in place of numbers; of many as many as there is room for. @param {string[]} labels @param {number} length @param {Look} look @param {boolean} across @returns {Partial<Axis>} */
function named(labels, length, look, across) {
  const longest = Math.max(...labels.map((label) => label.length)) * look.small * 0.55 + 8;
  const each = length / labels.length;
  const leans = across && longest > each;
  const stride = Math.max(1, Math.ceil((leans || !across ? look.small * 1.4 : longest) / each));
  const shown = labels.map((_, i) => i).filter((i) => i % stride === 0);
  return {
    tickmode: "array",
    tickvals: shown,
    ticktext: shown.map((i) => plain(labels[i])),
    tickangle: leans ? -35 : 0,
  };
}

/** Words as Plotly shows them: its markup is no part of them. @param {string} words */
export const plain = (words) => words.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
