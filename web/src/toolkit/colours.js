/** The tokens' colours as numbers, for what is painted on a canvas. */

/** @typedef {[number, number, number]} Rgb */

/**
 * @typedef {object} Palette
 * @property {string} key  changes when the theme does
 * @property {Rgb} positive
 * @property {Rgb} negative
 * @property {Rgb} zero
 * @property {Rgb[]} lanes
 * @property {Rgb[]} otherLanes  the same in another lightness
 * @property {Rgb[]} ground  heights, from the lowest to the highest
 * @property {string} paper
 * @property {string} panel
 * @property {string} line
 * @property {string} ink
 * @property {string} ink2
 */

/** @param {string} hex @returns {Rgb} */
function parse(hex) {
  const value = parseInt(hex.trim().slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

/** @type {Palette | null} */
let current = null;

/**
 * @param {string} theme
 * @returns {Palette}
 */
export function palette(theme) {
  if (current?.key === theme) return current;
  const style = getComputedStyle(document.documentElement);
  const token = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
  current = {
    key: theme,
    positive: parse(token("--pos")),
    negative: parse(token("--neg")),
    zero: parse(token("--zero")),
    lanes: Array.from({ length: 8 }, (_, i) => parse(token(`--lane-${i + 1}`))),
    otherLanes: Array.from({ length: 8 }, (_, i) => parse(token(`--lane-${i + 1}-other`))),
    ground: Array.from({ length: 5 }, (_, i) => parse(token(`--ground-${i + 1}`))),
    paper: token("--paper"),
    panel: token("--panel"),
    line: token("--line"),
    ink: token("--ink"),
    ink2: token("--ink-2"),
  };
  return current;
}

/** @type {CanvasRenderingContext2D | null} */
let reader = null;
/** Colours read before. @type {Map<string, Rgb>} */
const read = new Map();

/** Any colour that CSS knows, the system's too, as numbers. @param {string} colour @returns {Rgb} */
export function rgbOf(colour) {
  const known = read.get(colour);
  if (known) return known;
  reader ??= document.createElement("canvas").getContext("2d");
  if (!reader) return [0, 0, 0];
  reader.fillStyle = colour;
  const found = parse(String(reader.fillStyle));
  read.set(colour, found);
  return found;
}

/** @param {Rgb} a @param {Rgb} b @param {number} t @returns {Rgb} */
export function mix(a, b, t) {
  return [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t];
}

/** @param {Rgb} colour */
export function css([r, g, b]) {
  return `rgb(${Math.round(r)} ${Math.round(g)} ${Math.round(b)})`;
}

/**
 * The colour of a signed value: −1 negative, 0 the zero colour, 1 positive.
 * @param {Pick<Palette, "positive" | "negative" | "zero">} colours
 * @param {number} value
 * @returns {Rgb}
 */
export function signed(colours, value) {
  const t = Math.max(-1, Math.min(1, value));
  return t < 0 ? mix(colours.zero, colours.negative, -t) : mix(colours.zero, colours.positive, t);
}

/**
 * The colour of a class: two classes are orange (0) and blue (1), more take the lane palette.
 * @param {Palette} colours
 * @param {number} index
 * @param {number} count
 * @returns {Rgb}
 */
export function classColour(colours, index, count) {
  if (count <= 2) return index === 1 ? colours.positive : colours.negative;
  return colours.lanes[index % colours.lanes.length];
}

/** @param {Rgb} colour */
export function pack([r, g, b]) {
  return (255 << 24) | (Math.round(b) << 16) | (Math.round(g) << 8) | Math.round(r);
}

/** @param {Rgb} colour  relative luminance, 0 to 1, as the contrast rules of WCAG 2 define it */
function luminance([r, g, b]) {
  const linear = (/** @type {number} */ c) => (c <= 10.31475 ? c / 3294.6 : ((c / 255 + 0.055) / 1.055) ** 2.4);
  return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
}

/**
 * Black or white, whichever is easier to read on a ground.
 * @param {Rgb} ground
 */
export function inkOn(ground) {
  const light = luminance(ground);
  return 1.05 / (light + 0.05) > (light + 0.05) / 0.05 ? "#ffffff" : "#000000";
}

/** Tables made before, by what they depend on: most units share one from frame to frame. @type {Map<string, Uint32Array>} */
const tables = new Map();
const MOST_TABLES = 64;

/**
 * What each of the 256 levels of a unit map looks like, given the values the levels stand for.
 * @param {Pick<Palette, "positive" | "negative" | "zero">} colours
 * @param {number} low  value of level 0
 * @param {number} high  value of level 255
 * @param {number} middle  value drawn in the zero colour
 * @param {number} reach  distance from the middle at which a colour is full
 */
export function levels(colours, low, high, middle, reach) {
  const [first, last] = [(low - middle) / (reach || 1), (high - middle) / (reach || 1)];
  const key = [colours.negative, colours.zero, colours.positive, first, last].join();
  const known = tables.get(key);
  if (known) return known;
  const table = new Uint32Array(256);
  for (let level = 0; level < 256; level++) table[level] = pack(signed(colours, first + (level / 255) * (last - first)));
  if (tables.size >= MOST_TABLES) tables.clear();
  tables.set(key, table);
  return table;
}

/**
 * Writes a map of levels into an image's pixels; row 0 of a map is its lowest y, the bottom of the picture.
 * @param {Uint32Array} pixels
 * @param {number} corner  the pixel at the picture's top left
 * @param {number} width  of the image
 * @param {Numbers | Uint8Array} map
 * @param {number} offset  where the map begins
 * @param {number} columns
 * @param {number} rows
 * @param {Uint32Array} table
 */
export function fillLevels(pixels, corner, width, map, offset, columns, rows, table) {
  for (let row = 0; row < rows; row++) {
    const source = offset + row * columns;
    const target = corner + (rows - 1 - row) * width;
    for (let column = 0; column < columns; column++) pixels[target + column] = table[map[source + column]];
  }
}

/**
 * Paints one map of levels on a canvas of its own.
 * @param {HTMLCanvasElement} canvas  resized to the map's own grid
 * @param {Numbers | Uint8Array} map
 * @param {number} offset  where the map begins
 * @param {number} columns
 * @param {number} rows
 * @param {Uint32Array} table
 */
export function paintLevels(canvas, map, offset, columns, rows, table) {
  if (canvas.width !== columns) canvas.width = columns;
  if (canvas.height !== rows) canvas.height = rows;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const image = context.createImageData(columns, rows);
  fillLevels(new Uint32Array(image.data.buffer), 0, columns, map, offset, columns, rows, table);
  context.putImageData(image, 0, 0);
}

/** @import { Numbers } from "../channels.js" */
