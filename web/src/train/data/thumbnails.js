/** A picture of each data set for the gallery: its preview, or a drawn sign where a sample has more than two columns. */

/** @import { DatasetRow } from "../../types.js" */

import { classColour, css, palette, signed } from "../../toolkit/colours.js";
import { h, prepareCanvas, s } from "../../toolkit/dom.js";

const SIZE = 40;
const MARGIN = 4;

/** A handwritten three in eight rows of eight, for pictures. */
const THREE = ["00111100", "01100110", "00000110", "00011100", "00000110", "00000110", "01100110", "00111100"];

/**
 * @param {DatasetRow} row
 * @param {string} theme
 * @returns {Element}
 */
export function thumbnail(row, theme) {
  if (row.kind === "image") return imageSign();
  if (row.kind === "table" || !row.preview) return tableSign(row.title);
  return scatter(row, theme);
}

/** @param {DatasetRow} row @param {string} theme */
function scatter(row, theme) {
  const colours = palette(theme);
  const canvas = h("canvas", { width: SIZE, height: SIZE, class: "thumb" });
  const context = prepareCanvas(canvas, SIZE, SIZE);
  const { x, y } = /** @type {import("../../catalog.js").Preview} */ (row.preview);
  const targets = y.map((value) => (Array.isArray(value) ? value[0] : value));
  const points = row.kind === "line" ? x.map((value, i) => [value[0], targets[i]]) : x.map((value) => [value[0], value[1]]);
  const [left, right] = range(points.map((point) => point[0]));
  const [low, high] = range(points.map((point) => point[1]));
  const reach = Math.max(...targets.map(Math.abs)) || 1;
  const place = (/** @type {number} */ value, /** @type {number} */ from, /** @type {number} */ to) =>
    MARGIN + ((value - from) / (to - from || 1)) * (SIZE - 2 * MARGIN);
  points.forEach(([px, py], i) => {
    const colour =
      row.task === "classification"
        ? classColour(colours, targets[i], row.classes.length)
        : signed(colours, targets[i] / reach);
    context.fillStyle = css(row.kind === "line" ? colours.positive : colour);
    context.beginPath();
    context.arc(place(px, left, right), SIZE - place(py, low, high), 1.5, 0, 7);
    context.fill();
  });
  return canvas;
}

/** @param {number[]} values @returns {[number, number]} */
function range(values) {
  return [Math.min(...values), Math.max(...values)];
}

function imageSign() {
  const sign = s("svg", { viewBox: "0 0 40 40", width: SIZE, height: SIZE, class: "sign", "aria-hidden": "true" });
  THREE.forEach((line, row) => {
    [...line].forEach((bit, column) => {
      if (bit === "1") sign.append(s("rect", { x: 4 + column * 4, y: 4 + row * 4, width: 4, height: 4, fill: "currentColor" }));
    });
  });
  return sign;
}

/**
 * A table with its initial: pictures of flowers and bottles would only pretend to show the data.
 * @param {string} title
 */
function tableSign(title) {
  return s(
    "svg",
    { viewBox: "0 0 40 40", width: SIZE, height: SIZE, class: "sign", "aria-hidden": "true" },
    s("path", {
      d: "M6 8h28M6 16h28M6 24h28M6 32h28M6 8v24M20 8v24M34 8v24",
      stroke: "currentColor",
      "stroke-opacity": 0.3,
      fill: "none",
    }),
    s("rect", { x: 10, y: 9, width: 20, height: 22, class: "sign-back" }),
    s("text", { x: 20, y: 26, "text-anchor": "middle", class: "sign-word" }, title.charAt(0).toUpperCase()),
  );
}
