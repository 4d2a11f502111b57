/** Rows that change places are seen to do so. */

const TIME = 300;

/**
 * Each row of a list glides from where it was to where it is; one that is new is there at once. Without motion where none is wanted.
 * @param {HTMLElement} list
 * @param {() => void} change
 */
export function moved(list, change) {
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const before = new Map([...list.children].map((row) => [row, still ? 0 : row.getBoundingClientRect().top]));
  change();
  if (still) return;
  for (const row of list.children) {
    const from = before.get(row);
    const by = from === undefined ? 0 : from - row.getBoundingClientRect().top;
    if (by !== 0)
      row.animate([{ transform: `translateY(${by}px)` }, { transform: "none" }], { duration: TIME, easing: "ease-in-out" });
  }
}
