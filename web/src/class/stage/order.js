/** Things to be put in order: as they were given, then in the measured order with how many had it. */

/** @import { Question } from "../slice.js" */
/** @import { Picture } from "./votes.js" */

import { h, memo } from "../../toolkit/dom.js";
import { markup } from "../../shared/markup.js";

/** @param {Question} question @returns {Picture} */
export function orderView({ texts }) {
  const element = h("ol", { class: "class-order", data: { testid: "class-order" } });
  const changed = memo();
  return {
    element,
    update(reveal) {
      const truth = Array.isArray(reveal?.truth) ? /** @type {number[]} */ (reveal.truth) : null;
      if (!changed(truth?.join() ?? "")) return;
      const order = truth ?? texts.map((_, i) => i);
      element.dataset.right = String(truth !== null);
      element.replaceChildren(...order.map((i) => h("li", {}, markup(texts[i] ?? ""))));
    },
  };
}
