/**
 * Where each unit of a network is drawn. Pure geometry; a layer wider than it can be drawn is folded: its first units,
 * then a strip.
 */

/** @import { RunInfo } from "../../types.js" */

import { typeScale } from "../../toolkit/type-scale.js";

/** Layers up to this width are drawn whole. */
export const WIDEST = 12;
/** Units of a folded layer that are still drawn. */
const FIRST = 6;
const TOP = 64;
const BOTTOM = 64;
const LARGEST = 52;
const PITCH = 84;

/**
 * @typedef {object} Box
 * @property {number} x  left
 * @property {number} y  top
 * @property {number} width
 * @property {number} height
 *
 * @typedef {Box & {layer: number, unit: number}} UnitBox  `unit` is 0-based
 *
 * @typedef {object} LayerLayout
 * @property {number} layer  0 is the input
 * @property {number} units
 * @property {number} x  the middle of its column
 * @property {string} activation  empty for the input
 * @property {UnitBox[]} shown
 * @property {Box | null} strip  where the rest of a folded layer is drawn
 * @property {boolean} picture  the input is one picture
 *
 * @typedef {object} Layout
 * @property {number} width
 * @property {number} height
 * @property {number} size  side of a unit
 * @property {LayerLayout[]} layers
 */

/**
 * @param {RunInfo} run
 * @param {number} width
 * @param {number} height
 * @param {{above: number, below: number}} room  that other things take above and below the units
 * @returns {Layout}
 */
export function layoutNetwork(run, width, height, room = { above: 0, below: 0 }) {
  const narrow = width < 560;
  const named = run.inputs.some((name) => name.length > 6);
  const left = run.image_shape ? 72 : (narrow ? 44 : 68) + (named ? (narrow ? 56 : 78) : 12);
  const answers = Math.max(0, ...(run.outputs.length > 1 ? run.classes.map((name) => Math.min(name.length, 12)) : []));
  const right = Math.max(narrow ? 36 : 48, 34 * typeScale()) + Math.max(narrow ? 4 : 24, answers * 7);
  const counts = [run.inputs.length, ...run.layers.map((layer) => layer.units)];
  const top = TOP + room.above;
  const area = Math.max(120, height - top - BOTTOM - room.below);
  const gap = (width - left - right) / Math.max(1, counts.length - 1);
  const folded = counts.map((count, layer) => count > WIDEST && !(layer === 0 && run.image_shape));
  const pitches = counts.map((count, layer) =>
    Math.min(PITCH, (folded[layer] ? area * 0.52 : area) / (folded[layer] ? FIRST : count)),
  );
  const size = Math.max(
    10,
    Math.min(LARGEST, gap * 0.55, Math.min(...pitches.filter((_, layer) => !(layer === 0 && run.image_shape))) - 6),
  );
  const layers = counts.map((count, layer) => {
    const x = left + layer * gap;
    const activation = layer === 0 ? "" : run.layers[layer - 1].activation;
    const last = layer === counts.length - 1;
    if (layer === 0 && run.image_shape) return picture(run.image_shape, x, top + area / 2, count);
    const column = { layer, units: count, x, activation, picture: false };
    if (!folded[layer]) {
      const side = last && count === 1 ? Math.min(size * 1.25, LARGEST * 1.25) : size;
      return { ...column, shown: stack(layer, count, x, top + area / 2, pitches[layer], side), strip: null };
    }
    const middle = top + (area * 0.52) / 2;
    const box = { x: x - size / 2, y: top + area * 0.62, width: size, height: area * 0.38 };
    return { ...column, shown: stack(layer, FIRST, x, middle, pitches[layer], size), strip: box };
  });
  return { width, height, size, layers };
}

/**
 * @param {number} layer
 * @param {number} count
 * @param {number} x
 * @param {number} middle
 * @param {number} pitch
 * @param {number} size
 * @returns {UnitBox[]}
 */
function stack(layer, count, x, middle, pitch, size) {
  const first = middle - ((count - 1) * pitch) / 2;
  return Array.from({ length: count }, (_, unit) => ({
    layer,
    unit,
    x: x - size / 2,
    y: first + unit * pitch - size / 2,
    width: size,
    height: size,
  }));
}

/**
 * @param {[number, number]} shape
 * @param {number} x
 * @param {number} middle
 * @param {number} count
 * @returns {LayerLayout}
 */
function picture([rows, columns], x, middle, count) {
  const cell = 72 / Math.max(rows, columns);
  const [width, height] = [cell * columns, cell * rows];
  const box = { layer: 0, unit: 0, x: x - width / 2, y: middle - height / 2, width, height };
  return { layer: 0, units: count, x, activation: "", shown: [box], strip: null, picture: true };
}

/**
 * The curve from one unit's right side to another's left, level at both ends.
 * @param {Box} from
 * @param {Box} to
 */
export function curve(from, to) {
  const { x0, y0, x1, y1 } = ends(from, to);
  const bend = (x1 - x0) / 2;
  const [start, first, second, end] = [
    [x0, y0],
    [x0 + bend, y0],
    [x1 - bend, y1],
    [x1, y1],
  ].map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`);
  return `M${start}C${first} ${second} ${end}`;
}

/** @param {Box} from @param {Box} to */
function ends(from, to) {
  return { x0: from.x + from.width, y0: from.y + from.height / 2, x1: to.x, y1: to.y + to.height / 2 };
}

/**
 * The height of that curve above a point of its span; null outside it.
 * With both handles in the middle, x and y run along the same cubic, so x is solved by halving.
 * @param {Box} from
 * @param {Box} to
 * @param {number} x
 */
export function heightAt(from, to, x) {
  const { x0, y0, x1, y1 } = ends(from, to);
  if (x < x0 || x > x1) return null;
  let [low, high] = [0, 1];
  for (let i = 0; i < 20; i++) {
    const t = (low + high) / 2;
    const reached = 3 * (1 - t) ** 2 * t * 0.5 + 3 * (1 - t) * t ** 2 * 0.5 + t ** 3;
    if (reached < (x - x0) / (x1 - x0)) low = t;
    else high = t;
  }
  const t = (low + high) / 2;
  return y0 + (y1 - y0) * (3 * (1 - t) * t ** 2 + t ** 3);
}

/** @param {Box} box @param {number} x @param {number} y */
export function inside(box, x, y) {
  return x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height;
}
