/** Parts of the page that a card points at: an outline around them, by their names in `data-part`, `data-field` or `data-testid`. */

/** @import { AppState } from "../types.js" */

const NAME = /^[a-z0-9_.-]+$/;

/** What goes by another name there, or by several. @type {Record<string, string>} */
const OTHERS = {
  network: '[data-testid="diagram"], .train .ribbon, .network-race .race-left, .step-network',
  deltas: '[data-testid="diagram"]',
};

/** @param {readonly string[]} names */
export function litSelector(names) {
  return names
    .filter((name) => NAME.test(name))
    .map((name) => OTHERS[name] ?? `[data-part~="${name}"], [data-field="${name}"], [data-testid="${name}"]`)
    .join(", ");
}

export function litParts() {
  /** @type {Set<Element>} */
  const lit = new Set();
  return {
    /** With every painting: parts come and go with what they are made from. @param {AppState} state */
    update({ lesson, room }) {
      const wanted = lesson && room !== "lessons" ? litSelector(lesson.lit) : "";
      const all = wanted ? [...document.querySelectorAll(`main :is(${wanted})`)] : [];
      // Of parts within each other the outermost.
      const found = new Set(all.filter((part) => !part.parentElement?.closest(wanted)));
      for (const part of lit) {
        if (found.has(part)) continue;
        part.removeAttribute("data-lit");
        lit.delete(part);
      }
      for (const part of found) {
        part.setAttribute("data-lit", "");
        lit.add(part);
      }
    },
  };
}
