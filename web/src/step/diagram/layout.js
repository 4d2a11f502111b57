/** Where the units of the network stand. Pure geometry. A wide layer is folded. */

/** @import { RunInfo } from "../../types.js" */

import { fold } from "../micro/fold.js";

const TOP = 60;
const BOTTOM = 40;
/** A unit is wide enough for a number of four characters and a sign, or for a digit with its power of ten. */
const WIDTH = 58;
const LEAST_GAP = 70;
/** Between two layers there is room for numbers on the edges where they are at least as far apart, and no more than so many. */
const LABELLED_GAP = 124;
const LABELLED = 12;
/** A number stands above its line, as thick as that may be. */
const ABOVE = 10;
const LEAST_PITCH = 28;

/**
 * @typedef {{layer: number, unit: number, x: number, y: number}} Node  by its middle
 * @typedef {{layer: number, units: number, x: number, nodes: Node[], gaps: number[], bottom: number, folded: boolean}} Column
 * @typedef {object} Layout
 * @property {number} width
 * @property {number} height
 * @property {number} nodeWidth
 * @property {number} nodeHeight
 * @property {boolean} beneath  whether there is room for a second number under a unit
 * @property {boolean[]} labelled  by layer whether numbers fit on the edges into it
 * @property {Column[]} columns
 */

/**
 * @param {RunInfo} run
 * @param {number} width
 * @param {number} height
 * @param {number} scale  of type
 * @param {(number | undefined)[][]} wanted  by layer the units that are always shown
 * @param {boolean} skips  there is to be room for them above
 * @returns {Layout}
 */
export function layoutStep(run, width, height, scale, wanted, skips) {
  const counts = [run.inputs.length, ...run.layers.map(({ units }) => units)];
  const top = (TOP + (skips ? 24 : 0)) * scale;
  const area = Math.max(120, height - top - BOTTOM * scale);
  const slots = Math.max(3, Math.min(12, Math.floor(area / (LEAST_PITCH * scale))));
  const shown = counts.map((count, layer) => fold(count, count > slots ? slots - 1 : slots, ...wanted[layer]));
  const most = Math.max(...shown.map((each) => each.length));
  const pitch = Math.min(104 * scale, area / most);
  const round = pitch >= (WIDTH + 22) * scale;
  const nodeWidth = WIDTH * scale;
  const nodeHeight = (round ? WIDTH : Math.min(26, LEAST_PITCH - 4)) * scale;
  const margin = nodeWidth / 2 + 8;
  const gap = Math.max(LEAST_GAP * scale, (width - 2 * margin - 8) / Math.max(1, counts.length - 1));
  const columns = counts.map((units, layer) => {
    const x = margin + 4 + layer * gap;
    const own = shown[layer];
    const step = Math.min(104 * scale, area / Math.max(own.length, most * 0.6));
    const first = top + area / 2 - ((own.length - 1) * step) / 2;
    const at = (/** @type {number} */ i) => first + i * step;
    const nodes = own.flatMap((unit, i) => (unit < 0 ? [] : [{ layer, unit, x, y: at(i) }]));
    const gaps = own.flatMap((unit, i) => (unit < 0 ? [at(i)] : []));
    return { layer, units, x, nodes, gaps, bottom: at(own.length - 1), folded: gaps.length > 0 };
  });
  return {
    width: Math.max(width, 2 * margin + 8 + gap * (counts.length - 1)),
    height,
    nodeWidth,
    nodeHeight,
    beneath: pitch >= nodeHeight + 18 * scale,
    labelled: counts.map(
      (_, layer) => layer > 0 && gap >= LABELLED_GAP * scale && shown[layer].length * shown[layer - 1].length <= LABELLED,
    ),
    columns,
  };
}

/** @param {Node} from @param {Node} to @param {number} nodeWidth */
export function curve(from, to, nodeWidth) {
  const [x0, x1] = [from.x + nodeWidth / 2, to.x - nodeWidth / 2];
  const bend = (x1 - x0) / 2;
  return `M${x0.toFixed(1)} ${from.y.toFixed(1)}C${(x0 + bend).toFixed(1)} ${from.y.toFixed(1)} ${(x1 - bend).toFixed(1)} ${to.y.toFixed(1)} ${x1.toFixed(1)} ${to.y.toFixed(1)}`;
}

/** Where a number stands on such a curve: near its beginning, where those from one unit have spread apart. @param {Node} from @param {Node} to @param {number} nodeWidth */
export function labelAt(from, to, nodeWidth) {
  const [x0, x1] = [from.x + nodeWidth / 2, to.x - nodeWidth / 2];
  const x = x0 + 0.36 * (x1 - x0);
  return { x, y: (heightAt(from, to, nodeWidth, x) ?? from.y) - ABOVE };
}

/** The height of such a curve at x; null outside it. @param {Node} from @param {Node} to @param {number} nodeWidth @param {number} x */
export function heightAt(from, to, nodeWidth, x) {
  const [x0, x1] = [from.x + nodeWidth / 2, to.x - nodeWidth / 2];
  if (x < x0 || x > x1) return null;
  // x and y run along the same cubic, so x is solved by halving.
  let [low, high] = [0, 1];
  for (let i = 0; i < 16; i++) {
    const t = (low + high) / 2;
    if (3 * (1 - t) ** 2 * t * 0.5 + 3 * (1 - t) * t ** 2 * 0.5 + t ** 3 < (x - x0) / (x1 - x0)) low = t;
    else high = t;
  }
  const t = (low + high) / 2;
  return from.y + (to.y - from.y) * (3 * (1 - t) * t ** 2 + t ** 3);
}
