/** The wrong way: a layer changes as soon as its gradient is known, and the error signal goes on through the new weights. */

/** @import { View } from "../../types.js" */

import { h } from "../../toolkit/dom.js";
import { formatCount } from "../../toolkit/maths.js";
import { entryName, number, wide } from "../../shared/panel-numbers.js";
import { shell } from "../../shared/shell.js";

/** @param {import("./actions.js").PanelActions} actions @returns {View} */
export function wrongWayView(actions) {
  const toggle = h("input", {
    type: "checkbox",
    role: "switch",
    data: { testid: "wrong-switch" },
    onchange: () => actions.showWrong(toggle.checked),
  });
  const view = shell(
    "wrong",
    {
      empty: "Every δ uses the weights that made the outputs. Update in place to see what happens otherwise.",
      retry: () => actions.retry("wrong"),
    },
    draw,
  );
  return {
    element: h(
      "div",
      { class: "panel-page" },
      h("label", { class: "switch-line" }, toggle, " update in place, on the way back"),
      view.element,
    ),
    update(state) {
      toggle.checked = state.panels.wrong;
      view.show(state.panels.wrong ? actions.answer(state, "wrong", { type: "wrong_way" }) : null);
    },
  };
}

/** @param {import("../answers.js").WrongWay} result */
function draw({ words, differ, tensors }) {
  const verdict =
    differ.length === 0
      ? "Here it makes no difference: no error signal passes through a changed weight."
      : `It changes ${differ.map((name) => entryName(name, []).split(" ")[0]).join(", ")}.`;
  return [
    h("p", { class: "small" }, words, " ", h("strong", {}, verdict)),
    wide(
      h(
        "table",
        { class: "panel-table" },
        h(
          "thead",
          {},
          h(
            "tr",
            {},
            ...["parameter", "before", "the right way", "the wrong way"].map((title) => h("th", { scope: "col" }, title)),
          ),
        ),
        ...tensors.map(tensorRows),
      ),
    ),
  ];
}

/** @param {import("../answers.js").WrongTensor} tensor */
function tensorRows({ name, shape, differs, entries, more }) {
  const rows = entries.map(({ index, before, right, wrong }) =>
    h(
      "tr",
      { class: differs && right !== wrong ? "differs" : "", data: { entry: `${name}:${index.join(",")}` } },
      h("th", { scope: "row" }, entryName(name, index)),
      h("td", {}, number(before)),
      h("td", {}, number(right, { digits: 8 })),
      h("td", {}, number(wrong, { digits: 8 })),
    ),
  );
  const rest = `${formatCount(more)} more of ${shape.join(" × ")} differ by less, or not at all`;
  return h("tbody", {}, ...rows, more > 0 ? h("tr", {}, h("td", { colspan: 4, class: "small" }, rest)) : null);
}
