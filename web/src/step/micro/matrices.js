/** The equation of a whole layer: its arrays as heat tables, with what joins them. */

/** @import { View } from "../../types.js" */
/** @import { Described, Seen } from "../types.js" */
/** @import { Shown } from "./heat-table.js" */

import { h, memo, setAttribute } from "../../toolkit/dom.js";
import { typeScale } from "../../toolkit/type-scale.js";
import { copyExact } from "./copy.js";
import { fold, shares, WIDEST } from "./fold.js";
import { heatTable } from "./heat-table.js";
import { lights, listen } from "./spots.js";
import { seenOf } from "../state.js";
import { symbol } from "./symbols.js";
import { leavesOf } from "./trees.js";

/** Pixels of a cell, of a name, and of what stands between two matrices. */
const CELL = 70;
const NAME = 16;
const LETTER = 7;
const LONGEST_NAME = 52;
const BETWEEN = 22;
const TIGHT = 168;
/** Of a micro-step that is no product of matrices so many operands are shown. */
const OPERANDS = 4;

/** @typedef {{value: Described, key: string, transposed: boolean}} Named */

/**
 * @param {import("../actions.js").StepActions} actions
 * @returns {View}
 */
export function matricesView(actions) {
  const row = h("div", { class: "matrix-row" });
  const element = h(
    "div",
    { class: "matrices", role: "group", aria: { label: "The numbers of the layer" }, data: { testid: "matrices" } },
    row,
  );
  const lit = lights();
  /** @type {ReturnType<typeof heatTable>[]} */
  const pool = [];
  let width = 0;
  /** @type {import("../../types.js").AppState | null} */
  let last = null;
  new ResizeObserver(([entry]) => {
    width = entry.contentRect.width;
    if (last) update(last);
  }).observe(element);
  listen(element, actions);
  copyExact(element);
  const changed = memo();
  const arranged = memo();
  const spotChanged = memo();

  /** @param {import("../../types.js").AppState} state */
  function update(state) {
    last = state;
    const seen = seenOf(state);
    if (!seen || width < 10) return;
    if (changed(seen.frame, seen.scope, width, state.step.brought)) {
      lit.clear();
      draw(seen, state.step.brought);
      spotChanged(null);
      lit.show(state.step.spot);
    }
    if (spotChanged(state.step.spot)) lit.show(state.step.spot);
  }

  /** @param {Seen} seen @param {Record<number, number>} brought */
  function draw(seen, brought) {
    let items = partsOf(seen);
    // Where not even two columns of each fit, what is read last is left to the equation below.
    while (seen.step.matrix.length === 0 && items.length > 4 && width < items.length * TIGHT * typeScale())
      items = [...items.slice(0, -3), ...items.slice(-2)];
    const tables = /** @type {Named[]} */ (items.filter((item) => typeof item !== "string"));
    const used = usedIn(seen);
    const { micro } = seen;
    const chosen = micro.name === null ? null : `${micro.name}:${micro.row}:${micro.column}`;
    const names = tables.reduce((sum, { value, transposed }) => sum + nameWidth(transposed ? value.columns : value.rows), 0);
    const room = (width / typeScale() - names - (items.length - 1) * BETWEEN) / CELL;
    const counts = tables.map(({ value, key, transposed }) => {
      const across = seen.micro.parts[key]?.columns?.length === 1 ? 1 : value.shape[1];
      return transposed ? value.shape[0] : across;
    });
    const given = shares(counts, Math.floor(room));
    const shown = tables.map((table, i) => foldTable(table, given[i], seen, used, brought));
    while (pool.length < shown.length) pool.push(heatTable(lit));
    // Which of several tables is which does not change while one walks along a layer.
    if (arranged(items.map((item) => (typeof item === "string" ? item : "#")).join(), seen.scope.notation)) {
      let next = 0;
      row.replaceChildren(
        ...items.map((item) =>
          typeof item === "string" ? h("span", { class: "operator" }, symbolOf(item, seen)) : pool[next++].element,
        ),
      );
    }
    shown.forEach((each, i) => pool[i].update(each, seen, used, each.key.startsWith("result.") ? chosen : null));
    // What is beneath keeps its place while one walks along.
    const tallest = Math.max(
      ...seen.scope.steps.flatMap(({ operands, results }) => [...operands, ...results].map(({ shape }) => shape[0])),
    );
    element.style.setProperty("--lines", String(Math.min(WIDEST, tallest)));
    setAttribute(element, "data-micro", String(micro.micro));
  }
  return { element, update };
}

