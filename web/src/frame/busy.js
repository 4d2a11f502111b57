/** Whether this machine is too busy to draw: how late a timer comes tells it from a line that is slow. */

const EVERY = 250;
/** Milliseconds: a page that draws in time is a few late at most. */
const LATE = 60;
/** Of the newest lateness in their mean. */
const WEIGHT = 0.25;

let late = 0;
let due = performance.now() + EVERY;
setInterval(() => {
  const now = performance.now();
  // A hidden page is given no time on purpose.
  late = document.hidden ? 0 : (1 - WEIGHT) * late + WEIGHT * Math.max(0, now - due);
  due = now + EVERY;
}, EVERY);

export const machineIsBusy = () => late > LATE;
