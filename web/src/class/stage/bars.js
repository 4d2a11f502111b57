/** Choices with a bar for each vote: empty and grey until the second one closes. */

/** @import { Question } from "../slice.js" */
/** @import { Picture } from "./votes.js" */

import { h, setAttribute, setText } from "../../toolkit/dom.js";
import { MINUS } from "../../toolkit/maths.js";
import { markup } from "../../shared/markup.js";
import { nameOf, rankOf } from "./votes.js";

/** @param {Question} question @returns {Picture} */
export function barsView({ kind, texts }) {
  const signs = kind === "sign";
  const words = signs ? [`${MINUS} negative`, "0 zero", "+ positive"] : texts;
  /** Of a choice the value that an answer has. */
  const values = words.map((_, i) => (signs ? i - 1 : i));
  const rows = words.map((text) => {
    const bars = h("div", { class: "class-bars" }, bar("empty"));
    const mark = h("span", { class: "class-right", hidden: true }, "✓ measured");
    const label = h("span", { class: "class-choice" }, h("span", {}, signs ? text : markup(text)), " ", mark);
    return { element: h("li", {}, label, bars), bars, mark };
  });
  const element = h("ol", { class: "class-choices", data: { testid: "class-choices" } }, ...rows.map((row) => row.element));
  return {
    element,
    update(reveal) {
      const rounds = reveal?.rounds ?? [];
      const most = Math.max(1, ...rounds.flatMap(({ counts }) => counts ?? []));
      rows.forEach(({ element: line, bars, mark }, i) => {
        const made = rounds.map(({ counts }, k) =>
          bar(rankOf(k, rounds.length), counts?.[i] ?? 0, most, nameOf(k, rounds.length)),
        );
        bars.replaceChildren(...(made.length > 0 ? made : [bar("empty")]));
        const right = reveal !== null && reveal.truth === values[i];
        mark.hidden = !right;
        setAttribute(line, "data-right", right ? "true" : null);
      });
    },
  };
}

/** @param {string} rank @param {number} [count] @param {number} [most] @param {string} [name] */
function bar(rank, count, most = 1, name = "") {
  const fill = h("span", { class: "class-fill", style: `width: calc((100% - 3ch) * ${(count ?? 0) / most})` });
  const number = h("span", { class: "class-count" });
  const element = h("div", { class: `class-bar ${rank}` }, h("span", { class: "class-track" }, fill), number);
  if (count === undefined) return element;
  setText(number, String(count));
  element.dataset.count = String(count);
  element.title = `${name}: ${count}`;
  element.prepend(h("span", { class: "sr-only" }, `${name}: `));
  return element;
}
