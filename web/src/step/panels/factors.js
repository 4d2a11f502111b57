/** In a chain of single units a gradient is one product: every factor, which derivative it is, and its number. */

/** @import { View } from "../../types.js" */

import { h } from "../../toolkit/dom.js";
import { lookedAt, pickedOf } from "./looked.js";
import { formula, number, wide } from "../../shared/panel-numbers.js";
import { pickerView } from "./picker.js";
import { shell } from "../../shared/shell.js";

/** @param {import("./actions.js").PanelActions} actions @returns {View} */
export function factorsView(actions) {
  const picker = pickerView(actions, "factors");
  const view = shell(
    "factors",
    { empty: "There is no parameter to tell of yet.", retry: () => actions.retry("factors") },
    draw,
  );
  return {
    element: h("div", { class: "panel-page" }, picker.element, view.element),
    update(state) {
      picker.update(state);
      const picked = pickedOf(state);
      const at = lookedAt(state);
      const command = picked &&
        at && { type: /** @type {const} */ ("factors"), name: picked.name, sample: at.sample_column, notation: at.notation };
      view.show(command && actions.answer(state, "factors", command));
    },
  };
}

/** @param {import("../answers.js").Factors} result */
function draw({ mathml, numbers_mathml: numbers, factors, value }) {
  const rows = factors.map(({ symbol_mathml: symbol, derivative, value }) =>
    h("li", {}, formula(symbol), h("span", { class: "small" }, derivative), number(value, { signed: true })),
  );
  return [
    wide(h("div", { class: "made" }, formula(mathml)), h("div", { class: "made" }, formula(numbers))),
    h("ol", { class: "factors", data: { testid: "factor-list" } }, ...rows),
    h("p", { class: "panel-row" }, h("span", {}, "their product"), h("strong", {}, number(value, { hook: "factors-value" }))),
  ];
}
