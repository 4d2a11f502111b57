/** What is the same in all pictures of what was answered: which votes there are, and how they are told apart. */

/** @import { Reveal, Round } from "../slice.js" */

import { h } from "../../toolkit/dom.js";
import { formatCount, formatPercent } from "../../toolkit/maths.js";

/** A picture of answers; null: nothing is told yet. @typedef {{element: HTMLElement, update: (reveal: Reveal | null) => void}} Picture */

/** @param {number} index @param {number} count */
export const nameOf = (index, count) => (count < 2 ? "the vote" : index === 0 ? "first vote" : "second vote");

/** Which vote is drawn how: the last one full. @param {number} index @param {number} count */
export const rankOf = (index, count) => (index === count - 1 ? "last" : "first");

/** @param {Reveal} reveal @returns {HTMLElement} */
export function legend({ rounds }) {
  return h(
    "ul",
    { class: "class-legend", aria: { label: "The votes" }, data: { testid: "class-legend" } },
    ...rounds.map((round, i) =>
      h(
        "li",
        {},
        h("i", { class: `class-mark ${rankOf(i, rounds.length)}`, aria: { hidden: true } }),
        `${nameOf(i, rounds.length)}: ${said(round)}`,
      ),
    ),
  );
}

/** @param {Round} round */
function said({ answered, unknown, right, byhand }) {
  const parts = [`${formatCount(answered)} answers`];
  if (right !== null) parts.push(`${formatPercent(right, 0)} right`);
  if (unknown > 0) parts.push(`${formatCount(unknown)} did not know`);
  if (byhand > 0) parts.push(`${formatCount(byhand)} counted by hand`);
  return parts.join(", ");
}
