/** The ground of a race from above, as Plotly's contours. */

/** @import { NamedArray } from "../../channels.js" */
/** @import { Trace } from "../../toolkit/plotly.js" */
/** @import { Levels } from "../channels.js" */

/**
 * @param {Trace} base  as the server has laid it out
 * @param {Record<string, NamedArray>} arrays  `x`, `y`, and `level` row by row
 * @param {Levels} levels
 * @returns {Trace}
 */
export function contourTrace(base, { x, y, level }, { start, end, size }) {
  const side = x.data.length;
  const rows = Array.from(y.data, (_, i) => level.data.subarray(i * side, (i + 1) * side));
  return { ...base, x: x.data, y: y.data, z: rows, autocontour: false, contours: { ...base.contours, start, end, size } };
}
