/** The Step room's view: the strip of micro-steps, the network with what flows, the equation with its numbers, the panels. */

/** @import { View } from "../types.js" */

import { h } from "../dom.js";
import { headView } from "./head.js";
import { panelsView } from "./panels-place.js";
import { stripView } from "./strip.js";

/**
 * @param {import("./actions.js").StepActions} actions
 * @returns {View}
 */
export function stepView(actions) {
  const strip = stripView(actions);
  const head = headView(actions);
  const places = panelsView(actions);
  const network = h("div", { class: "step-network" });
  const numbers = h("div", { class: "step-numbers" }, head.element);
  const element = h(
    "main",
    { class: "step-room", data: { testid: "step-room" } },
    strip.element,
    h("div", { class: "step-pages" }, network, h("div", { class: "step-right" }, numbers, places.element)),
  );
  return {
    element,
    update(state) {
      actions.settle();
      for (const view of [strip, head, places]) view.update(state);
    },
  };
}
