/** What a card says before its answer, and how what comes with the answer is brought into view. */

/** @import { LessonInfo } from "../protocol.js" */

/** What opens with the answer. @param {LessonInfo} lesson */
export function lockedWords({ view, after }) {
  if (view === "graph") return "The graph opens after the prediction.";
  return `${after === "step" ? "Play and Step open" : "Play opens"} after the prediction.`;
}

/** Pixels of the card above the answer that stay in view. */
const ABOVE = 8;

/**
 * What comes with an answer may lie below the fold: it is scrolled to as it comes, with the answer itself still in view, until
 * somebody looks elsewhere.
 * @param {HTMLElement} body  the card, which scrolls
 */
export function following(body) {
  let open = "";
  let on = false;
  for (const kind of ["wheel", "touchstart", "pointerdown", "keydown"]) body.addEventListener(kind, () => (on = false));
  /** @param {LessonInfo} lesson @param {HTMLElement} told  the answer @param {HTMLElement} last  of what comes with it */
  return ({ number, card, locked }, told, last) => {
    const now = `${number} ${card} ${locked}`;
    if (now !== open) {
      on = open === `${number} ${card} true` && !locked;
      open = now;
    }
    if (!on || told.hidden || last.hidden) return;
    const frame = body.getBoundingClientRect();
    const below = last.getBoundingClientRect().bottom + ABOVE - frame.bottom;
    const above = told.getBoundingClientRect().top - ABOVE - frame.top;
    const by = Math.min(below, above);
    if (by > 0) body.scrollTop += by;
  };
}
