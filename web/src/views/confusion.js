/** How the classes are told apart: a row for each true class, a column for each answer. Blue is right, orange is wrong. */

/** @import { NamedArray, RunInfo, View } from "../types.js" */

import { css, inkOn, mix, palette } from "../colours.js";
import { h, memo, setAttribute, setText } from "../dom.js";
import { formatExact, formatPercent, toNumber } from "../maths.js";
import { frameOf } from "../store.js";

/** @returns {View} */
export function confusionView() {
  const table = h("table", { class: "confusion", data: { testid: "confusion" } });
  const caption = h("p", { class: "small" });
  const element = h("figure", {}, h("div", { class: "confusion-place" }, table), h("figcaption", {}, caption));
  /** @type {HTMLTableCellElement[]} */
  let cells = [];
  /** @type {HTMLTableCellElement[]} */
  let shares = [];
  const built = memo();
  const changed = memo();
  return {
    element,
    update(state) {
      const { run, theme } = state;
      if (!run || element.hidden) return;
      const evaluation = frameOf(state, "evaluation");
      const split = evaluation?.arrays.confusion_test ? "test" : "train";
      const counts = evaluation?.arrays[`confusion_${split}`] ?? null;
      if (built(run)) ({ cells, shares } = build(table, run));
      if (!changed(counts, run, theme)) return;
      setText(caption, `rows: the true class, columns: the answer · ${split === "test" ? "test set" : "train set"}`);
      paint(cells, counts, run.classes.length, theme);
      shares.forEach((cell, i) => {
        const recall = toNumber(evaluation?.meta.recall?.[split]?.[i]);
        setText(cell, recall === null ? "" : formatPercent(recall));
        setAttribute(cell, "data-value", recall === null ? null : String(recall));
        cell.title = recall === null ? "" : `recall of ${run.classes[i]}: exactly ${formatExact(recall)}`;
      });
    },
  };
}

/**
 * @param {HTMLTableElement} table
 * @param {RunInfo} run
 */
function build(table, run) {
  table.classList.toggle("large", run.classes.length > 5);
  const head = h("tr", {}, h("td"), ...run.classes.map((name) => h("th", { scope: "col", title: name }, name)));
  head.append(h("th", { scope: "col", class: "recall", title: "of each true class, the share told right" }, "recall"));
  /** @type {HTMLTableCellElement[]} */
  const shares = [];
  /** @type {HTMLTableCellElement[]} */
  const cells = [];
  const rows = run.classes.map((name) => {
    const row = run.classes.map((answer) => h("td", { class: "count", title: `${name}, read as ${answer}` }));
    cells.push(...row);
    const share = h("td", { class: "recall" });
    shares.push(share);
    return h("tr", {}, h("th", { scope: "row", title: name }, name), ...row, share);
  });
  table.replaceChildren(h("thead", {}, head), h("tbody", {}, ...rows));
  return { cells, shares };
}

/**
 * @param {HTMLTableCellElement[]} cells
 * @param {NamedArray | null} counts
 * @param {number} classes
 * @param {string} theme
 */
function paint(cells, counts, classes, theme) {
  const colours = palette(theme);
  cells.forEach((cell, i) => {
    const [row, column] = [Math.floor(i / classes), i % classes];
    const count = counts?.data[i] ?? 0;
    let whole = 0;
    for (let k = 0; k < classes; k++) whole += counts?.data[row * classes + k] ?? 0;
    setText(cell, counts && count > 0 ? String(count) : counts ? "·" : "");
    // The root lifts a single mistake out of hundreds of right answers.
    const share = whole > 0 ? Math.sqrt(count / whole) : 0;
    const colour = mix(colours.zero, row === column ? colours.positive : colours.negative, share * 0.85);
    cell.style.background = count > 0 ? css(colour) : "";
    cell.style.color = count > 0 ? inkOn(colour) : "";
    cell.classList.toggle("none", count === 0);
  });
}
