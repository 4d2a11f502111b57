/** The numbers of a logarithmic axis: decades where at least two of them are in view, else 1-2-5, each written in full. */

/** @import { Layout, Trace } from "./plotly.js" */
/** @typedef {Partial<Layout["yaxis"]>} Ticks */

import { formatNumber } from "./maths.js";

const ONE_TWO_FIVE = [1, 2, 5];
const ALL = [1, 2, 3, 4, 5, 6, 7, 8, 9];
/** Beyond these a number is written with a power of ten. */
const [SMALL, LARGE] = [1e-4, 1e6];
/** Of an axis about a single value, in decades. */
const HALF = 0.5;

/** @param {number} low @param {number} high @param {number[]} digits */
function between(low, high, digits) {
  const first = Math.floor(Math.log10(low)) - 1;
  const values = [0, 1, 2].flatMap((more) => digits.map((digit) => Number(`${digit}e${first + more}`)));
  return values.filter((value) => value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9));
}

/** These numbers and no others, to so many digits. @param {number[]} values @param {number} digits @returns {Ticks} */
function only(values, digits) {
  return { tickmode: "array", tickvals: values, ticktext: values.map((value) => formatNumber(value, digits, SMALL)) };
}

/**
 * How Plotly is to number such an axis: what the ends of it show, and as many numbers as there is room for.
 * @param {number} low  above 0
 * @param {number} high
 * @param {number} count
 * @returns {Ticks | null}  null where nothing can be shown
 */
export function logTicks(low, high, count) {
  if (!(low > 0) || !(high >= low) || !Number.isFinite(high)) return null;
  const decades = Math.floor(Math.log10(high) + 1e-9) - Math.ceil(Math.log10(low) - 1e-9);
  if (decades >= 1) return { tickmode: "linear", tick0: 0, dtick: Math.ceil((decades + 1) / Math.max(2, count)) };
  const plain = low >= SMALL && high < LARGE;
  for (const [digits, dtick] of /** @type {const} */ ([
    [ONE_TWO_FIVE, "D2"],
    [ALL, "D1"],
  ])) {
    const values = between(low, high, digits);
    if (values.length >= 2) return plain ? { tickmode: "linear", tick0: 0, dtick, tickformat: "~g" } : only(values, 1);
  }
  // Next to nothing changes: three digits tell the ends apart; beside a power of ten there is room for two.
  const digits = plain ? 3 : 2;
  const ends = [...new Set([low, high].map((value) => Number(value.toPrecision(digits))))];
  return plain ? { tickmode: "array", tickvals: ends, ticktext: ends.map(String) } : only(ends, digits);
}

/**
 * A figure's layout with its logarithmic y axis numbered for what the traces show.
 * @param {Layout} layout
 * @param {Trace[]} traces
 * @returns {Layout}
 */
export function withLogTicks(layout, traces) {
  if (layout.yaxis.type !== "log") return layout;
  let [low, high] = [Infinity, 0];
  for (const { y, visible } of traces) {
    if (visible === false) continue;
    for (const value of y ?? []) {
      if (value === null || !(value > 0) || !Number.isFinite(value)) continue;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  const ticks = logTicks(low, high, layout.yaxis.nticks);
  if (!ticks) return layout;
  // Of a single value Plotly makes an axis without a length, and puts what stands at it below.
  const middle = Math.log10(low);
  const range = high === low ? { range: [middle - HALF, middle + HALF], autorange: false } : {};
  return { ...layout, yaxis: { ...layout.yaxis, ...ticks, ...range } };
}
