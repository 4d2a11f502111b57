/** Where a micro-step makes several arrays: which of them is looked at. */

/** @import { View } from "../../types.js" */

import { h, memo, setAttribute } from "../../toolkit/dom.js";
import { seenOf } from "../state.js";
import { symbol } from "./symbols.js";

/**
 * @param {import("../actions.js").StepActions} actions
 * @returns {View}
 */
export function resultsView(actions) {
  const element = h("div", { class: "results", role: "group", aria: { label: "What is made" }, data: { testid: "results" } });
  /** @type {Map<string, HTMLButtonElement>} */
  let buttons = new Map();
  const stepChanged = memo();
  const nameChanged = memo();
  return {
    element,
    update(state) {
      const seen = seenOf(state);
      if (!seen) return;
      const { step, scope, micro } = seen;
      if (stepChanged(step, scope)) {
        buttons = new Map(
          step.results.map(({ name, symbol: latex, words }) => [
            name,
            h(
              "button",
              {
                type: "button",
                class: "symbol",
                title: words,
                data: { result: name },
                onclick: () => actions.pick(name, 0, 0),
              },
              symbol(latex, scope.mathml),
            ),
          ]),
        );
        element.replaceChildren(h("span", { class: "small" }, "Result of this step:"), ...buttons.values());
        element.hidden = buttons.size < 2;
      }
      if (nameChanged(micro.name, buttons))
        for (const [name, button] of buttons) setAttribute(button, "aria-pressed", String(name === micro.name));
    },
  };
}
