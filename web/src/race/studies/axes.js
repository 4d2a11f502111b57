/** A plot on a canvas with named axes, linear or logarithmic: what studies are drawn in. */

import { palette } from "../../toolkit/colours.js";
import { prepareCanvas } from "../../toolkit/dom.js";
import { formatSetting, superscript, ticks } from "../../toolkit/maths.js";
import { typeScale } from "../../toolkit/type-scale.js";

/**
 * @typedef {object} Axis
 * @property {number} low  logarithms where it is logarithmic
 * @property {number} high
 * @property {boolean} log
 * @property {string} label
 *
 * @typedef {object} Plot
 * @property {CanvasRenderingContext2D} context
 * @property {number} left
 * @property {number} top
 * @property {number} width
 * @property {number} height
 * @property {(value: number) => number} px  of a value; beyond the frame it is at the frame
 * @property {(value: number) => number} py
 */

/**
 * The range of values, with a little room; infinite ones count as beyond it.
 * @param {Iterable<number>} values
 * @param {boolean} log
 * @returns {[number, number]}
 */
export function rangeOf(values, log) {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    const at = log ? Math.log10(value) : value;
    if (Number.isFinite(at)) [low, high] = [Math.min(low, at), Math.max(high, at)];
  }
  if (!(low <= high)) return [0, 1];
  const room = 0.04 * (high - low || 1);
  return [low - room, high + room];
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {string} theme
 * @param {Axis} x
 * @param {Axis} y
 * @returns {Plot}
 */
export function plotOn(canvas, theme, x, y) {
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  const context = prepareCanvas(canvas, width, height);
  const colours = palette(theme);
  const scale = typeScale();
  const box = { left: 56 * scale, top: 28 * scale, width: width - 72 * scale, height: height - 72 * scale };
  const along = (/** @type {Axis} */ axis, /** @type {number} */ value) => {
    const at = ((axis.log ? Math.log10(value) : value) - axis.low) / (axis.high - axis.low);
    return Number.isNaN(at) ? NaN : Math.max(0, Math.min(1, at));
  };
  const px = (/** @type {number} */ value) => box.left + box.width * along(x, value);
  const py = (/** @type {number} */ value) => box.top + box.height * (1 - along(y, value));
  context.font = `${12 * scale}px system-ui, sans-serif`;
  context.lineWidth = 1;
  for (const [axis, across] of /** @type {[Axis, boolean][]} */ ([
    [x, true],
    [y, false],
  ])) {
    for (const tick of marks(axis, across ? box.width / (64 * scale) : box.height / (32 * scale))) {
      const value = axis.log ? 10 ** tick : tick;
      const at = Math.round(across ? px(value) : py(value)) + 0.5;
      context.strokeStyle = colours.line;
      context.beginPath();
      if (across) {
        context.moveTo(at, box.top);
        context.lineTo(at, box.top + box.height);
      } else {
        context.moveTo(box.left, at);
        context.lineTo(box.left + box.width, at);
      }
      context.stroke();
      context.fillStyle = colours.ink2;
      context.textAlign = across ? "center" : "right";
      context.textBaseline = across ? "top" : "middle";
      const text = axis.log ? power(tick) : formatSetting(Number(tick.toPrecision(6)));
      if (across) context.fillText(text, at, box.top + box.height + 6 * scale);
      else context.fillText(text, box.left - 6 * scale, at);
    }
  }
  context.fillStyle = colours.ink2;
  context.textAlign = "right";
  context.textBaseline = "bottom";
  context.fillText(x.label, box.left + box.width, height - 2);
  context.textAlign = "left";
  context.textBaseline = "top";
  context.fillText(y.label, 2, 2, width - 4);
  return { context, ...box, px, py };
}

/** @param {Axis} axis @param {number} room @returns {number[]} */
function marks({ low, high, log }, room) {
  const most = Math.max(2, Math.floor(room));
  if (!log) return ticks(low, high, Math.min(8, most));
  const stride = Math.max(1, Math.ceil((high - low) / most));
  const found = [];
  for (let k = Math.ceil(low); k <= high; k++) if (k % stride === 0) found.push(k);
  return found.length > 1 ? found : [low + 0.05 * (high - low), high - 0.05 * (high - low)];
}

