/** The columns of a table of one's own: which are inputs, taken as what, read how; and why some are not ticked. */

/** @import { ColumnUse, TableColumn } from "./table.js" */

import { h, setAttribute, setText } from "../../toolkit/dom.js";
import { formatCount, formatSetting } from "../../toolkit/maths.js";

const KINDS = { number: "number", yes_no: "yes or no", category: "category", date: "date", text: "text", empty: "empty" };

/** Leaks of these kinds are inputs after all where there is no other: a table of x and y counts its x. */
const AT_A_PINCH = ["counter", "order", "units"];

/**
 * All columns as rows of a table.
 * @param {TableColumn[]} columns
 * @param {() => void} changed
 * @param {(column: number, reading: string) => void} reread  read a column in another way
 */
export function columnRows(columns, changed, reread) {
  const rows = columns.map((column) => columnRow(column, changed, reread));
  let target = -1;
  const inputs = () => rows.filter(({ box }) => box.checked && !box.disabled);
  return {
    element: h(
      "div",
      { class: "sheet-columns", tabindex: 0, role: "group", aria: { label: "Columns" } },
      h("table", {}, h("tbody", {}, ...rows.map(({ element }) => element))),
    ),
    inputs: () => inputs().map(({ column }) => column.index),
    /** How inputs are taken, where it is not as usual. */
    uses: () => inputs().flatMap(({ column, uses }) => uses().map((name) => ({ column: column.index, name }))),
    width: () => inputs().reduce((sum, row) => sum + row.width(), 0),
    /** Inputs of which a missing value is no number that could be filled. */
    whole: () =>
      inputs()
        .filter(({ column, uses }) => column.kind !== "number" || uses().some((name) => name !== "number"))
        .map(({ column }) => column.index),
    /** @param {boolean} on */
    every(on) {
      for (const row of rows) if (!row.box.disabled) row.tick(on, true);
      changed();
    },
    /** @param {number} index  what is predicted from now on: what gives it away is not ticked, unless somebody ticked it */
    predict(index) {
      if (index !== target) {
        target = index;
        for (const row of rows) row.tick(row.leaks(index).length === 0, false);
        if (!rows.some((row) => row.column.no_input === null && row.column.index !== index && row.box.checked))
          for (const row of rows)
            row.tick(
              row.leaks(index).every(({ kind }) => AT_A_PINCH.includes(kind)),
              false,
            );
      }
      for (const row of rows) row.show(index);
    },
    /** What somebody chose before the file was read anew. @param {{ticks: Map<number, boolean>, uses: Map<number, string[]>}} kept */
    restore({ ticks, uses }) {
      for (const row of rows) {
        const ticked = ticks.get(row.column.index);
        if (ticked !== undefined) row.tick(ticked, true);
        row.take(uses.get(row.column.index) ?? []);
      }
    },
    chosen: () => ({
      ticks: new Map(rows.filter((row) => row.touched()).map((row) => [row.column.index, row.box.checked])),
      uses: new Map(rows.map((row) => [row.column.index, row.uses()])),
    }),
  };
}

/**
 * A column: whether it is an input, what it is taken as, what is wrong with it.
 * @param {TableColumn} column
 * @param {() => void} changed
 * @param {(column: number, reading: string) => void} reread
 */
function columnRow(column, changed, reread) {
  let touched = false;
  const box = h("input", {
    type: "checkbox",
    aria: { label: `${column.name} is an input`, describedby: `table-note-${column.index}` },
    data: { column: column.index },
    onchange: () => {
      touched = true;
      changed();
    },
  });
  const use = column.kind === "date" ? partChips(column, changed) : useChoice(column, changed);
  const words = h("span");
  const reading = readingChoice(column, (name) => reread(column.index, name));
  const note = h("td", { class: "column-note", id: `table-note-${column.index}` }, words, reading);
  const examples = column.examples.map((value) => (typeof value === "number" ? formatSetting(value) : value)).join(", ");
  const element = h(
    "tr",
    {},
    h("td", {}, box),
    h("th", { scope: "row", title: column.name }, column.name),
    h("td", { class: "column-use" }, use.element),
    h("td", { class: "column-examples", title: examples }, examples),
    note,
  );
  const own = ownWords(column);
  const leaks = (/** @type {number} */ target) =>
    column.leaks.filter(({ targets }) => targets === null || targets.includes(target));
  return {
    element,
    box,
    column,
    leaks,
    touched: () => touched,
    uses: use.names,
    take: use.take,
    width: use.width,
    /** @param {boolean} on @param {boolean} byHand */
    tick(on, byHand) {
      if (touched && !byHand) return;
      box.checked = on && column.no_input === null;
      touched ||= byHand;
    },
    /** @param {number} target */
    show(target) {
      const isTarget = column.index === target;
      box.disabled = isTarget || column.no_input !== null;
      element.classList.toggle("off", box.disabled || !box.checked);
      use.enable(!box.disabled && box.checked);
      const reason = column.no_input === null ? leaks(target)[0]?.words : undefined;
      const told = reason ? [box.checked ? `gives the answer away: ${reason}` : `not ticked: ${reason}`, ...own] : own;
      setText(words, isTarget ? "to be predicted" : (column.no_input ?? told.join(" · ")));
      element.classList.toggle("leaks", !isTarget && reason !== undefined);
      note.title = words.textContent ?? "";
    },
  };
}

