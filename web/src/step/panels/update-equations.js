/** The optimizer taken apart: every quantity of one parameter's update in order, with its formula, its numbers and its past. */

/** @import { View } from "../../types.js" */

import { h } from "../../toolkit/dom.js";
import { rowNamed } from "../../run/spec.js";
import { indexOf, pickedOf } from "./looked.js";
import { updateTable } from "../../shared/update-table.js";
import { pickerView } from "./picker.js";
import { shell } from "../../shared/shell.js";

/** @param {import("./actions.js").PanelActions} actions @returns {View} */
export function updateEquationsView(actions) {
  const picker = pickerView(actions, "anatomy");
  /** @type {import("../../types.js").OptimizerRow[]} */
  let rules = [];
  const view = shell(
    "anatomy",
    { empty: "There is no parameter to tell of yet.", retry: () => actions.retry("anatomy") },
    (result) => updateTable(result, rowNamed(rules, result.rule)?.title ?? result.rule),
  );
  return {
    element: h("div", { class: "panel-page" }, picker.element, view.element),
    update(state) {
      picker.update(state);
      rules = state.catalog?.optimizers ?? [];
      const picked = pickedOf(state);
      view.show(
        picked && actions.answer(state, "anatomy", { type: "dissect", name: picked.name, index: indexOf(state, picked) }),
      );
    },
  };
}
