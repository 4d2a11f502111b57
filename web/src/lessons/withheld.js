/**
 * Parts of the page that stay empty while a question is open, since their pictures would give its answer away: they say so. The
 * server names the channels that it withholds.
 */

/** @import { AppState } from "../types.js" */

export const WORDS = "Shown after the prediction";

/** What each channel fills. @type {Record<string, string>} */
const FILLED = {
  flow: ".ribbon",
  health: '[data-part="health"]',
  series: ".curves",
  race_point: 'main.race [data-part="point"]',
  race_trails: "main.race .race-loss",
  network_curves: ".network-race .race-loss",
  lab: ".lab-picture-place",
};
/** What is asked for, and refused while a question is open. */
const ASKED = ['[data-part="network-point"]'];

export function withheldParts() {
  /** @type {Set<Element>} */
  const marked = new Set();
  return {
    /** With every painting: parts come and go with what they are made from. @param {AppState} state */
    update({ lesson, room }) {
      const channels = lesson?.locked && room !== "lessons" ? lesson.withheld : null;
      const selectors = channels ? [...ASKED, ...channels.flatMap((name) => FILLED[name] ?? [])] : [];
      const found = new Set(selectors.flatMap((selector) => [...document.querySelectorAll(selector)]));
      for (const part of marked) {
        if (found.has(part)) continue;
        part.removeAttribute("data-withheld");
        marked.delete(part);
      }
      for (const part of found) {
        part.setAttribute("data-withheld", WORDS);
        marked.add(part);
      }
    },
  };
}
