/** The lanes' trajectories on the plane, as the channel `network_ways` has them. */

/** @import { FrameOf } from "../../channels.js" */

const COLUMNS = /** @type {const} */ (["a", "b", "off", "residual", "true_loss", "slice_loss"]);

/**
 * @typedef {object} Trajectory  A lane's points on the plane.
 * @property {number} id
 * @property {number | null} diverged
 * @property {number[]} steps
 * @property {Record<(typeof COLUMNS)[number], number[]>} columns
 */

/** The trajectories as a frame has them, one after the other. @param {FrameOf<"network_ways">} frame @returns {Trajectory[]} */
export function trajectoriesOf(frame) {
  let first = 0;
  return frame.meta.lanes.map(({ id, count, diverged }) => {
    const part = (/** @type {string} */ name) => Array.from(frame.arrays[name].data.subarray(first, first + count));
    const columns = /** @type {Trajectory["columns"]} */ (Object.fromEntries(COLUMNS.map((name) => [name, part(name)])));
    const steps = part("steps");
    first += count;
    return { id, diverged, steps, columns };
  });
}
