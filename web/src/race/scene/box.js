/** The box that the picture fills, and where data lie in it: x and y keep their proportions, as far as that leaves a box. */

/** @import { Point } from "./matrices.js" */

/** @typedef {[number, number]} Range */

/** The longer side goes from −1 to 1; height is measured from 0. */
const HEIGHT = 0.65;
const SHORTEST = 0.5;
/** How far beyond the box, in its own sizes, paths are drawn still. */
const BEYOND = 0.25;

export class Box {
  /** @type {[number, number]} */
  half;

  /** @param {Range} xs @param {Range} ys @param {Range} zs */
  constructor(xs, ys, zs) {
    const [across, up] = [xs[1] - xs[0], ys[1] - ys[0]];
    const longest = Math.max(across, up);
    this.xs = xs;
    this.ys = ys;
    this.zs = zs;
    this.half = [Math.max(SHORTEST, across / longest), Math.max(SHORTEST, up / longest)];
  }

  /** @param {number} x @param {number} y @param {number} z @returns {Point} */
  place(x, y, z) {
    const [w, d] = this.half;
    return [(2 * share(x, this.xs) - 1) * w, (2 * share(y, this.ys) - 1) * d, this.up(z)];
  }

  /** What lies at a place: x and y. @param {Point} place @returns {[number, number]} */
  below([x, y]) {
    const [w, d] = this.half;
    const at = (/** @type {number} */ part, /** @type {Range} */ [low, high]) => low + ((part + 1) / 2) * (high - low);
    return [at(x / w, this.xs), at(y / d, this.ys)];
  }

  /** @param {number} z */
  up(z) {
    return share(z, this.zs) * HEIGHT;
  }

  /** None where the ground is flat. */
  get height() {
    return this.zs[1] > this.zs[0] ? HEIGHT : 0;
  }

  /** Whether a place is near enough to be drawn. @param {Point} place */
  reaches([x, y, z]) {
    const [w, d] = this.half;
    const far = 1 + BEYOND;
    return Math.abs(x) <= far * w && Math.abs(y) <= far * d && z >= -BEYOND * HEIGHT && z <= far * HEIGHT;
  }

  /** @returns {Point[]} */
  get corners() {
    const [w, d] = this.half;
    return [0, this.height].flatMap((z) =>
      [-1, 1].flatMap((i) => [-1, 1].map((k) => /** @type {Point} */ ([i * w, k * d, z]))),
    );
  }
}

/** @param {number} value @param {Range} range */
function share(value, [low, high]) {
  return high > low ? (value - low) / (high - low) : 0;
}
