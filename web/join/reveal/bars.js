/** How many chose what: a row for each choice, a bar for each vote. */

/** @import { Answer, Question, Reveal } from "../types.js" */
/** @import { Told } from "./types.js" */

import { markup } from "../../src/shared/markup.js";
import { h } from "../../src/toolkit/dom.js";
import { SIGNS, tenTo, UNKNOWN } from "../questions/words.js";

/** @typedef {{words: Node | string, counts: (number | null)[], right: boolean, mine: boolean[]}} Row */

/** @param {Question} question @param {Reveal} reveal @param {Told[]} rounds */
export function bars(question, { truth }, rounds) {
  const rows = rowsOf(question, truth, rounds);
  rows.push({
    words: UNKNOWN,
    counts: rounds.map(({ round }) => round.unknown),
    right: false,
    mine: rounds.map(({ own }) => own === null),
  });
  const most = Math.max(1, ...rows.flatMap(({ counts }) => counts.map(Number)));
  return h(
    "ul",
    { class: "bars", aria: { label: "How the class answered" } },
    ...rows.map((row) => rowView(row, rounds, most)),
  );
}

/** @param {Question} question @param {Answer | null} truth @param {Told[]} rounds @returns {Row[]} */
function rowsOf({ kind, texts }, truth, rounds) {
  const same = (/** @type {Answer | null | undefined} */ a, /** @type {Answer | null} */ b) =>
    a !== undefined && a !== null && JSON.stringify(a) === JSON.stringify(b);
  /** @param {Node | string} words @param {Answer} value @param {(i: number) => number | null} count @returns {Row} */
  const row = (words, value, count) => ({
    words,
    counts: rounds.map((_, i) => count(i)),
    right: same(value, truth),
    mine: rounds.map(({ own }) => same(own, value)),
  });
  if (kind === "power") {
    const powers = [...new Set(rounds.flatMap(({ round }) => (round.powers ?? []).map(([power]) => power)))];
    if (typeof truth === "number" && !powers.includes(truth)) powers.push(truth);
    powers.sort((a, b) => a - b);
    return powers.map((power) =>
      row(tenTo(power), power, (i) => rounds[i].round.powers?.find(([each]) => each === power)?.[1] ?? 0),
    );
  }
  if (kind === "order") {
    const right = (/** @type {number} */ i) => same(rounds[i].own, truth);
    const given = (/** @type {number} */ i) => Array.isArray(rounds[i].own);
    return ["the right order", "another order"].map((words, k) => ({
      words,
      counts: rounds.map(({ round }) => round.counts?.[k] ?? null),
      right: k === 0,
      mine: rounds.map((_, i) => given(i) && right(i) === (k === 0)),
    }));
  }
  const names = kind === "sign" ? SIGNS : texts;
  const first = kind === "sign" ? -1 : 0;
  return names.map((text, k) =>
    row(kind === "sign" ? text : markup(text), k + first, (i) => rounds[i].round.counts?.[k] ?? null),
  );
}

/** @param {Row} row @param {Told[]} rounds @param {number} most */
function rowView({ words, counts, right, mine }, rounds, most) {
  const lines = counts.map((count, i) =>
    h(
      "div",
      { class: "bar-line", data: { vote: i + 1 } },
      rounds.length > 1 ? h("span", { class: "bar-name" }, rounds[i].name) : null,
      h("span", { class: "bar-track" }, h("i", { class: "bar", style: `width:${(100 * Number(count)) / most}%` })),
      h("b", { class: "bar-count" }, count === null ? "–" : String(count)),
      h("span", { class: "bar-you" }, mine[i] ? "you" : ""),
    ),
  );
  const head = h("p", { class: "bar-words" }, h("span", {}, words), right ? h("b", { class: "right-mark" }, "✓ right") : null);
  return h("li", { data: { right } }, head, ...lines);
}
