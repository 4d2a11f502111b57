/** Numbers and powers of ten as a histogram of decades; both votes stand side by side in each bin. */

/** @import { Question, Reveal } from "../slice.js" */
/** @import { Picture } from "./votes.js" */

import { h, memo } from "../../toolkit/dom.js";
import { superscript, toNumber } from "../../toolkit/maths.js";
import { nameOf, rankOf } from "./votes.js";
import { short } from "./plot.js";

/** Bins from which on every second one is named. */
const MANY = 9;

/** @param {Question} question @returns {Picture} */
export function histogramView({ kind }) {
  const element = h("div", { class: "class-histogram", data: { testid: "class-histogram" } });
  const changed = memo();
  const nothing = h("p", { class: "class-blank" }, kind === "power" ? "A power of ten is answered." : "A number is answered.");
  return {
    element,
    update(reveal) {
      if (!changed(reveal && JSON.stringify(reveal))) return;
      const bins = reveal ? (kind === "power" ? powersOf : binsOf)(reveal) : [];
      if (!reveal || bins.length === 0) return element.replaceChildren(reveal ? "Nobody answered with a number." : nothing);
      const most = Math.max(1, ...bins.flatMap(({ counts }) => counts));
      const columns = bins.map((bin, i) => column(bin, most, bins.length > MANY && i % 2 === 1, reveal.rounds.length));
      element.replaceChildren(h("div", { class: "class-columns", style: `--bins: ${bins.length}` }, ...columns));
    },
  };
}

/**
 * @param {{text: string, counts: number[], right: boolean}} bin
 * @param {number} most
 * @param {boolean} unnamed
 * @param {number} votes
 */
function column({ text, counts, right }, most, unnamed, votes) {
  const bars = counts.map((count, k) =>
    h(
      "span",
      { class: `class-column-bar ${rankOf(k, votes)}`, style: `height: ${(count / most) * 100}%`, data: { count } },
      h("span", { class: "class-column-count" }, count > 0 ? String(count) : ""),
    ),
  );
  const words = counts.map((count, k) => `${nameOf(k, votes)} ${count}`).join(", ");
  return h(
    "div",
    { class: "class-column", data: { right }, title: `${text.replace("\n", " ")}: ${words}` },
    h(
      "span",
      {
        class: "class-column-bars",
        role: "img",
        aria: { label: `${text.replace("\n", " ")}: ${words}${right ? ", measured" : ""}` },
      },
      ...bars,
    ),
    h("span", { class: "class-column-text", aria: { hidden: true } }, unnamed && !right ? "" : text),
    h("span", { class: "class-column-mark", aria: { hidden: true } }, right ? "✓" : ""),
  );
}

/** @typedef {{text: string, counts: number[], right: boolean}} Bin */

/** @param {Reveal} reveal @returns {Bin[]} */
function powersOf({ rounds, truth }) {
  const found = toNumber(truth);
  const all = [...rounds.flatMap(({ powers }) => (powers ?? []).map(([power]) => power)), ...(found === null ? [] : [found])];
  if (all.length === 0) return [];
  const [low, high] = [Math.min(...all), Math.max(...all)];
  return Array.from({ length: high - low + 1 }, (_, i) => ({
    text: `10${superscript(low + i)}`,
    counts: rounds.map(({ powers }) => powers?.find(([power]) => power === low + i)?.[1] ?? 0),
    right: low + i === found,
  }));
}

/** The bins that anybody is in, and those between them. @param {Reveal} reveal @returns {Bin[]} */
function binsOf({ rounds, truth, value }) {
  const edges = rounds.find(({ histogram }) => histogram)?.histogram?.edges ?? [];
  const found = toNumber(value ?? truth);
  /** @type {(Bin & {low: number})[]} */
  const all = edges.slice(0, -1).map((low, i) => ({
    low,
    text: `${short(low)} …\n${short(edges[i + 1])}`,
    counts: rounds.map(({ histogram }) => histogram?.counts[i] ?? 0),
    right: found !== null && found >= low && (found < edges[i + 1] || (i === edges.length - 2 && found === edges[i + 1])),
  }));
  const zeros = rounds.map(({ histogram }) => histogram?.zeros ?? 0);
  if (found === 0 || zeros.some((count) => count > 0)) {
    const place = all.findIndex(({ low }) => low >= 0);
    all.splice(place < 0 ? all.length : place, 0, { low: 0, text: "0", counts: zeros, right: found === 0 });
    all.forEach((bin) => (bin.right &&= found !== 0 || bin.text === "0"));
  }
  const used = all.flatMap(({ counts, right }, i) => (right || counts.some((count) => count > 0) ? [i] : []));
  return used.length === 0 ? [] : all.slice(used[0], used[used.length - 1] + 1);
}
