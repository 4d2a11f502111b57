/** The lanes' trails, put together from the step ranges that travel. */

/** @import { Trail, Trails } from "../types.js" */

export class TrailStore {
  #race = -1;
  #version = 0;
  /** @type {Map<number, Trail>} */
  #lanes = new Map();

  /**
   * @param {import("../../channels.js").FrameOf<"race_trails">} frame
   * @returns {Trails | null}  null where points are missing before a range's first
   */
  apply(frame) {
    if (frame.run !== this.#race) {
      this.#race = frame.run;
      this.#lanes.clear();
      this.#version++;
    }
    const points = frame.arrays.points.data;
    const losses = frame.arrays.losses.data;
    const parts = frame.meta.lanes;
    let offset = 0;
    for (const { id, from, count, diverged } of parts) {
      let trail = this.#lanes.get(id);
      if (!trail || from === 0) {
        if (from > 0) return null;
        if (trail) this.#version++;
        trail = { points: new Float64Array(0), losses: new Float64Array(0), length: 0, diverged };
        this.#lanes.set(id, trail);
      }
      if (from > trail.length) return null;
      reserve(trail, from + count);
      trail.points.set(points.subarray(2 * offset, 2 * (offset + count)), 2 * from);
      trail.losses.set(losses.subarray(offset, offset + count), from);
      trail.length = from + count;
      trail.diverged = diverged;
      offset += count;
    }
    for (const id of this.#lanes.keys()) {
      if (parts.some((part) => part.id === id)) continue;
      this.#lanes.delete(id);
      this.#version++;
    }
    return {
      race: this.#race,
      step: frame.step,
      surface: frame.meta.surface,
      version: this.#version,
      lanes: this.#lanes,
      order: parts.map(({ id }) => id),
      gradients: /** @type {Float64Array} */ (frame.arrays.gradients.data),
      next: /** @type {Float64Array} */ (frame.arrays.next.data),
    };
  }
}

/**
 * Grows by doubling, so that a long race does not copy its past at every frame.
 * @param {Trail} trail
 * @param {number} length
 */
function reserve(trail, length) {
  if (trail.losses.length >= length) return;
  const room = Math.max(256, 2 ** Math.ceil(Math.log2(length)));
  const [points, losses] = [new Float64Array(2 * room), new Float64Array(room)];
  points.set(trail.points.subarray(0, 2 * trail.length));
  losses.set(trail.losses.subarray(0, trail.length));
  trail.points = points;
  trail.losses = losses;
}

/**
 * How many points of a trail lie at or before a step.
 * @param {Trail} trail
 * @param {number} step
 */
export function lengthAt(trail, step) {
  return Math.min(trail.length, step + 1);
}
