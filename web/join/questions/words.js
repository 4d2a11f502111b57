/** An answer in words: for those who listen, and where one's own is told beside the others'. */

/** @import { Answer, Question } from "../types.js" */

import { measured } from "../../src/shared/markup.js";
import { formatCount, MINUS, superscript } from "../../src/toolkit/maths.js";

export const SIGNS = [`negative (${MINUS})`, "zero", "positive (+)"];
export const UNKNOWN = "I don’t know";

/** What HTML says. @param {string} html */
export const plain = (html) => new DOMParser().parseFromString(html, "text/html").body.textContent?.trim() ?? "";

/** @param {number} exponent */
export const tenTo = (exponent) => `10${superscript(exponent)}`;

/** @param {Question} question @param {Answer | null} answer @returns {string} */
export function inWords({ kind, texts, unit, axis }, answer) {
  if (answer === null) return UNKNOWN;
  if (typeof answer === "number") {
    if (kind === "choose") return plain(texts[answer] ?? "");
    if (kind === "sign") return SIGNS[answer + 1] ?? "";
    if (kind === "power") return tenTo(answer);
    return `${measured(answer)} ${plain(unit)}`.trim();
  }
  if (kind === "order") return answer.map((i) => plain(texts[i] ?? "")).join(", then ");
  if (kind === "place") return `(${answer.map(measured).join(", ")})`;
  const [first, last] = axis ?? [0, 1];
  const [from, to] = [answer[0], answer[answer.length - 1]];
  return `a curve from ${measured(from)} at step ${formatCount(first)} to ${measured(to)} at step ${formatCount(last)}`;
}
