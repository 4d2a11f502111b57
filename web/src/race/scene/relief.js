/** The ground's heights, in the box: how high it is at a place, how steep, and what it hides. */

/** @import { Box } from "./box.js" */
/** @import { Point } from "./matrices.js" */

import { sum } from "./matrices.js";

/** How finely a line of sight is followed, and how much it may graze the ground. */
const STEP = 0.015;
const GRAZE = 0.01;

export class Relief {
  /**
   * @param {Box} box
   * @param {number} columns
   * @param {number} rows
   * @param {ArrayLike<number>} level  row by row, NaN where there is no ground
   */
  constructor(box, columns, rows, level) {
    this.box = box;
    this.columns = columns;
    this.rows = rows;
    this.level = level;
    const [w, d] = box.half;
    this.across = Float32Array.from({ length: columns }, (_, i) => ((2 * i) / (columns - 1) - 1) * w);
    this.up = Float32Array.from({ length: rows }, (_, i) => ((2 * i) / (rows - 1) - 1) * d);
    this.heights = Float32Array.from(level, (each) => (Number.isFinite(each) ? box.up(each) : NaN));
  }

  /** How much it rises along one axis at a point of the grid, between its neighbours or from it to the one that is known. @param {number} column @param {number} row @param {0 | 1} axis */
  slope(column, row, axis) {
    const { columns, rows, heights, across, up } = this;
    const here = row * columns + column;
    const [by, at, count, places] = axis === 0 ? [1, column, columns, across] : [columns, row, rows, up];
    const before = at > 0 && Number.isFinite(heights[here - by]) ? 1 : 0;
    const after = at + 1 < count && Number.isFinite(heights[here + by]) ? 1 : 0;
    const run = places[at + after] - places[at - before];
    return run > 0 ? (heights[here + by * after] - heights[here - by * before]) / run : 0;
  }

  /** How high the ground is, between the grid's points as it is drawn; NaN where there is none. @param {number} x @param {number} y */
  at(x, y) {
    const { columns, rows, heights } = this;
    const [w, d] = this.box.half;
    const [across, up] = [((x / w + 1) / 2) * (columns - 1), ((y / d + 1) / 2) * (rows - 1)];
    if (!(across >= 0 && up >= 0 && across <= columns - 1 && up <= rows - 1)) return NaN;
    const [column, row] = [Math.min(columns - 2, Math.floor(across)), Math.min(rows - 2, Math.floor(up))];
    const [s, t] = [across - column, up - row];
    const first = row * columns + column;
    const [b, c] = [heights[first + 1], heights[first + columns]];
    // Every cell is two triangles, split along the diagonal from its second corner to its third.
    if (s + t <= 1) {
      const a = heights[first];
      return a + s * (b - a) + t * (c - a);
    }
    const e = heights[first + columns + 1];
    return e + (1 - s) * (c - e) + (1 - t) * (b - e);
  }

  /** Where a line of sight meets the ground first. @param {Point} eye @param {Point} way @returns {Point | null} */
  met(eye, way) {
    const place = (/** @type {number} */ gone) => sum([1, eye], [gone, way]);
    const above = (/** @type {number} */ gone) => {
      const [x, y, z] = place(gone);
      return z - this.at(x, y);
    };
    if (way[2] >= 0) return null;
    // From where it comes down into the box to where it leaves it.
    const [first, last] = [Math.max(0, (this.box.height - eye[2]) / way[2]), -eye[2] / way[2]];
    const stride = STEP / Math.hypot(...way);
    for (let gone = first; gone <= last; gone += stride) {
      if (!(above(gone) <= 0)) continue;
      let [before, after] = [gone - stride, gone];
      if (!(above(before) > 0)) return null; // through a wall, from the side
      for (let halved = 0; halved < 24; halved++) {
        const middle = (before + after) / 2;
        if (above(middle) > 0) before = middle;
        else after = middle;
      }
      return place(after);
    }
    return null;
  }

  /** Whether the ground lies between a place and the eye. @param {Point} place @param {Point} eye */
  hides([x, y, z], eye) {
    const way = [eye[0] - x, eye[1] - y, eye[2] - z];
    const length = Math.hypot(...way);
    for (let gone = STEP; gone < length; gone += STEP) {
      const share = gone / length;
      const height = z + share * way[2];
      if (height > this.box.height) return false;
      if (this.at(x + share * way[0], y + share * way[1]) > height + GRAZE) return true;
    }
    return false;
  }
}

/**
 * The same heights with fewer points: every second, third … of them, so that both edges stay.
 * @param {{columns: number, rows: number, level: ArrayLike<number>}} grid
 * @param {number} most  along a side
 */
export function thinned({ columns, rows, level }, most) {
  let stride = 1;
  while ((columns - 1) / stride >= most || (rows - 1) / stride >= most) stride++;
  if ((columns - 1) % stride || (rows - 1) % stride) stride = 1;
  const [across, up] = [(columns - 1) / stride + 1, (rows - 1) / stride + 1];
  const found = Float64Array.from({ length: across * up }, (_, i) => {
    const [column, row] = [i % across, Math.floor(i / across)];
    return level[row * stride * columns + column * stride];
  });
  return { columns: across, rows: up, level: found };
}
