/** The numbers of a result as a table: to four digits, all of them behind it. What is long goes on in the file. */

/** @import { Cell, LabTable } from "./slice.js" */

import { h, memo } from "../toolkit/dom.js";
import { formatCount, formatExact, formatNumber, toNumber } from "../toolkit/maths.js";

/** Rows that a page shows. */
const MOST = 200;

export function tableView() {
  const body = h("table", { class: "lab-table" });
  const more = h("p", { class: "small", hidden: true });
  const scroll = h(
    "div",
    { class: "lab-table-place", tabindex: 0, role: "group", aria: { label: "The numbers" }, data: { testid: "lab-table" } },
    body,
  );
  const element = h("section", { class: "lab-numbers" }, h("h3", { class: "panel-title" }, "The numbers"), scroll, more);
  const changed = memo();
  return {
    element,
    /** @param {LabTable | null} table */
    show(table) {
      element.hidden = table === null || table.rows.length === 0;
      if (!table || !changed(table)) return;
      const words = table.columns.map((_, i) => table.rows.some((row) => isText(row[i])));
      const head = h(
        "tr",
        {},
        ...table.columns.map(({ title, unit }, i) =>
          h(
            "th",
            { class: words[i] ? "words" : null, "aria-label": null },
            title,
            unit ? h("span", { class: "unit" }, ` (${unit})`) : null,
          ),
        ),
      );
      const rows = table.rows
        .slice(0, MOST)
        .map((row) => h("tr", {}, ...row.map((cell, i) => cellOf(cell, i === 0, words[i]))));
      body.replaceChildren(h("thead", {}, head), h("tbody", {}, ...rows));
      more.hidden = table.rows.length <= MOST;
      more.textContent = `${formatCount(table.rows.length - MOST)} more rows are in the file (Export, CSV).`;
    },
  };
}

/** @param {Cell | undefined} cell */
const isText = (cell) => typeof cell === "boolean" || (typeof cell === "string" && toNumber(cell) === null);

/** @param {Cell} cell @param {boolean} first @param {boolean} words */
function cellOf(cell, first, words) {
  const value = typeof cell === "number" || typeof cell === "string" ? toNumber(cell) : null;
  const text =
    cell === null ? "–" : typeof cell === "boolean" ? (cell ? "yes" : "no") : value === null ? String(cell) : written(value);
  const title = value !== null && written(value) !== formatExact(value) ? formatExact(value) : null;
  return h(first ? "th" : "td", { class: words ? "words" : null, title, ...(first ? { "aria-label": null } : {}) }, text);
}

/** @param {number} value */
function written(value) {
  if (Math.abs(value) >= 1e4 && Math.abs(value) < 1e6) return formatCount(value);
  return Number.isInteger(value) && Math.abs(value) < 1e9 ? formatCount(value) : formatNumber(value, 4);
}
