/** The equations of one optimizer update as a table: every quantity in order, with its formula, its numbers and its past. */

/** @import { DissectedPart, Dissection } from "../commands.js" */

import { h } from "../toolkit/dom.js";
import { formatCount } from "../toolkit/maths.js";
import { formula, number, sparkline, wide } from "./panel-numbers.js";

/**
 * An update taken apart: of the network's parameter, or of a lane on a surface.
 * @param {Dissection} result  of `dissect` or `race_dissect`
 * @param {string} title  of the rule
 */
export function updateTable({ dialect, step, inputs, parts, updates }, title) {
  const past =
    updates.length > 1
      ? `updates ${formatCount(updates[0])} to ${formatCount(updates[updates.length - 1])}`
      : `update ${formatCount(step + 1)} alone`;
  return [
    h(
      "p",
      { class: "small" },
      `${title}, ${dialect} dialect, update ${formatCount(step + 1)}. The lines show each quantity over ${past}.`,
    ),
    wide(
      h(
        "table",
        { class: "panel-table anatomy" },
        h(
          "thead",
          {},
          h(
            "tr",
            {},
            ...["quantity", "what it is", "how it is made", "value", "lately"].map((words) => h("th", { scope: "col" }, words)),
          ),
        ),
        body("What goes in", inputs),
        body("In order", parts),
      ),
    ),
  ];
}

/** @param {string} title @param {DissectedPart[]} parts */
function body(title, parts) {
  return h("tbody", {}, h("tr", {}, h("th", { scope: "rowgroup", colspan: 5, class: "group" }, title)), ...parts.map(rowOf));
}

/** @param {DissectedPart} part */
function rowOf({
  name,
  symbol_mathml: symbol,
  words,
  formula_mathml: rule,
  numbers_mathml: numbers,
  numbers: written,
  value,
  history,
}) {
  const made = written
    ? h("td", {}, wide(h("div", { class: "made" }, formula(rule)), h("div", { class: "made" }, formula(numbers))))
    : h("td", {});
  return h(
    "tr",
    { data: { quantity: name } },
    h("td", {}, formula(symbol)),
    h("th", { scope: "row", class: "what small" }, words),
    made,
    h("td", { class: "value" }, number(value)),
    h("td", {}, sparkline(history, words)),
  );
}
