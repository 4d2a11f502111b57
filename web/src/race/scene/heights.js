/** The height that is drawn: log₁₀ of what lies above the least, or the loss itself; and the numbers along its axis. */

/** @import { Heights } from "../channels.js" */
/** @import { Range } from "./box.js" */

import { formatNumber, formatSetting, superscript, ticks } from "../../toolkit/maths.js";

/** Powers of ten from here to there are written out. */
const PLAIN = [-3, 4];

/** @param {Heights} meta @returns {(loss: number) => number} */
export function heightOf({ colour, least, floor }) {
  return (loss) => (colour === "linear" ? loss : Math.log10(Math.max(0, loss - least) + floor));
}

/** What is measured along the axis. @param {Heights} meta @param {string} name  of the loss */
export function heightTitle({ colour, least }, name) {
  return colour === "linear" || least === 0 ? name : `${name} above ${formatNumber(least, 3)}`;
}

/**
 * Round numbers along the axis, with the height of each: on a logarithmic one powers of ten, or 1, 2 and 5 of them where
 * fewer than two are in view.
 * @param {Heights} meta
 * @param {Range} range  of heights
 * @param {number} count  at most
 * @returns {{height: number, text: string}[]}
 */
export function heightTicks(meta, [low, high], count) {
  if (!(high > low)) return [];
  if (meta.colour === "linear") return ticks(low, high, count).map((value) => ({ height: value, text: formatSetting(value) }));
  const up = heightOf({ ...meta, least: 0 });
  const at = (/** @type {number} */ value, /** @type {string} */ text) => ({ height: up(value), text });
  const first = Math.ceil(Math.max(low, Math.log10(meta.floor)) - 1e-9);
  const last = Math.floor(high + 1e-9);
  const stride = Math.max(1, Math.ceil((last - first + 1) / count));
  if (last - first >= 1) {
    const powers = Array.from({ length: Math.floor((last - first) / stride) + 1 }, (_, i) => last - i * stride);
    return powers.map((power) => at(10 ** power, powerOfTen(power)));
  }
  const found = [first - 1, first, first + 1].flatMap((power) => [1, 2, 5].map((digit) => Number(`${digit}e${power}`)));
  return found
    .map((value) => at(value, formatSetting(value)))
    .filter(({ height }) => height >= low && height <= high)
    .slice(-count);
}

/** @param {number} power */
function powerOfTen(power) {
  return power >= PLAIN[0] && power <= PLAIN[1] ? formatSetting(Number(`1e${power}`)) : `10${superscript(power)}`;
}