/** @param {import("../types.js").Axis} axis */
function nameWidth({ kind, names, count }) {
  if (kind === "one") return NAME;
  const letters = Math.max(...(names ?? [String(count)]).map((name) => name.length), kind === "sample" ? 4 : 0);
  return NAME + Math.min(LONGEST_NAME, letters * LETTER);
}

/** @param {string} item @param {Seen} seen */
function symbolOf(item, seen) {
  return item.startsWith("\\") ? symbol(item, seen.scope.mathml) : item;
}

/**
 * The arrays of the equation and what joins them; of what is no product of matrices, what is read and what is made.
 * @param {Seen} seen
 * @returns {(string | Named)[]}
 */
function partsOf({ step, micro }) {
  const made = step.results.find(({ name }) => name === micro.name) ?? step.results[0];
  const read = new Map(step.operands.map((value) => [value.name, value]));
  if (step.matrix.length > 0 && (!made || step.matrix.some((part) => typeof part !== "string" && part.name === made.name))) {
    const end = step.matrix.lastIndexOf("=");
    /** @type {(string | Named)[]} */
    const found = [];
    step.matrix.forEach((part, i) => {
      if (typeof part === "string") return found.push(part);
      const made = i > end || !read.has(part.name);
      const value = made ? step.results.find(({ name }) => name === part.name) : read.get(part.name);
      if (value) found.push({ value, key: `${made ? "result" : "operand"}.${part.name}`, transposed: part.transposed });
      return 0;
    });
    return found;
  }
  const operands = step.operands.slice(0, OPERANDS).filter(({ name }) => step.kind !== "clip" || name === made?.name);
  /** @type {(string | Named)[]} */
  const items = operands.map((value) => ({ value, key: `operand.${value.name}`, transposed: false }));
  if (made) {
    if (items.length > 0) items.push("→");
    items.push({ value: made, key: `result.${made.name}`, transposed: false });
    // Without operands nothing is read: the results stand side by side.
    if (operands.length === 0)
      for (const value of step.results)
        if (value !== made) items.push({ value, key: `result.${value.name}`, transposed: false });
  }
  return items;
}

/**
 * @param {Named} table
 * @param {number} room  columns
 * @param {Seen} seen
 * @param {Set<string>} used
 * @param {Record<number, number>} brought
 * @returns {Shown}
 */
function foldTable({ value, key, transposed }, room, { micro }, used, brought) {
  const part = micro.parts[key] ?? { rows: null, columns: null };
  const result = key.startsWith("result.") && value.name === micro.name;
  // The line or column of an operand that makes the entry is always shown, where there is but one.
  const lines = { row: new Set(), column: new Set() };
  for (const at of used) {
    const [name, row, column] = at.split(":");
    if (name !== value.name) continue;
    lines.row.add(Number(row));
    lines.column.add(Number(column));
  }
  const one = (/** @type {Set<number>} */ set) => (set.size === 1 ? [...set][0] : undefined);
  const [row, column] = result ? [micro.row, micro.column] : [one(lines.row), one(lines.column)];
  const unit = (/** @type {import("../types.js").Axis} */ axis) =>
    axis.kind === "unit" && axis.layer !== null ? brought[axis.layer] : undefined;
  const [most, across] = transposed ? [room, 12] : [12, room];
  const columns = part.columns?.length === 1 ? part.columns : fold(value.shape[1], across, column, unit(value.columns));
  return { value, key, transposed, rows: fold(value.shape[0], most, row, unit(value.rows)), columns };
}

/** The entries that the equation is made of, name:row:column. @param {Seen} seen @returns {Set<string>} */
function usedIn({ micro: { equation } }) {
  const leaves = equation ? leavesOf(equation.expression) : [];
  return new Set(leaves.flatMap(({ name, place }) => (name && place ? [`${name}:${place.join(":")}`] : [])));
}