/** What is to be said of a column whatever is predicted. @param {TableColumn} column @returns {string[]} */
function ownWords(column) {
  const told = [];
  if (column.coding) told.push(`${column.coding[0]} is 0, ${column.coding[1]} is 1`);
  for (const [count, word] of /** @type {[number, string][]} */ ([
    [column.missing, "missing"],
    [column.text_cells, column.kind === "date" ? "not a date" : "not a number"],
    [column.non_finite, "not finite"],
  ]))
    if (count > 0) told.push(`${formatCount(count)} ${word}`);
  return told;
}

/** @param {number} count */
const inputsOf = (count) => `${count} input${count === 1 ? "" : "s"}`;

/**
 * What a column of numbers or categories is taken as: words where there is one way only.
 * @param {TableColumn} column
 * @param {() => void} changed
 */
function useChoice(column, changed) {
  const { uses } = column;
  const kind = KINDS[column.kind];
  if (uses.length < 2) {
    const width = uses[0]?.width ?? 0;
    const words = width > 1 ? `${kind}, ${inputsOf(width)}` : kind;
    const title = uses[0]?.title ?? "";
    return {
      element: h("span", { title }, words),
      names: () => /** @type {string[]} */ ([]),
      take: () => {},
      width: () => width,
      enable: () => {},
    };
  }
  const select = h("select", {
    aria: { label: `${column.name} is taken as` },
    data: { testid: `table-use-${column.index}` },
    onchange: changed,
  });
  for (const { name, width } of uses)
    select.append(h("option", { value: name }, width > 1 ? `${name}, ${inputsOf(width)}` : name));
  return {
    element: select,
    names: () => (select.value === column.usual[0] ? [] : [select.value]),
    /** @param {string[]} names */
    take(names) {
      if (names.length > 0) select.value = names[0];
    },
    width: () => uses.find(({ name }) => name === select.value)?.width ?? 0,
    /** @param {boolean} on */
    enable: (on) => {
      select.disabled = !on;
    },
  };
}

/**
 * The parts of a date that are inputs, one at least.
 * @param {TableColumn} column
 * @param {() => void} changed
 */
function partChips(column, changed) {
  let taken = new Set(column.usual);
  const show = () => {
    for (const { button, name } of buttons) setAttribute(button, "aria-pressed", String(taken.has(name)));
  };
  const toggle = (/** @type {ColumnUse} */ { name }) => {
    if (!taken.delete(name)) taken.add(name);
    if (taken.size === 0) taken.add(name); // without a part it is no input; that is what the tick is for
    show();
    changed();
  };
  const buttons = column.uses.map((part) => ({
    name: part.name,
    button: h(
      "button",
      {
        type: "button",
        class: "chip",
        title: part.title,
        data: { testid: `table-part-${column.index}-${part.name}` },
        onclick: () => toggle(part),
      },
      part.name,
    ),
  }));
  show();
  return {
    element: h(
      "span",
      { class: "chips", role: "group", aria: { label: `Parts of ${column.name} that are inputs` } },
      ...(buttons.length > 0 ? buttons.map(({ button }) => button) : ["date"]),
    ),
    names: () => column.uses.map(({ name }) => name).filter((name) => taken.has(name)),
    /** @param {string[]} names */
    take(names) {
      const known = names.filter((name) => column.uses.some((part) => part.name === name));
      if (known.length > 0) taken = new Set(known);
      show();
    },
    width: () => column.uses.reduce((sum, { name, width }) => sum + (taken.has(name) ? width : 0), 0),
    /** @param {boolean} on */
    enable: (on) => {
      for (const { button } of buttons) button.disabled = !on;
    },
  };
}

/**
 * How a column's cells are read, by an example: words, or a choice where they could mean something else.
 * @param {TableColumn} column
 * @param {(name: string) => void} choose
 */
function readingChoice({ name, index, reading }, choose) {
  if (!reading) return null;
  const unsure = reading.sure ? "" : " doubtful";
  if (reading.alternatives.length === 0)
    return h("span", { class: `column-reading${unsure}`, title: reading.why }, reading.words);
  const select = h("select", {
    class: `column-reading${unsure}`,
    title: reading.why,
    aria: { label: `How ${name} is read` },
    data: { testid: `table-reading-${index}` },
    onchange: () => choose(select.value),
  });
  for (const way of [reading, ...reading.alternatives]) select.append(h("option", { value: way.name }, way.words));
  return select;
}
