/** Which parameter the panels tell of: what is looked at where that is one, or what is chosen here. */

/** @import { View } from "../../types.js" */

import { h, memo } from "../../toolkit/dom.js";
import { parametersOf, pickedOf } from "./looked.js";
import { entryName } from "../../shared/panel-numbers.js";

/**
 * @param {import("./actions.js").PanelActions} actions
 * @param {string} hook
 * @returns {View}
 */
export function pickerView(actions, hook) {
  const name = h("select", {
    class: "line-field",
    aria: { label: "Parameter" },
    data: { testid: `${hook}-name` },
    onchange: pick,
  });
  const row = field("Row");
  const column = field("Column");
  const redrawn = memo();
  /** @type {ReturnType<typeof parametersOf>} */
  let known = [];
  return {
    element: h(
      "div",
      { class: "picker", role: "group", aria: { label: "Which parameter" } },
      name,
      row.element,
      column.element,
    ),
    update(state) {
      known = parametersOf(state);
      const picked = pickedOf(state);
      if (redrawn(known.map((each) => each.name).join()))
        name.replaceChildren(...known.map((each) => h("option", { value: each.name }, entryName(each.name, []).split(" ")[0])));
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
    const place = known.find((each) => each.name === name.value);
    if (place) actions.pick({ name: place.name, row: row.read(place.rows), column: column.read(place.columns) });
  }

  /** @param {string} words */
  function field(words) {
    const input = h("input", {
      class: "line-field",
      type: "number",
      min: 1,
      step: 1,
      value: 1,
      aria: { label: words },
      data: { testid: `${hook}-${words.toLowerCase()}` },
      onchange: pick,
    });
    return {
      element: h("label", { class: "small" }, words.toLowerCase(), " ", input),
      /** A number from 0, however odd what stands there. @param {number} count */
      read: (count) => Math.min(Math.max(Math.round(Number(input.value)) || 1, 1), count) - 1,
      /** @param {number} at @param {number} count */
      show(at, count) {
        input.max = String(count);
        if (document.activeElement !== input) input.value = String(at + 1);
      },
    };
  }
}
