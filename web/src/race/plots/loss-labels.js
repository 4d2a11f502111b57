/** Words in the loss curves: what the finish is, and a name at each line's end. None lies over another, whatever their number. */

/** @import { Annotation, Layout } from "../../toolkit/plotly.js" */

import { palette } from "../../toolkit/colours.js";

/**
 * What can be seen of the curves.
 * @typedef {object} Sight
 * @property {number} width  in pixels, as the height
 * @property {number} height
 * @property {[number, number]} x
 * @property {[number, number]} y  logarithms where the axis is one of them
 * @property {boolean} log
 *
 * @typedef {object} End
 * @property {string} name
 * @property {string} colour
 * @property {number} x  of the line's last point
 * @property {number} y
 *
 * @typedef {object} Row
 * @property {number} left  in pixels from the curves' left edge
 * @property {number} right
 * @property {number} at  where its middle is, or would best be: pixels from the lower edge
 */

/** A name at its line's end, and what is left free around words. */
const [BESIDE, AROUND] = [4, 3];
const LONGEST = 16;

/**
 * @param {{value: number, texts: string[]}} finish  the longest text that there is room for is shown
 * @param {End[]} ends
 * @param {Sight} sight
 * @param {string} theme
 * @param {Layout["font"]} font
 * @returns {Annotation[]}
 */
export function lossLabels(finish, ends, sight, theme, font) {
  const { ink, paper } = palette(theme);
  const measured = textMeasure(font);
  const apart = font.size + 3;
  const shared = { xref: "paper", yref: "paper", yanchor: "middle", showarrow: false, font: { color: ink, size: font.size } };
  const line = finishRow(finish, sight, apart, measured);
  const names = ends.flatMap(({ name, colour, x, y }) => {
    const text = `<span style="color:${colour}">●</span> ${clipped(name)}`;
    const left = across(x, sight) + BESIDE;
    const at = upwards(y, sight);
    const seen = Number.isFinite(at) && left >= 0 && left <= sight.width + 2 * BESIDE;
    return seen ? [{ text, left, right: left + measured(`● ${clipped(name)}`), at }] : [];
  });
  return [
    ...(line ? [{ ...shared, x: 1, y: line.at / sight.height, text: line.text, xanchor: "right", bgcolor: paper }] : []),
    ...spread(names, sight.height, apart, line).map(({ text, left, at }) => ({
      ...shared,
      x: left / sight.width,
      y: at / sight.height,
      text,
      xanchor: "left",
    })),
  ];
}

/** @param {Layout["font"]} font @returns {(text: string) => number} */
function textMeasure({ family, size }) {
  const context = document.createElement("canvas").getContext("2d");
  if (!context) return (text) => 0.7 * size * text.length;
  context.font = `${size}px ${family ?? "sans-serif"}`;
  return (text) => context.measureText(text).width + AROUND;
}

/** A name as Plotly's texts show it, without their markup, and short enough for its margin. @param {string} name */
function clipped(name) {
  const plain = name.replace(/[<>&]/g, " ");
  return plain.length > LONGEST ? `${plain.slice(0, LONGEST - 1)}…` : plain;
}

/** @param {number} x @param {Sight} sight */
const across = (x, { width, x: [low, high] }) => ((x - low) / (high - low || 1)) * width;

/** Pixels above the lower edge; what is at the minimum to the last bit is at it. @param {number} y @param {Sight} sight */
function upwards(y, { height, y: [low, high], log }) {
  const value = log ? Math.log10(Math.max(y, 10 ** low)) : y;
  return ((value - low) / (high - low || 1)) * height;
}

/**
 * Where the finish is told, if it is in view and a text has room: at the right edge, beside its line.
 * @param {{value: number, texts: string[]}} finish
 * @param {Sight} sight
 * @param {number} apart
 * @param {(text: string) => number} measured
 * @returns {(Row & {text: string}) | null}
 */
function finishRow({ value, texts }, sight, apart, measured) {
  const line = upwards(value, sight);
  const text = texts.find((each) => measured(each) <= sight.width);
  if (!text || !(line > 0 && line < sight.height) || (sight.log && !(value > 10 ** sight.y[0]))) return null;
  // Below it there are few curves; where there is no room, above.
  const away = apart / 2 + 1;
  const at = line < 0.25 * sight.height ? line + away : line - away;
  return { text, left: sight.width - measured(text), right: sight.width, at };
}

/**
 * Rows moved apart where they would meet, in the order of where they belong, and around what stays where it is; where there is no
 * room for all, the lowest stay.
 * @template {Row} R
 * @param {R[]} rows
 * @param {number} height
 * @param {number} apart  between the middles of two
 * @param {Row | null} fixed
 * @returns {R[]}
 */
export function spread(rows, height, apart, fixed = null) {
  const ordered = rows.map((row) => ({ ...row, at: Math.max(0, Math.min(height, row.at)) })).sort((a, b) => a.at - b.at);
  const meets = (/** @type {Row} */ row) =>
    fixed && row.left < fixed.right && row.right > fixed.left && Math.abs(row.at - fixed.at) < apart - 1e-6 ? fixed : null;
  for (;;) {
    const placed = ordered.map((row) => ({ ...row }));
    let free = 0;
    for (const row of placed) {
      row.at = Math.max(row.at, free);
      const met = meets(row);
      if (met) row.at = row.at < met.at && met.at - apart >= free ? met.at - apart : met.at + apart;
      free = row.at + apart;
    }
    free = height;
    for (const row of placed.reverse()) {
      row.at = Math.min(row.at, free);
      const met = meets(row);
      if (met) row.at = met.at - apart;
      free = row.at - apart;
    }
    if (placed.every(({ at }) => at >= 0)) return placed.reverse();
    ordered.pop();
  }
}
