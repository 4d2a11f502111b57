/** Numbers that were answered, counted between edges, a histogram for each vote over the same axis; the measured one is a line. */

/** @import { Question, Reveal } from "../types.js" */
/** @import { Told } from "./types.js" */

import { measured } from "../../src/shared/markup.js";
import { h, s } from "../../src/toolkit/dom.js";
import { toNumber } from "../../src/toolkit/maths.js";
import { inWords } from "../questions/words.js";

const [WIDTH, HEIGHT] = [300, 76];

/** @param {Question} question @param {Reveal} reveal @param {Told[]} rounds */
export function columns(question, { value, truth }, rounds) {
  const right = toNumber(value) ?? toNumber(truth);
  return h("div", { class: "votes" }, ...rounds.map((told) => column(question, told, right)));
}

/** @param {Question} question @param {Told} told @param {number | null} right */
function column(question, { round, own, name }, right) {
  const { histogram, unknown } = round;
  const title = h("h2", {}, name);
  const mine = own === undefined ? null : h("p", { class: "quiet" }, `you: ${inWords(question, own)}`);
  const rest = h("p", { class: "quiet" }, `${unknown} did not know${histogram?.zeros ? ` · ${histogram.zeros} said 0` : ""}`);
  if (!histogram || histogram.counts.length === 0)
    return h("section", {}, title, h("p", { class: "quiet" }, "no numbers"), mine, rest);
  const { edges, counts, log } = histogram;
  const most = Math.max(1, ...counts);
  const width = WIDTH / counts.length;
  // On a logarithmic axis the parts below zero lie left, as the edges do.
  const place = placing(edges, log);
  const svg = s(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "columns", role: "img", "aria-label": wordsOf(edges, counts) },
    ...counts.map((count, i) => {
      const high = (count / most) * (HEIGHT - 6);
      return s("rect", { class: "column", x: i * width + 1, y: HEIGHT - high, width: Math.max(1, width - 2), height: high });
    }),
    ...lines(place, [
      [right, "column-right"],
      [typeof own === "number" ? own : null, "column-own"],
    ]),
  );
  const ends = h(
    "p",
    { class: "quiet ends" },
    h("span", {}, measured(edges[0])),
    h("span", {}, log ? "log axis" : ""),
    h("span", {}, measured(edges[edges.length - 1])),
  );
  return h("section", {}, title, svg, ends, mine, rest);
}

/** @param {(value: number) => number | null} place @param {[number | null, string][]} all */
function lines(place, all) {
  return all.flatMap(([value, name]) => {
    const at = value === null ? null : place(value);
    return at === null ? [] : [s("path", { class: name, d: `M${(at * WIDTH).toFixed(1)} 0V${HEIGHT}` })];
  });
}

/** Where a value lies between the edges, which are evenly spaced as they are shown. @param {number[]} edges @param {boolean} log */
function placing(edges, log) {
  return (/** @type {number} */ value) => {
    const k = edges.findIndex((edge, i) => i + 1 < edges.length && value >= edge && value <= edges[i + 1]);
    if (k < 0) return null;
    const [a, b] = [edges[k], edges[k + 1]];
    const part = log && a * b > 0 ? Math.log(value / a) / Math.log(b / a) : (value - a) / (b - a || 1);
    return (k + part) / (edges.length - 1);
  };
}

/** @param {number[]} edges @param {number[]} counts */
function wordsOf(edges, counts) {
  const parts = counts.flatMap((count, i) =>
    count ? [`${count} from ${measured(edges[i])} to ${measured(edges[i + 1])}`] : [],
  );
  return parts.join(", ") || "no numbers";
}
