/** A matrix as a heat table: rows and columns have names, colour is sign and size, ink stays readable on every cell. */

/** @import { Described, Seen } from "../types.js" */

import { h, memo, setAttribute, setText } from "../../toolkit/dom.js";
import { toldOf } from "./numbers.js";
import { entrySpot } from "./spots.js";
import { nameOf } from "../state.js";
import { symbol } from "./symbols.js";
import { asMeasure, entryMeasure } from "../../shared/measure.js";

/**
 * @typedef {object} Shown
 * @property {Described} value
 * @property {string} key  of its array
 * @property {boolean} transposed
 * @property {number[]} rows  of the array; −1 stands for those left out
 * @property {number[]} columns
 *
 * @typedef {{cell: HTMLElement, row: number, column: number, text: Text, sign: string, heat: number}} Cell
 */

/**
 * @param {ReturnType<typeof import("./spots.js").lights>} lit
 */
export function heatTable(lit) {
  const body = h("tbody");
  const head = h("thead");
  const table = h("table", { class: "heat", role: "grid" }, head, body);
  const caption = h("span", { class: "heat-symbol" });
  const shape = h("span", { class: "heat-shape" });
  const element = h(
    "figure",
    { class: "matrix" },
    h("div", { class: "bracket" }, table),
    h("figcaption", {}, caption, " ", shape),
  );
  /** @type {Cell[]} */
  let cells = [];
  const builtFor = memo();
  const captionFor = memo();
  table.addEventListener("keydown", (event) => walk(event, table));

  /** @param {Shown} shown @param {Seen} seen */
  function build({ value, transposed, rows, columns }, seen) {
    cells = [];
    const [down, across] = transposed ? [columns, rows] : [rows, columns];
    const [downAxis, acrossAxis] = transposed ? [value.columns, value.rows] : [value.rows, value.columns];
    const headed = acrossAxis.kind !== "one";
    const named = downAxis.kind !== "one";
    head.replaceChildren(
      headed
        ? h(
            "tr",
            {},
            named && h("td", { class: "corner" }),
            ...across.map((i) =>
              h("th", { scope: "col", class: i < 0 ? "gap" : "" }, i < 0 ? "…" : nameOf(acrossAxis, i, seen.scope)),
            ),
          )
        : "",
    );
    const lines = down.map((i) => {
      const line = h("tr", {}, named && h("th", { scope: "row" }, i < 0 ? "⋮" : nameOf(downAxis, i, seen.scope)));
      for (const j of across) {
        const [row, column] = transposed ? [j, i] : [i, j];
        if (row < 0 || column < 0) {
          line.append(h("td", { class: "gap", aria: { hidden: true } }, row < 0 === column < 0 ? "" : i < 0 ? "⋮" : "…"));
          continue;
        }
        const text = document.createTextNode("");
        const cell = h(
          "td",
          { class: "cell", tabindex: cells.length ? -1 : 0, data: { at: `${value.name}:${row}:${column}` } },
          text,
        );
        const measure = entryMeasure(value.name, row, column, value.columns.kind === "sample");
        if (measure) asMeasure(cell, ...measure);
        cells.push({ cell, row, column, text, sign: "", heat: -1 });
        line.append(cell);
      }
      return line;
    });
    body.replaceChildren(...lines);
  }

  /** @param {Shown} shown @param {Seen} seen @param {Set<string>} used @param {string | null} chosen  name:row:column */
  function update(shown, seen, used, chosen) {
    const { value, key, transposed } = shown;
    const array = seen.arrays[key];
    const signature = [
      value.name,
      transposed,
      shown.rows.join(),
      shown.columns.join(),
      value.rows.layer,
      value.columns.layer,
      value.columns.kind,
    ];
    if (
      builtFor(
        ...signature,
        value.columns.kind === "sample" || value.rows.kind === "sample" ? seen.scope.samples.join() : "",
        seen.frame.run,
      )
    )
      build(shown, seen);
    const when = moment(shown, seen);
    if (captionFor(value.symbol, value.shape.join(), transposed, shown.columns.length, when)) {
      caption.replaceChildren(symbol(value.symbol, seen.scope.mathml), ...(transposed ? [h("sup", {}, "⊤")] : []));
      const part = seen.micro.parts[key];
      const size = [value.shape[0], part?.columns?.length === 1 ? 1 : value.shape[1]];
      setText(shape, (transposed ? size.reverse() : size).join(" × ") + when);
      setAttribute(table, "aria-label", `${value.words}, ${shape.textContent}`);
      setAttribute(element, "title", value.words);
    }
    const { rows, columns } = seen.micro.parts[key] ?? { rows: null, columns: null };
    const width = array.shape[1];
    let most = 0;
    for (const number of array.data) if (Math.abs(number) > most && Number.isFinite(number)) most = Math.abs(number);
    for (const each of cells) {
      const at = `${value.name}:${each.row}:${each.column}`;
      const row = rows ? rows.indexOf(each.row) : each.row;
      const column = columns ? columns.indexOf(each.column) : each.column;
      const number = row < 0 || column < 0 ? NaN : array.data[row * width + column];
      const { text, exact } = toldOf(number, seen.micro.asked);
      if (each.text.data !== text) each.text.data = text;
      each.cell.dataset.value = exact;
      // A twentieth is as fine as the eye tells tints apart, and most cells then keep theirs.
      const heat = most > 0 && Number.isFinite(number) ? Math.ceil((Math.abs(number) / most) * 20) * 5 : 0;
      if (heat !== each.heat) {
        each.heat = heat;
        each.cell.style.setProperty("--heat", `${heat}%`);
      }
      const sign = `cell${number < 0 ? " negative" : ""}${used.has(at) ? " used" : ""}${at === chosen ? " picked" : ""}`;
      if (sign !== each.sign) {
        each.sign = sign;
        each.cell.className = sign;
        setAttribute(each.cell, "aria-selected", at === chosen ? "true" : null);
      }
      lit.add(each.cell, entrySpot(value, each.row, each.column));
    }
  }
  return { element, update };
}

/** What is both read and made has two moments under one symbol. @param {Shown} shown @param {Seen} seen */
function moment({ value, key }, { step }) {
  const made = key.startsWith("result.");
  return (made ? step.operands : step.results).some(({ name }) => name === value.name) ? (made ? " · after" : " · before") : "";
}

/** Arrows go from cell to cell; Enter picks. @param {KeyboardEvent} event @param {HTMLTableElement} table */
function walk(event, table) {
  const cell = event.target;
  if (!(cell instanceof HTMLTableCellElement) || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === "Enter") {
    event.preventDefault();
    cell.click();
    return;
  }
  /** @type {Record<string, [number, number]>} */
  const moves = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
  const move = moves[event.key];
  if (!move) return;
  event.preventDefault();
  const grid = [...table.tBodies[0].rows].map((line) => [...line.cells]);
  let y = grid.findIndex((line) => line.includes(cell));
  let x = grid[y].indexOf(cell);
  for (;;) {
    [y, x] = [y + move[0], x + move[1]];
    const next = grid[y]?.[x];
    if (!next) return;
    if (!next.classList.contains("cell")) continue;
    cell.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
    return;
  }
}
