/** Heights of a sketch as parts of its paper, and back. */

/** @param {number} part */
export const within = (part) => Math.max(0, Math.min(1, part));

/** @param {number} low @param {number} high @param {boolean} log */
export function scaleOf(low, high, log) {
  const [from, to] = log ? [Math.log10(low), Math.log10(high)] : [low, high];
  return {
    /** @param {number} part */
    heightAt: (part) => {
      const found = from + part * (to - from);
      return log ? 10 ** found : found;
    },
    /** @param {number} height */
    partOf: (height) => ((log ? Math.log10(height) : height) - from) / (to - from),
  };
}
