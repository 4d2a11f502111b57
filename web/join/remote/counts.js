/** The counts of a vote, on the teacher's phone alone: bars with their numbers, and what they advise. */

/** @import { RoomEvent, Round } from "./types.js" */

import { choicesOf } from "../../src/class/wall/hand-counts.js";
import { h, memo, setText } from "../../src/toolkit/dom.js";
import { formatNumber, formatPercent, superscript } from "../../src/toolkit/maths.js";

/** @type {Record<string, string>} */
const ADVICE = {
  hint: "Few are right: give a hint, then let them vote again.",
  talk: "Let them talk to a neighbour, then vote again.",
  reveal: "Most are right: reveal, and go on.",
};

export function countsView() {
  const advice = h("p", { class: "remote-advice", data: { testid: "remote-advice" } });
  const bars = h("dl", { class: "remote-bars", data: { testid: "remote-counts" } });
  const right = h("p", { class: "remote-right", data: { testid: "remote-right" } });
  const element = h("div", { class: "remote-counts", hidden: true }, advice, right, bars);
  const changed = memo();
  return {
    element,
    /** @param {RoomEvent} room */
    update({ counts, advice: advised, question }) {
      element.hidden = counts === null;
      if (!counts || !changed(JSON.stringify([counts, advised, question?.texts]))) return;
      const { of } = counts;
      advice.hidden = advised === null;
      advice.dataset.advice = advised ?? "";
      setText(advice, advised ? ADVICE[advised] : "");
      right.hidden = of.right === null;
      setText(right, of.right === null ? "" : `${formatPercent(of.right, 0)} right`);
      const rows = [...rowsOf(of, choicesOf(question)), /** @type {Row} */ (["I don’t know", of.unknown])];
      const most = Math.max(1, ...rows.map(([, n]) => n));
      bars.replaceChildren(...rows.flatMap(([words, n]) => bar(words, n, most)));
    },
  };
}

/** What is counted, in words, and how many. @typedef {[string, number]} Row */

/** @param {Round} of @param {string[]} choices @returns {Row[]} */
function rowsOf({ counts, powers, histogram, answered, unknown }, choices) {
  if (counts) return counts.map((n, i) => [choices[i] ?? (i === 0 ? "in the right order" : "in another order"), n]);
  if (powers) return powers.map(([power, n]) => [`10${superscript(power)}`, n]);
  if (!histogram) return [["answers", answered - unknown]];
  const { edges } = histogram;
  /** @type {Row[]} */
  const all = histogram.counts.map((n, i) => [`${formatNumber(edges[i], 2)} to ${formatNumber(edges[i + 1], 2)}`, n]);
  return [.../** @type {Row[]} */ (histogram.zeros > 0 ? [["0", histogram.zeros]] : []), ...all.filter(([, n]) => n > 0)];
}

/** @param {string} words @param {number} n @param {number} most */
function bar(words, n, most) {
  const inner = h("span", { class: "remote-bar" });
  inner.style.width = `${(100 * n) / most}%`;
  return [h("dt", {}, words), h("dd", {}, h("span", { class: "remote-track" }, inner), h("b", {}, String(n)))];
}
