/** A small plot on a canvas: a frame with numbered axes, and places for data coordinates in it. */

import { css } from "./colours.js";
import { MINUS, ticks } from "./maths.js";
import { typeScale } from "./type-scale.js";

/**
 * @typedef {Places & {context: CanvasRenderingContext2D}} Frame
 *
 * @typedef {object} Places
 * @property {number} left
 * @property {number} top
 * @property {number} width
 * @property {number} height
 * @property {(x: number) => number} px
 * @property {(y: number) => number} py
 */

const LEFT = 30;
const BOTTOM = 22;

/** The type of a canvas's words: the page's own small size. */
const words = () => `${12 * typeScale()}px system-ui, sans-serif`;

/**
 * The part of a canvas inside its axes.
 * @param {number} width
 * @param {number} height
 */
export function plotArea(width, height) {
  const [left, bottom] = [LEFT * typeScale(), BOTTOM * typeScale()];
  const top = Math.round(6 * typeScale()); // the topmost number is half above the frame
  return { left, top, width: width - left - 5, height: height - bottom - top };
}

/**
 * Where data lie on a plot of this size.
 * @param {number} width
 * @param {number} height
 * @param {[number, number]} xs
 * @param {[number, number]} ys
 * @returns {Places}
 */
export function plotPlaces(width, height, xs, ys) {
  const inner = plotArea(width, height);
  const { left, top } = inner;
  return {
    ...inner,
    px: (x) => left + ((x - xs[0]) / (xs[1] - xs[0])) * inner.width,
    py: (y) => top + inner.height - ((y - ys[0]) / (ys[1] - ys[0])) * inner.height,
  };
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} width
 * @param {number} height
 * @param {[number, number]} xs
 * @param {[number, number]} ys
 * @returns {Frame}
 */
export function plotFrame(context, width, height, xs, ys) {
  return { context, ...plotPlaces(width, height, xs, ys) };
}

/**
 * How many numbers an axis has room for.
 * @param {number} length
 * @param {number} each  in CSS pixels, at the page's own size of type
 */
function most(length, each) {
  return Math.max(3, Math.min(6, Math.floor(length / (each * typeScale()))));
}

/**
 * Numbers along both axes, and hairlines where there is no picture behind.
 * @param {Frame} frame
 * @param {[number, number]} xs
 * @param {[number, number]} ys
 * @param {{ink2: string, line: string}} colours
 * @param {boolean} grid
 */
export function drawAxes({ context, left, top, width, height, px, py }, xs, ys, colours, grid) {
  context.font = words();
  context.fillStyle = colours.ink2;
  context.strokeStyle = colours.line;
  context.lineWidth = 1;
  const write = (/** @type {number} */ value) => String(value).replace("-", MINUS);
  for (const x of ticks(xs[0], xs[1], most(width, 36))) {
    const at = Math.round(px(x)) + 0.5;
    context.textAlign = "center";
    context.textBaseline = "top";
    context.fillText(write(x), at, top + height + 6);
    if (grid) line(context, at, top, at, top + height);
  }
  for (const y of ticks(ys[0], ys[1], most(height, 24))) {
    const at = Math.round(py(y)) + 0.5;
    context.textAlign = "right";
    context.textBaseline = "middle";
    context.fillText(write(y), left - 6, at);
    if (grid) line(context, left, at, left + width, at);
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} x0
 * @param {number} y0
 * @param {number} x1
 * @param {number} y1
 */
function line(context, x0, y0, x1, y1) {
  context.beginPath();
  context.moveTo(x0, y0);
  context.lineTo(x1, y1);
  context.stroke();
}

/**
 * Training points are filled, test points are rings.
 * @param {Frame} frame
 * @param {number} x
 * @param {number} y
 * @param {import("./colours.js").Rgb} colour
 * @param {string} paper
 * @param {boolean} test
 * @param {string} [rim]  around a filled point
 */
export function drawPoint({ context, px, py }, x, y, colour, paper, test, rim = paper) {
  context.beginPath();
  context.arc(px(x), py(y), test ? 2.7 : 3, 0, 7);
  context.fillStyle = test ? paper : css(colour);
  context.strokeStyle = test ? css(colour) : rim;
  context.lineWidth = test ? 1.6 : 1;
  context.fill();
  context.stroke();
}

/**
 * A line in pieces, each from (x, y) to (x, y): faint, so that what is learned stands before it.
 * @param {Frame} frame
 * @param {ArrayLike<number>} pieces  four numbers each
 * @param {string} ink
 */
export function drawPieces({ context, px, py }, pieces, ink) {
  context.save();
  context.globalAlpha = 0.55;
  context.strokeStyle = ink;
  context.lineWidth = 1;
  context.beginPath();
  for (let i = 0; i < pieces.length; i += 4) {
    context.moveTo(px(pieces[i]), py(pieces[i + 1]));
    context.lineTo(px(pieces[i + 2]), py(pieces[i + 3]));
  }
  context.stroke();
  context.restore();
}

/**
 * A round number at least as large: 1, 2 or 5 times a power of ten. Scales made of it stay put while values wander.
 * @param {number} value
 */
export function roundUp(value) {
  if (!(value > 0) || !Number.isFinite(value)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= value * (1 - 1e-9)) ?? 10 * power;
}
