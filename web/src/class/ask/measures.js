/**
 * The numbers that are in view, as measurements in the one grammar: every part of the page that shows one says so by
 * `data-measure`, with its name in `data-measured`.
 */

/** @typedef {{element: HTMLElement, of: string, name: string}} InView */

/** Those that can be seen, each once. @returns {InView[]} */
export function numbersInView() {
  /** @type {Map<string, InView>} */
  const found = new Map();
  for (const element of document.querySelectorAll("[data-measure]")) {
    if (!(element instanceof HTMLElement) || !element.checkVisibility({ visibilityProperty: true })) continue;
    const of = element.dataset.measure ?? "";
    if (of && !found.has(of)) found.set(of, { element, of, name: element.dataset.measured || of });
  }
  return [...found.values()];
}

/** The number that something belongs to. @param {EventTarget | null} target @returns {InView | null} */
export function numberAt(target) {
  const element = target instanceof Element ? target.closest("[data-measure]") : null;
  if (!(element instanceof HTMLElement)) return null;
  const of = element.dataset.measure ?? "";
  return of ? { element, of, name: element.dataset.measured || of } : null;
}
