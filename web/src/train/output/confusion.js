/** How the classes are told apart: a row for each true class, a column for each answer. Blue is right, orange is wrong. */

/** @import { NamedArray, RunInfo, View } from "../../types.js" */

import { css, inkOn, mix, palette } from "../../toolkit/colours.js";
import { h, memo, setAttribute, setText } from "../../toolkit/dom.js";
import { formatExact, formatPercent, toNumber } from "../../toolkit/maths.js";
import { frameOf } from "../../run/selectors.js";

/** More classes than this have no room for their names and counts: colours show them, and words what one points at. */
const NAMED = 16;
/** Classes that are named as told worst, where there is no room for all recalls. */
const WORST = 4;
/** What cells were painted as. @type {WeakMap<HTMLElement, string>} */
const looks = new WeakMap();

/**
 * @param {import("../actions.js").TrainActions} actions
 * @param {string} [name]  its hook
 * @returns {View}
 */
export function confusionView(actions, name = "confusion") {
  const table = h("table", {
    class: "confusion",
    role: "grid",
    aria: { label: "Confusion matrix: arrows go from cell to cell, Enter follows a sample of it" },
    data: { testid: name },
  });
  const caption = h("p", { class: "small" });
  const element = h("figure", {}, h("div", { class: "confusion-place" }, table), h("figcaption", {}, caption));
  /** @type {HTMLTableCellElement[]} */
  let cells = [];
  /** @type {HTMLTableCellElement[]} */
  let shares = [];
  /** @type {import("../../types.js").AppState | null} */
  let last = null;
  const follow = (/** @type {number} */ place) => last && followNext(last, place, actions);
  table.addEventListener("click", (event) => {
    const place = cells.indexOf(/** @type {HTMLTableCellElement} */ (event.target));
    if (place >= 0) follow(place);
  });
  table.addEventListener("keydown", (event) => walk(event, cells, follow));
  const built = memo();
  const changed = memo();
  return {
    element,
    update(state) {
      const { run, theme } = state;
      last = state;
      if (!run || element.hidden) return;
      const evaluation = frameOf(state, "evaluation");
      const split = evaluation?.arrays.confusion_test ? "test" : "train";
      const counts = evaluation?.arrays[`confusion_${split}`] ?? null;
      if (built(run)) ({ cells, shares } = build(table, run));
      if (!changed(counts, run, theme)) return;
      const worst = run.classes.length > NAMED ? worstOf(run, evaluation?.meta.recall?.[split] ?? []) : "";
      setText(caption, `rows: the true class, columns: the answer · ${split === "test" ? "test set" : "train set"}${worst}`);
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
  table.classList.toggle("many", run.classes.length > NAMED);
  const head = h("tr", {}, h("td"), ...run.classes.map((name) => h("th", { scope: "col", title: name }, name)));
  head.append(h("th", { scope: "col", class: "recall", title: "of each true class, the share told right" }, "recall"));
  /** @type {HTMLTableCellElement[]} */
  const shares = [];
  /** @type {HTMLTableCellElement[]} */
  const cells = [];
  const rows = run.classes.map((name) => {
    const row = run.classes.map((answer) =>
      h("td", { class: "count", tabindex: -1, title: `${name}, read as ${answer}: follow one` }),
    );
    cells.push(...row);
    const share = h("td", { class: "recall" });
    shares.push(share);
    return h("tr", {}, h("th", { scope: "row", title: name }, name), ...row, share);
  });
  cells[0]?.setAttribute("tabindex", "0");
  table.replaceChildren(h("thead", {}, head), h("tbody", {}, ...rows));
  return { cells, shares };
}

/**
 * The classes of the lowest recall, in words.
 * @param {RunInfo} run
 * @param {import("../../commands.js").WireNumber[]} recalls
 */
function worstOf(run, recalls) {
  const known = recalls.flatMap((value, i) => {
    const recall = toNumber(value);
    return recall === null || Number.isNaN(recall) ? [] : [{ name: run.classes[i], recall }];
  });
  if (known.length === 0) return "";
  const lowest = known.sort((a, b) => a.recall - b.recall).slice(0, WORST);
  return ` · lowest recall: ${lowest.map(({ name, recall }) => `${name} ${formatPercent(recall)}`).join(", ")}`;
}

/**
 * Keys in the matrix: one cell at a time has a place in the order of focus.
 * @param {KeyboardEvent} event
 * @param {HTMLTableCellElement[]} cells
 * @param {(place: number) => void} follow
 */
function walk(event, cells, follow) {
  const here = cells.indexOf(/** @type {HTMLTableCellElement} */ (event.target));
  if (here < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
  const classes = Math.sqrt(cells.length);
  const [row, column] = [Math.floor(here / classes), here % classes];
  /** @type {Record<string, [number, number]>} */
  const directions = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
  if (event.key === "Enter") follow(here);
  else if (event.key in directions) {
    const [down, across] = directions[event.key];
    const inside = (/** @type {number} */ value) => Math.max(0, Math.min(classes - 1, value));
    const next = cells[inside(row + down) * classes + inside(column + across)];
    cells[here].tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
  } else return;
  event.preventDefault();
  event.stopPropagation();
}

/**
 * The first sample of a cell, or the one after that which is followed.
 * @param {import("../../types.js").AppState} state
 * @param {number} place  row by row
 * @param {import("../actions.js").TrainActions} actions
 */
function followNext(state, place, actions) {
  const evaluation = frameOf(state, "evaluation");
  const split = evaluation?.arrays.confusion_test ? "test" : "train";
  const told = evaluation?.arrays[`predicted_${split}`]?.data;
  const truth = frameOf(state, "data")?.arrays[`${split}_target`]?.data;
  if (!told || !truth || !state.run) return;
  const classes = state.run.classes.length;
  const [row, column] = [Math.floor(place / classes), place % classes];
  const { followed } = state;
  const from = followed?.split === split ? followed.index + 1 : 0;
  for (let i = 0; i < told.length; i++) {
    const index = (from + i) % told.length;
    if (truth[index] !== row || told[index] !== column) continue;
    actions.follow({ split, index });
    return;
  }
}

/**
 * @param {HTMLTableCellElement[]} cells
 * @param {NamedArray | null} counts
 * @param {number} classes
 * @param {string} theme
 */
function paint(cells, counts, classes, theme) {
  const colours = palette(theme);
  const wholes = Array.from({ length: classes }, (_, row) => {
    let whole = 0;
    for (let k = 0; k < classes; k++) whole += counts?.data[row * classes + k] ?? 0;
    return whole;
  });
  cells.forEach((cell, i) => {
    const [row, column] = [Math.floor(i / classes), i % classes];
    const count = counts?.data[i] ?? 0;
    const whole = wholes[row];
    // What stays as it is costs nothing: of many cells most do.
    const look = `${theme} ${counts ? count : "–"} ${whole}`;
    if (looks.get(cell) === look) return;
    looks.set(cell, look);
    setText(cell, counts && count > 0 ? String(count) : counts ? "·" : "");
    // The root lifts a single mistake out of hundreds of right answers.
    const share = whole > 0 ? Math.sqrt(count / whole) : 0;
    const colour = mix(colours.zero, row === column ? colours.positive : colours.negative, share * 0.85);
    cell.style.background = count > 0 ? css(colour) : "";
    cell.style.color = count > 0 ? inkOn(colour) : "";
    cell.classList.toggle("none", count === 0);
  });
}
