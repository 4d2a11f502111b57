/** How long a page waits before it tries again. Jitter keeps a whole class from coming back in the same instant. */

const FIRST = 250;
const LONGEST = 3000;
/** Attempts after which nobody is waiting for the very second any more … */
const MANY = 60;
/** … and neither does a page that a full server has turned away. */
const SLOW = 10_000;

/**
 * Milliseconds before an attempt.
 * @param {number} tries  attempts made since the line was lost
 * @param {boolean} full  whether the server has as many sessions as it may hold
 * @param {() => number} [random]  from 0 to 1
 */
export function delayBefore(tries, full, random = Math.random) {
  if (tries === 0 && !full) return FIRST * random();
  const most = full || tries > MANY ? SLOW : Math.min(FIRST * 2 ** tries, LONGEST);
  return most * (0.5 + random() / 2);
}
