/** Under a folded layer a field that brings one of its units in. */

/** @import { RunInfo } from "../../types.js" */
/** @import { Layout } from "./layout.js" */

import { h, setAttribute } from "../../toolkit/dom.js";

/** @param {import("../actions.js").StepActions} actions */
export function searchFields(actions) {
  const element = h("div", { class: "unit-searches" });
  return {
    element,
    /** @param {Layout} layout @param {RunInfo} run */
    place(layout, run) {
      const folded = layout.columns.filter((column) => column.folded);
      const focused = /** @type {HTMLElement | null} */ (document.activeElement)?.dataset?.search;
      element.replaceChildren(...folded.map((column) => field(column, column.layer === 0 ? run.inputs : [], actions)));
      // The layout is made anew when a unit is brought in; whoever typed goes on typing.
      if (focused !== undefined) element.querySelector(`[data-search="${focused}"]`)?.querySelector?.("input")?.focus();
    },
  };
}

/** @param {import("./layout.js").Column} column @param {string[]} names @param {import("../actions.js").StepActions} actions */
function field({ layer, units, x }, names, actions) {
  const label = `Show a unit of ${layer === 0 ? "the inputs" : `layer ${layer}`}: 1 to ${units}${names.length ? ", or its name" : ""}`;
  const input = h("input", {
    type: "search",
    class: "unit-search",
    placeholder: `1–${units}`,
    title: label,
    aria: { label },
    data: { search: layer, testid: `unit-search-${layer}` },
  });
  input.style.left = `${x}px`;
  const find = () => {
    const text = input.value.trim();
    const number = Number(text);
    const unit =
      Number.isInteger(number) && number >= 1 && number <= units
        ? number - 1
        : names.findIndex((name) => name.toLowerCase() === text.toLowerCase());
    setAttribute(input, "aria-invalid", text !== "" && unit < 0 ? "true" : null);
    if (text === "") return;
    if (unit < 0)
      actions.actions.sender.complain(
        `unit: there is no unit "${text}" in ${layer === 0 ? "the inputs" : `layer ${layer}`}; allowed: 1 to ${units}`,
      );
    else actions.bring(layer, unit);
  };
  input.addEventListener("change", find);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") find();
    if (event.key === "Escape") {
      event.preventDefault();
      input.blur();
    }
  });
  return input;
}
