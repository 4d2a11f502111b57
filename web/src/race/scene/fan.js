/** One lane's paths from many starts, as they lie on the ground: as far as the race stands. */

/** @import { Box } from "./box.js" */
/** @import { Point } from "./matrices.js" */
/** @import { Relief } from "./relief.js" */

/**
 * @typedef {object} Many
 * @property {ArrayLike<number>} points  x and y of each path's kept points, path by path
 * @property {number} paths
 * @property {number} kept  points of each
 * @property {number} end  how many of them are drawn
 * @property {string} colour
 *
 * @typedef {{points: Float32Array, count: number, starts: Point[]}} Drawn
 */

export class Fan {
  /** @type {unknown[]} */
  #of = [];
  /** @type {Drawn | null} */
  #drawn = null;

  /** @param {Many} many @param {Box} box @param {Relief} relief @returns {Drawn} */
  of({ points, paths, kept, end }, box, relief) {
    const of = [points, end, box, relief];
    if (this.#drawn && of.every((each, i) => each === this.#of[i])) return this.#drawn;
    this.#of = of;
    const found = new Float32Array(4 * paths * end);
    /** @type {Point[]} */
    const starts = [];
    let count = 0;
    for (let path = 0; path < paths; path++) {
      let lifted = true;
      for (let i = 0; i < end; i++) {
        const at = 2 * (path * kept + i);
        const [x, y] = box.place(points[at], points[at + 1], 0);
        const z = relief.at(x, y);
        // Off the ground there is nothing that it lies on.
        if (z === z) {
          found.set([x, y, z, lifted ? -1 : 0], 4 * count++);
          if (i === 0) starts.push([x, y, z]);
        }
        lifted = z !== z;
      }
    }
    return (this.#drawn = { points: found, count, starts });
  }
}
