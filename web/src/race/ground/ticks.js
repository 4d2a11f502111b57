/** The numbers of an axis: 1, 2 or 5 times a power of ten apart, each written in full. */

import { formatSetting } from "../../toolkit/maths.js";

/**
 * @param {[number, number]} range
 * @param {number} most
 * @returns {{value: number, text: string}[]}
 */
export function ticksOf([low, high], most) {
  const least = (high - low) / Math.max(1, most);
  const power = 10 ** Math.floor(Math.log10(least));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= least * (1 - 1e-9)) ?? 10 * power;
  const found = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; i++) {
    const value = Number((i * step).toPrecision(12));
    found.push({ value, text: formatSetting(value === 0 ? 0 : value) });
  }
  return found;
}
