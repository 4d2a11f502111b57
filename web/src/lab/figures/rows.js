/** One row of an array that has several: what a figure shows at a step. */

/** @import { NamedArray } from "../../channels.js" */
/** @import { Chart } from "../slice.js" */

/** @param {NamedArray | undefined} array  its last axis is the row's @param {number} row @returns {NamedArray} */
export function rowOf(array, row) {
  const length = array?.shape.at(-1) ?? 0;
  return { data: array ? array.data.slice(row * length, (row + 1) * length) : new Float64Array(0), shape: [length] };
}

/** A chart with another title and other heights. @param {Chart} chart @param {string} title @param {NamedArray[]} ys @returns {Chart} */
export const withRows = (chart, title, ys) => ({
  ...chart,
  title,
  series: chart.series.map((one, i) => ({ ...one, y: ys[i] ?? one.y })),
});
