/**
 * What a teacher's link hides or locks: `#hide=data,optimizer.lr&lock=network`. A name is a part of the page (`data-part`, one
 * word or several) or a setting (`data-field`, with all that lies below it). Hidden controls are gone; locked ones are seen and
 * cannot be used. On the diagram `weights`, `layers`, `units` and `activations` go by name, `diagram` is all of them.
 */

import { readFragment } from "../url.js";

const NAME = /^[a-z0-9_.]+$/;

const { hide, lock } = readFragment();

/** Whether a link neither hides nor locks what goes by these names. @param {...string} names */
export function allows(...names) {
  return !names.some((name) => hide.includes(name) || lock.includes(name));
}

/** Whether weights and biases can be changed; where the network is locked, they are too. */
export const EDITABLE = allows("weights", "diagram") && !lock.includes("network");

/** @param {string[]} names */
function selector(names) {
  const known = names.filter((name) => NAME.test(name));
  return known.map((name) => `[data-part~="${name}"], [data-field="${name}"], [data-field^="${name}."]`).join(", ");
}

/** @returns {() => void}  to be called after each painting: controls come and go with the rows they are made from */
export function restrictions() {
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
