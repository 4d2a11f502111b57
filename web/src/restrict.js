/**
 * What a teacher's link hides or locks: `#hide=data,optimizer.lr&lock=network`. A name is a part of the page (`data-part`) or a
 * setting (`data-field`, with all that lies below it). Hidden controls are gone; locked ones are seen and cannot be used.
 */

import { readFragment } from "./url.js";

const NAME = /^[a-z0-9_.]+$/;

/** @param {string[]} names */
function selector(names) {
  const known = names.filter((name) => NAME.test(name));
  return known.map((name) => `[data-part="${name}"], [data-field="${name}"], [data-field^="${name}."]`).join(", ");
}

/** @returns {() => void}  to be called after each painting: controls come and go with the rows they are made from */
export function restrictions() {
  const { hide, lock } = readFragment();
  const [hidden, locked] = [selector(hide), selector(lock)];
  return () => {
    if (hidden) for (const element of document.querySelectorAll(hidden)) element.setAttribute("hidden", "");
    if (!locked) return;
    for (const element of document.querySelectorAll(locked)) {
      element.setAttribute("inert", "");
      element.setAttribute("title", "locked by this link");
    }
  };
}
