/** The leader board, where the teacher turned it on: places by a measurement, names only where names are on. */

/** @import { Board } from "./types.js" */

import { h, memo, setText } from "../../toolkit/dom.js";
import { formatExact, formatNumber, typeset } from "../../toolkit/maths.js";

/** Rows that are shown: those at the end of a long list are told by nobody. */
const MOST = 10;

export function boardView() {
  const title = h("h2", { class: "board-title" });
  const rule = h("p", { class: "small", data: { testid: "board-rule" } });
  const head = h("tr");
  const body = h("tbody", { data: { testid: "board-rows" } });
  const table = h("table", { class: "board-table" }, h("thead", {}, head), body);
  const empty = h("p", { class: "wall-empty", data: { testid: "board-empty" } });
  const rest = h("p", { class: "small", data: { testid: "board-rest" } });
  const element = h(
    "section",
    { class: "board", hidden: true, aria: { label: "Leader board" }, data: { testid: "board" } },
    h("h2", { class: "panel-title" }, "Leader board"),
    title,
    rule,
    table,
    empty,
    rest,
  );
  const changed = memo();
  return {
    element,
    /** @param {{board: Board | null}} room */
    update({ board }) {
      element.hidden = board === null;
      if (!board || !changed(JSON.stringify(board))) return;
      const { rows, best, limit, without } = board;
      const named = rows.some(({ name }) => name !== null);
      setText(title, board.title);
      setText(rule, `${best === "least" ? "the least" : "the most"} leads${limit ? ` · ${typeset(limit)}` : ""}`);
      const heads = ["place", ...(named ? ["name"] : []), "value"];
      head.replaceChildren(...heads.map((words) => h("th", { scope: "col" }, words)));
      body.replaceChildren(
        ...rows
          .slice(0, MOST)
          .map(({ rank, value, name }) =>
            h(
              "tr",
              {},
              h("td", {}, String(rank)),
              named && h("td", {}, name ?? "–"),
              h(
                "td",
                { class: "number-cell", data: { value: formatExact(value) }, title: formatExact(value) },
                formatNumber(value, 4),
              ),
            ),
          ),
      );
      table.hidden = rows.length === 0;
      empty.hidden = rows.length > 0;
      setText(empty, limit ? "No run is within the limit yet." : "No run has a value yet.");
      const more = rows.length - MOST;
      const parts = [];
      if (more > 0) parts.push(`${more} more`);
      if (without > 0 && rows.length > 0)
        parts.push(`${without} ${without === 1 ? "has" : "have"} no value yet${limit ? ", or are beyond the limit" : ""}`);
      setText(rest, parts.join(" · "));
      rest.hidden = parts.length === 0;
    },
  };
}
