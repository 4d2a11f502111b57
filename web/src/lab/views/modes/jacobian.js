/** A Jacobian that is being filled: outputs down, inputs across; what has not been made is blank. */

/** @import { Side } from "./read.js" */

import { h, memo, setAttribute, setText } from "../../../toolkit/dom.js";
import { formatExact, formatNumber } from "../../../toolkit/maths.js";

/** Rows and columns up to which numbers and names are written. */
const WRITTEN = 10;

/** A twentieth is as fine as the eye tells tints apart. @param {number} value @param {number} most */
export const heatOf = (value, most) => (most > 0 && Number.isFinite(value) ? Math.ceil((Math.abs(value) / most) * 20) * 5 : 0);

/**
 * @param {"forward" | "reverse"} mode
 * @param {(step: number) => void} go
 */
export function jacobianTable(mode, go) {
  const table = h("table", { class: "modes-jacobian", role: "grid", data: { testid: `modes-${mode}` } });
  const element = h("div", { class: "modes-matrix" }, table);
  /** @type {HTMLTableCellElement[][]} */
  let cells = [];
  const built = memo();
  const painted = memo();
  const line = (/** @type {number} */ row, /** @type {number} */ column) => (mode === "forward" ? column : row);

  table.addEventListener("click", (event) => {
    const cell = event.target;
    if (cell instanceof HTMLTableCellElement && cell.dataset.line) go(Number(cell.dataset.line));
  });
  table.addEventListener("keydown", (event) => walk(event, cells, go));

  /** @param {Side} side */
  function build({ inputs, outputs }) {
    const written = inputs.length <= WRITTEN && outputs.length <= WRITTEN;
    table.classList.toggle("written", written);
    element.style.setProperty("--columns", String(inputs.length));
    element.style.setProperty("--rows", String(outputs.length));
    cells = outputs.map((_, row) =>
      inputs.map((_, column) => h("td", { class: "cell", tabindex: -1, data: { line: line(row, column) } })),
    );
    cells[0]?.[0]?.setAttribute("tabindex", "0");
    const head = h("tr", {}, h("td"), ...inputs.map((name) => h("th", { scope: "col", title: name }, name)));
    const rows = outputs.map((name, row) => h("tr", {}, h("th", { scope: "row", title: name }, name), ...cells[row]));
    table.replaceChildren(...(written ? [h("thead", {}, head)] : []), h("tbody", {}, ...(written ? rows : cells.map(bare))));
    setAttribute(
      table,
      "aria-label",
      `Jacobian of ${outputs.length} outputs by ${inputs.length} inputs, a ${named(mode)} a pass`,
    );
  }

  return {
    element,
    /** @param {Side} side @param {number} step */
    update(side, step) {
      const { jacobian, inputs, outputs } = side;
      if (built(inputs.join(), outputs.join())) build(side);
      if (painted(jacobian)) paint(cells, jacobian.data, inputs.length);
      const made = Math.min(step, side.passes - 1);
      const written = inputs.length <= WRITTEN && outputs.length <= WRITTEN;
      cells.forEach((row, i) =>
        row.forEach((cell, j) => {
          const at = line(i, j);
          const value = jacobian.data[i * inputs.length + j];
          // What has not been made is not told either.
          setText(
            cell,
            written && at <= made && !Number.isNaN(value) ? formatNumber(value, inputs.length > 4 ? 2 : 3, 1e-3) : "",
          );
          cell.classList.toggle("filled", at <= made);
          cell.classList.toggle("now", at === step);
        }),
      );
    },
  };
}

/** @param {"forward" | "reverse"} mode */
const named = (mode) => (mode === "forward" ? "column" : "row");

/** @param {HTMLTableCellElement[]} cells */
const bare = (cells) => h("tr", {}, ...cells);

/** @param {HTMLTableCellElement[][]} cells @param {import("../../../channels.js").Numbers} data @param {number} columns */
function paint(cells, data, columns) {
  let most = 0;
  for (const value of data) if (Number.isFinite(value)) most = Math.max(most, Math.abs(value));
  cells.forEach((row, i) =>
    row.forEach((cell, j) => {
      const value = data[i * columns + j];
      cell.dataset.value = formatExact(value);
      cell.style.setProperty("--heat", `${heatOf(value, most)}%`);
      cell.classList.toggle("negative", value < 0);
    }),
  );
}

/**
 * Keys: arrows go from cell to cell, Enter to the pass that makes it.
 * @param {KeyboardEvent} event
 * @param {HTMLTableCellElement[][]} cells
 * @param {(step: number) => void} go
 */
function walk(event, cells, go) {
  const cell = event.target;
  if (!(cell instanceof HTMLTableCellElement) || event.ctrlKey || event.altKey || event.metaKey) return;
  const row = cells.findIndex((each) => each.includes(cell));
  if (row < 0) return;
  const column = cells[row].indexOf(cell);
  /** @type {Record<string, [number, number]>} */
  const moves = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
  if (event.key === "Enter") go(Number(cell.dataset.line));
  else if (event.key in moves) {
    const next = cells[row + moves[event.key][0]]?.[column + moves[event.key][1]];
    if (next) {
      cell.tabIndex = -1;
      next.tabIndex = 0;
      next.focus();
    }
  } else return;
  event.preventDefault();
  event.stopPropagation();
}
