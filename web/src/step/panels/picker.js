/** Which parameter the panels tell of: what is looked at where that is one, or what is chosen here. */

/** @import { View } from "../../types.js" */

import { h, memo } from "../../dom.js";
import { lookedParameter, parametersOf, pickedOf } from "./looked.js";
import { entryName } from "./numbers.js";

/**
 * @param {import("./actions.js").PanelActions} actions
 * @param {string} hook
 * @returns {View}
 */
export function pickerView(actions, hook) {
  const name = h("select", { class: "line-field", aria: { label: "Parameter" }, data: { testid: `${hook}-name` }, onchange: pick });
  const row = field("Row");
  const column = field("Column");
  const redrawn = memo();
  const followed = memo();
  return {
    element: h("div", { class: "picker", role: "group", aria: { label: "Which parameter" } }, name, row.element, column.element),
    update(state) {
      const looked = lookedParameter(state);
      // What is looked at anew is told of; afterwards the choice is free.
      if (looked && followed(looked.name, looked.row, looked.column)) queueMicrotask(() => actions.pick(looked));
      const known = parametersOf(state);
      const picked = pickedOf(state);
      if (redrawn(known.map((each) => each.name).join())) name.replaceChildren(...known.map((each) => h("option", { value: each.name }, entryName(each.name, []).split(" ")[0])));
      if (!picked) return;
      const place = known.find((each) => each.name === picked.name);
      if (!place) return;
      name.value = picked.name;
      row.show(picked.row, place.rows);
      column.show(picked.column, place.columns);
      column.element.hidden = place.vector;
    },
  };

  function pick() {
    actions.pick({ name: name.value, row: row.read(), column: column.read() });
  }

  /** @param {string} words */
  function field(words) {
    const input = h("input", { class: "line-field", type: "number", min: 1, step: 1, value: 1, aria: { label: words }, data: { testid: `${hook}-${words.toLowerCase()}` }, onchange: pick });
    return {
      element: h("label", { class: "small" }, words.toLowerCase(), " ", input),
      /** A number from 0, however odd what stands there. */
      read: () => Math.min(Math.max(Math.round(Number(input.value)) || 1, 1), Number(input.max) || 1) - 1,
      /** @param {number} at @param {number} count */
      show(at, count) {
        input.max = String(count);
        if (document.activeElement !== input) input.value = String(at + 1);
      },
    };
  }
}

