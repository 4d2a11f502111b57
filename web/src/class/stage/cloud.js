/** Places as a cloud of points, a plot for each vote with the same axes; the measured place is a cross. */

/** @import { Question, Reveal } from "../slice.js" */
/** @import { Picture } from "./votes.js" */

import { h, memo } from "../../toolkit/dom.js";
import { ticks, toNumber } from "../../toolkit/maths.js";
import { markup } from "../../shared/markup.js";
import { plotOf, short } from "./plot.js";
import { nameOf, rankOf } from "./votes.js";

/** @param {Question} question @returns {Picture} */
export function cloudView({ reading }) {
  const element = h("div", { class: "class-pair", data: { testid: "class-cloud" } });
  const changed = memo();
  const nothing = h("p", { class: "class-blank" }, "A place is answered: ", markup(reading || "a point"), ".");
  return {
    element,
    update(reveal) {
      if (!changed(reveal && JSON.stringify(reveal))) return;
      if (!reveal) return element.replaceChildren(nothing);
      const measured = pointOf(reveal.truth);
      const all = [...reveal.rounds.flatMap(({ points }) => points ?? []), ...(measured ? [measured] : [])];
      if (all.length === 0) return element.replaceChildren("Nobody answered with a place.");
      const [xs, ys] = [spanOf(all.map(([x]) => x)), spanOf(all.map(([, y]) => y))];
      element.replaceChildren(...reveal.rounds.map((_, k) => panel(reveal, k, xs, ys, measured)));
    },
  };
}

/** @param {Reveal} reveal @param {number} k @param {number[]} xs @param {number[]} ys @param {[number, number] | null} measured */
function panel({ rounds }, k, xs, ys, measured) {
  const points = rounds[k].points ?? [];
  const at = (/** @type {number[]} */ [x, y]) => `left: ${part(x, xs) * 100}%; bottom: ${part(y, ys) * 100}%`;
  const label = `${nameOf(k, rounds.length)}: ${points.length} places`;
  const plot = plotOf({ x: round(xs), y: round(ys), xTitle: "", yTitle: "", label });
  const paper = plot.querySelector(".class-paper");
  paper?.append(
    ...points.map((point) => h("i", { class: `class-dot ${rankOf(k, rounds.length)}`, style: at(point) })),
    ...(measured ? [h("i", { class: "class-cross", title: "measured", style: at(measured) })] : []),
  );
  return h("figure", { class: "class-panel" }, h("figcaption", {}, nameOf(k, rounds.length)), plot);
}

/** @param {unknown} truth @returns {[number, number] | null} */
function pointOf(truth) {
  if (!Array.isArray(truth)) return null;
  const [x, y] = truth.map(toNumber);
  return x === null || y === null ? null : [x, y];
}

/** With a margin; of a single value around it. @param {number[]} values */
function spanOf(values) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const margin = high > low ? (high - low) * 0.08 : Math.abs(high) * 0.5 || 1;
  return [low - margin, high + margin];
}

/** @param {number} value @param {number[]} span */
const part = (value, [low, high]) => (value - low) / (high - low);

/** Round numbers along an axis. @param {number[]} span */
const round = ([low, high]) => ticks(low, high, 4).map((value) => ({ at: part(value, [low, high]), text: short(value) }));
