/** What stands beside the equation of a micro-step: each a view of its own, shown as a tab. */

/** @import { View } from "../../types.js" */

/**
 * @typedef {object} Panel
 * @property {string} name  of its tab, in the page's hooks
 * @property {string} title  on its tab
 * @property {View} view
 */

/**
 * @param {import("../actions.js").StepActions} actions
 * @returns {Panel[]}
 */
export function panels(actions) {
  void actions;
  return [];
}

/**
 * What the bar has while one is in the room.
 * @param {import("../actions.js").StepActions} actions
 * @returns {HTMLElement[]}
 */
export function tools(actions) {
  void actions;
  return [];
}
