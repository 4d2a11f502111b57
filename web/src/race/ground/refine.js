/**
 * Heights between those of a grid. Twice as many a side, by the cubic through the four nearest: the floor of a narrow valley, which
 * straight lines between the grid's own heights would cut into pools, stays whole.
 */

/** @import { Numbers } from "../../channels.js" */

/**
 * @typedef {object} Grid  Heights, row by row.
 * @property {Numbers} heights
 * @property {number} columns
 * @property {number} rows
 */

/** @param {Grid} grid @returns {Grid} */
export function refined({ heights, columns, rows }) {
  const [across, up] = [2 * columns - 1, 2 * rows - 1];
  const fine = new Float64Array(across * up);
  for (let row = 0; row < rows; row++) {
    const [from, to] = [row * columns, 2 * row * across];
    fine[to] = heights[from];
    for (let i = 0; i + 1 < columns; i++) {
      const at = from + i;
      fine[to + 2 * i + 2] = heights[at + 1];
      const inner = i > 0 && i + 2 < columns;
      fine[to + 2 * i + 1] = half(inner ? heights[at - 1] : NaN, heights[at], heights[at + 1], inner ? heights[at + 2] : NaN);
    }
  }
  // Row by row, as they lie in memory.
  for (let row = 0; row + 1 < rows; row++) {
    const inner = row > 0 && row + 2 < rows;
    const from = 2 * row * across;
    for (let at = from; at < from + across; at++) {
      const next = at + 2 * across;
      fine[at + across] = half(
        inner ? fine[at - 2 * across] : NaN,
        fine[at],
        fine[next],
        inner ? fine[next + 2 * across] : NaN,
      );
    }
  }
  return { heights: fine, columns: across, rows: up };
}

/** What lies half way between two of four neighbours; at the ends of a line, and beside what is no number, the mean. @param {number} a @param {number} b @param {number} c @param {number} d */
function half(a, b, c, d) {
  const cubic = (9 * (b + c) - a - d) / 16;
  return cubic - cubic === 0 ? cubic : (b + c) / 2;
}
