/** What is shown of a wide layer or a large matrix: the first, the one that is looked at, and how many are left out. */

/** Wider than this is folded. */
export const WIDEST = 12;

/**
 * Indices to show; −1 stands for those left out.
 * @param {number} count
 * @param {number} room  how many there is place for, the sign for those left out not counted
 * @param {(number | undefined)[]} wanted  always shown
 * @returns {number[]}
 */
export function fold(count, room, ...wanted) {
  const most = Math.max(2, Math.min(room, WIDEST));
  if (count <= most) return Array.from({ length: count }, (_, i) => i);
  const extra = [...new Set(wanted)].filter((each) => each !== undefined && each >= 0 && each < count);
  let first = most;
  const beyond = () => extra.filter((each) => /** @type {number} */ (each) >= first);
  while (first > 1 && first + beyond().length > most) first--;
  const kept = [...Array(first).keys(), .../** @type {number[]} */ (beyond()).sort((a, b) => a - b)];
  /** @type {number[]} */
  const shown = [];
  for (const each of kept) {
    if (shown.length > 0 && each > /** @type {number} */ (shown.at(-1)) + 1) shown.push(-1);
    shown.push(each);
  }
  if (/** @type {number} */ (kept.at(-1)) < count - 1) shown.push(-1);
  return shown;
}

/**
 * How many columns each of several matrices may show, so that together they fit.
 * @param {number[]} counts
 * @param {number} room
 */
export function shares(counts, room) {
  const given = counts.map((count) => Math.min(count, 2));
  let left = room - given.reduce((sum, each) => sum + each, 0);
  while (left > 0) {
    const hungry = [...counts.keys()].filter((i) => given[i] < Math.min(counts[i], WIDEST));
    if (hungry.length === 0) break;
    const least = Math.min(...hungry.map((i) => given[i]));
    for (const i of hungry) {
      if (given[i] > least || left <= 0) continue;
      given[i]++;
      left--;
    }
  }
  return given;
}
