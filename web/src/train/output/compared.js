/** What the curves are compared with: its name, how it is drawn, and the numbers it ended with. */

/** @import { View } from "../../types.js" */

import { h, memo, setText } from "../../toolkit/dom.js";
import { formatCount } from "../../toolkit/maths.js";
import { scoreWords } from "../experiments.js";
import { icon } from "../../toolkit/icons.js";

/**
 * @param {import("../actions.js").TrainActions} actions
 * @returns {View}
 */
export function comparedView(actions) {
  const name = h("b", { class: "compared-name" });
  const numbers = h("span", { class: "compared-numbers" });
  const element = h(
    "div",
    { class: "compared", hidden: true, role: "group", aria: { label: "Compared with" }, data: { testid: "compared" } },
    h("i", { class: "dashes", aria: { hidden: true } }),
    name,
    numbers,
    h(
      "button",
      { type: "button", class: "round small", aria: { label: "Stop comparing" }, onclick: () => actions.stopComparing() },
      icon("close"),
    ),
  );
  const changed = memo();
  return {
    element,
    update({ compared }) {
      if (!changed(compared)) return;
      element.hidden = compared === null;
      if (!compared) return;
      setText(name, compared.name);
      name.title = compared.name;
      setText(numbers, scoreWords(compared.final));
      const step = compared.final.step;
      numbers.title = typeof step === "number" ? `after its step ${formatCount(step)}` : "";
    },
  };
}
