/** How figures look: tokens of the theme, sizes of type, a line's dash and a point's shape. */

/** @import { Palette } from "../../toolkit/colours.js" */

import { palette } from "../../toolkit/colours.js";
import { typeScale } from "../../toolkit/type-scale.js";

/**
 * @typedef {object} Look
 * @property {string} ink
 * @property {string} ink2
 * @property {string} line
 * @property {string} panel
 * @property {Palette} colours
 * @property {number} small  size of type (px)
 * @property {number} medium
 * @property {boolean} still  nothing can be moved in it: on a touch screen the page scrolls
 */

/** @param {string} theme @param {number} [scale] @returns {Look} */
export function lookOf(theme, scale = typeScale()) {
  const colours = palette(theme);
  const { ink, ink2, line, panel } = colours;
  return {
    ink,
    ink2,
    line,
    panel,
    colours,
    small: 12 * scale,
    medium: 14 * scale,
    still: matchMedia("(pointer: coarse)").matches,
  };
}

const DASHES = ["solid", "8px,4px", "2px,3px", "12px,3px,2px,3px", "5px,2px", "1px,4px", "14px,4px", "8px,2px,2px,2px,2px,2px"];
const SYMBOLS = ["circle", "square", "diamond", "triangle-up", "cross", "x", "triangle-down", "star"];
const PATTERNS = ["", "/", ".", "x", "-", "\\", "+", "|"];

/** A line's dash: that of its own, or where lines are told apart by it, by their order. @param {boolean} dashed @param {number} order @param {boolean} apart */
export const dashOf = (dashed, order, apart) => (dashed ? "6px,4px" : apart ? DASHES[order % DASHES.length] : "solid");

/** @param {number} order */
export const symbolOf = (order) => SYMBOLS[order % SYMBOLS.length];

/** Of a bar, beside its colour. @param {number} order */
export const patternOf = (order) => PATTERNS[order % PATTERNS.length];

/** A colour as Plotly reads it everywhere. @param {import("../../toolkit/colours.js").Rgb} rgb */
export const hex = (rgb) => `#${rgb.map((part) => Math.round(part).toString(16).padStart(2, "0")).join("")}`;

/** @param {number | null} colour  a lane's @param {Look} look */
export function colourOf(colour, { colours, ink }) {
  if (colour === null) return ink;
  const lanes = colour >= 8 ? colours.otherLanes : colours.lanes;
  return hex(lanes[((colour % 8) + 8) % 8]);
}

/** A colour that lets through what is behind it. @param {string} colour  as a token or `hex` writes it @param {number} opacity */
export function thin(colour, opacity) {
  const value = parseInt(colour.slice(1), 16);
  return `rgba(${(value >> 16) & 255},${(value >> 8) & 255},${value & 255},${opacity})`;
}

/** @type {CanvasRenderingContext2D | null} */
let ruler = null;

/** @param {string} words @param {number} size */
export function widthOf(words, size) {
  ruler ??= document.createElement("canvas").getContext("2d");
  if (!ruler) return words.length * size * 0.6;
  ruler.font = `${size}px system-ui, sans-serif`;
  return ruler.measureText(words).width;
}
