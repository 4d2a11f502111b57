/** A line of points along the present branch, put together from the step ranges that travel. */

/** @import { SeriesData } from "../types.js" */

export class SeriesStore {
  #run = -1;
  #length = 0;
  /** @type {Record<string, Float64Array>} */
  #columns = {};

  /**
   * Drops the points from `meta.from` on and appends the frame's.
   * @param {import("../channels.js").FrameOf<"series" | "batch_losses">} frame
   * @returns {SeriesData | null}  null where points are missing before the frame's first
   */
  apply(frame) {
    if (frame.run !== this.#run) {
      this.#run = frame.run;
      this.#length = 0;
      this.#columns = {};
    }
    const from = frame.meta.from;
    if (from > this.#length) return null;
    const added = Object.values(frame.arrays)[0]?.data.length ?? 0;
    for (const [name, { data }] of Object.entries(frame.arrays)) {
      const column = this.#reserve(name, from + added);
      column.set(data, from);
    }
    this.#length = from + added;
    /** @type {Record<string, Float64Array>} */
    const columns = {};
    for (const name of Object.keys(frame.arrays)) columns[name] = this.#columns[name].subarray(0, this.#length);
    return { run: frame.run, length: this.#length, columns };
  }

  /**
   * Grows by doubling, so that a long run does not copy its past at every frame.
   * @param {string} name
   * @param {number} length
   */
  #reserve(name, length) {
    const present = this.#columns[name];
    if (present && present.length >= length) return present;
    const grown = new Float64Array(Math.max(256, 2 ** Math.ceil(Math.log2(length))));
    if (present) grown.set(present.subarray(0, Math.min(this.#length, length)));
    this.#columns[name] = grown;
    return grown;
  }
}