/** @param {number} tick */
function power(tick) {
  if (!Number.isInteger(tick)) return formatSetting(Number((10 ** tick).toPrecision(2)));
  return tick >= -2 && tick <= 3 ? formatSetting(10 ** tick) : `10${superscript(tick)}`;
}

/**
 * @param {Plot} plot
 * @param {ArrayLike<number>} xs
 * @param {ArrayLike<number>} ys
 * @param {string} colour
 * @param {{width?: number, dash?: number[]}} [look]
 */
export function strokeLine({ context, px, py }, xs, ys, colour, { width = 2, dash = [] } = {}) {
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.setLineDash(dash);
  context.beginPath();
  for (let i = 0; i < xs.length; i++) {
    const [x, y] = [px(xs[i]), py(ys[i])];
    if (!Number.isNaN(x) && !Number.isNaN(y)) context.lineTo(x, y);
  }
  context.stroke();
  context.setLineDash([]);
}

/**
 * Cells of a grid, row 0 lowest, their edges on whole pixels so that no seam shows between them.
 * @param {Plot} plot
 * @param {number} columns
 * @param {number} rows
 * @param {(index: number) => string} colour
 */
export function fillCells({ context, left, top, width, height }, columns, rows, colour) {
  const edge = (/** @type {number} */ low, /** @type {number} */ size, /** @type {number} */ i, /** @type {number} */ count) =>
    Math.round(low + (size * i) / count);
  for (let j = 0; j < rows; j++) {
    const [up, down] = [edge(top, height, rows - 1 - j, rows), edge(top, height, rows - j, rows)];
    for (let i = 0; i < columns; i++) {
      const [from, to] = [edge(left, width, i, columns), edge(left, width, i + 1, columns)];
      context.fillStyle = colour(j * columns + i);
      context.fillRect(from, up, to - from, down - up);
    }
  }
}

/**
 * What lies between two curves.
 * @param {Plot} plot
 * @param {ArrayLike<number>} xs
 * @param {ArrayLike<number>} low
 * @param {ArrayLike<number>} high
 * @param {string} colour
 */
export function fillBand({ context, px, py }, xs, low, high, colour) {
  context.globalAlpha = 0.18;
  context.fillStyle = colour;
  context.beginPath();
  for (let i = 0; i < xs.length; i++) context.lineTo(px(xs[i]), py(low[i]));
  for (let i = xs.length - 1; i >= 0; i--) context.lineTo(px(xs[i]), py(high[i]));
  context.fill();
  context.globalAlpha = 1;
}

/**
 * @param {Plot} plot
 * @param {number} x
 * @param {number} y
 * @param {string} colour
 * @param {string} rim
 */
export function dot({ context, px, py }, x, y, colour, rim, size = 6) {
  context.beginPath();
  context.arc(px(x), py(y), size, 0, 7);
  context.fillStyle = colour;
  context.strokeStyle = rim;
  context.lineWidth = 2;
  context.fill();
  context.stroke();
}

/**
 * A table of a study's numbers: what a screen reader reads, and everyone to three digits.
 * @param {HTMLTableElement} table
 * @param {string[]} head
 * @param {(string | Node)[][]} rows
 */
export function fillTable(table, head, rows) {
  const cell = (/** @type {"th" | "td"} */ tag, /** @type {string | Node} */ content) => {
    const made = document.createElement(tag);
    made.append(content);
    return made;
  };
  const line = (/** @type {HTMLElement[]} */ cells) => {
    const made = document.createElement("tr");
    made.append(...cells);
    return made;
  };
  const body = rows.map((row) =>
    line(
      row.map((content, i) => {
        const made = cell(i === 0 ? "th" : "td", content);
        if (i === 0) made.setAttribute("scope", "row");
        return made;
      }),
    ),
  );
  const first = line(head.map((words) => cell("th", words)));
  table.replaceChildren(first, ...body);
}
