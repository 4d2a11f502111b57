/** Where points are on their way from one stop to the next, as shares of the picture. */

/** @import { Chart, Figure } from "../../slice.js" */

/**
 * @typedef {object} Place  a stop of the engine's, in shares of its own frame
 * @property {string} title
 * @property {Chart} chart
 * @property {Float64Array[]} points  of each series x, y, x, y, …
 */

/** The engine's pictures of the stops: all figures after the first. @param {Figure[]} figures @returns {Chart[]} */
export const stopsOf = (figures) => /** @type {Chart[]} */ (figures.slice(1).filter(({ kind }) => kind === "chart"));

/** The parts that move: the grid, where there is one, and the groups of points; a border stands at its own stop alone. @param {Chart} chart @param {number} moving @returns {Place} */
export function placeOf(chart, moving) {
  const [[x0, x1], [y0, y1]] = [chart.x.range ?? [0, 1], chart.y.range ?? [0, 1]];
  const points = chart.series.slice(0, moving).map(({ x, y }) => {
    const found = new Float64Array(2 * x.data.length);
    for (let i = 0; i < x.data.length; i++) {
      found[2 * i] = (x.data[i] - x0) / (x1 - x0);
      found[2 * i + 1] = (y.data[i] - y0) / (y1 - y0);
    }
    return found;
  });
  return { title: chart.title, chart, points };
}

/**
 * On the straight way from one stop to another: at 0 and 1 exactly where the engine has them, in between only a motion.
 * @param {Float64Array[]} from @param {Float64Array[]} to @param {number} share
 */
export function between(from, to, share) {
  if (share <= 0) return from;
  if (share >= 1) return to;
  return to.map((ends, i) => ends.map((end, j) => (1 - share) * from[i][j] + share * end));
}

/** Gently off and gently in. @param {number} t */
export const eased = (t) => t * t * (3 - 2 * t);
