/** Keys of a grid of buttons of which one is in the order of Tab: arrows go to its neighbours, Home and End to its ends. */

/** @param {HTMLElement} grid  its buttons are its children's, or its own children */
export function rovingFocus(grid) {
  const buttons = () => /** @type {HTMLButtonElement[]} */ ([...grid.querySelectorAll("button")]);

  grid.addEventListener("keydown", (event) => {
    const all = buttons();
    const here = all.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
    if (here < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const to = next(all, here, event.key);
    if (to === null) return;
    event.preventDefault();
    all[to].focus();
  });
  grid.addEventListener("focusin", ({ target }) => {
    for (const button of buttons()) button.tabIndex = button === target ? 0 : -1;
  });

  /** After buttons came, went or changed places: one of them stays the one that Tab comes to. */
  return () => {
    const all = buttons();
    const kept =
      all.find((button) => button === document.activeElement) ?? all.find(({ tabIndex }) => tabIndex === 0) ?? all[0];
    for (const button of all) if (button.tabIndex !== (button === kept ? 0 : -1)) button.tabIndex = button === kept ? 0 : -1;
  };
}

/**
 * @param {HTMLElement[]} all
 * @param {number} here
 * @param {string} key
 * @returns {number | null}
 */
function next(all, here, key) {
  const last = all.length - 1;
  const columns = all.findIndex((each) => each.offsetTop > all[0].offsetTop);
  const row = columns < 0 ? all.length : columns;
  /** @type {Record<string, number>} */
  const goals = {
    ArrowRight: here + 1,
    ArrowLeft: here - 1,
    ArrowDown: here + row <= last ? here + row : Math.floor(here / row) < Math.floor(last / row) ? last : here,
    ArrowUp: here - row >= 0 ? here - row : here,
    Home: 0,
    End: last,
  };
  const goal = goals[key];
  return goal === undefined ? null : Math.max(0, Math.min(last, goal));
}
