/** What the curvature along a path means, in words: every number in them is in the frame. */

/** @import { FrameOf } from "../../channels.js" */

import { formatCount, formatNumber, toNumber } from "../../toolkit/maths.js";

const size = (/** @type {unknown} */ value) => formatNumber(toNumber(value), 3);

/** @param {FrameOf<"race_curvature">} frame */
export function sharpnessWords({ arrays }) {
  const [largest, felt, limit] = [arrays.largest, arrays.felt, arrays.limit].map(({ data }) => data);
  const last = largest.length - 1;
  if (!Number.isFinite(limit[last]))
    return `λ_max is ${size(largest[last])} here. Its steps are no rate times a gradient: nothing limits it.`;
  const places = Array.from(limit, (_, i) => i).filter((i) => Number.isFinite(limit[i]) && Number.isFinite(felt[i]));
  const beyond = places.filter((i) => felt[i] > limit[i]).length;
  const scaled = felt[last] !== largest[last] ? ", divided by its running squares," : "";
  const above =
    beyond === 0
      ? "It never was above that."
      : `It was above that at ${formatCount(beyond)} of ${formatCount(places.length)} places.`;
  return `λ_max${scaled} is ${size(felt[last])} here; at its rate this optimizer is stable up to ${size(limit[last])}. ${above}`;
}

/** @param {FrameOf<"race_curvature">} frame */
export function partWords({ arrays, meta: { minimum, factors } }) {
  const data = arrays.eigenvalues.data;
  const [flat, steep] = [size(data[data.length - 2]), size(data[data.length - 1])];
  if (!minimum) {
    return `No minimum is known here: the gradient along the Hessian's eigenvectors at each point, λ = ${flat} and ${steep} at the last.`;
  }
  const where = `At the minimum (${size(minimum.x)}, ${size(minimum.y)}) the curvatures are λ = ${flat} and ${steep}.`;
  if (!factors) return `${where} Drawn is how far from it the lane is along each of their directions.`;
  return `${where} On that quadratic an update multiplies the error along them by ${size(factors[0])} and ${size(factors[1])}.`;
}
