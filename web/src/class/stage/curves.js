/** Sketches as translucent curves, a plot for each vote with the same axes; the measured curve lies over them. */

/** @import { Question, Reveal } from "../slice.js" */
/** @import { Picture } from "./votes.js" */

import { h, memo, s } from "../../toolkit/dom.js";
import { formatCount, toNumber } from "../../toolkit/maths.js";
import { markup } from "../../shared/markup.js";
import { plotOf, short, SIZE } from "./plot.js";
import { nameOf, rankOf } from "./votes.js";

/** @param {Question} question @returns {Picture} */
export function curvesView(question) {
  const { axis, log, unit, reading } = question;
  const [first, last, low, high] = axis ?? [0, 1, 0, 1];
  const scale = log ? [Math.log10(low), Math.log10(high)] : [low, high];
  const element = h("div", { class: "class-pair", data: { testid: "class-curves" } });
  const changed = memo();
  const heights = [0, 0.5, 1].map((at) => {
    const found = scale[0] + at * (scale[1] - scale[0]);
    return { at, text: short(log ? 10 ** found : found) };
  });
  const steps = [0, 0.5, 1].map((at) => ({ at, text: formatCount(first + at * (last - first)) }));
  const quantity = h("p", {}, markup(unit || reading)).textContent ?? "";
  return {
    element,
    update(reveal) {
      if (!changed(reveal && JSON.stringify(reveal))) return;
      const panels = reveal ? reveal.rounds.map((_, k) => panel(reveal, k)) : [paper("No curve is shown yet")];
      element.replaceChildren(...panels);
    },
  };

  /** @param {string} label @param {...Element} shapes */
  function paper(label, ...shapes) {
    return plotOf({ x: steps, y: heights, xTitle: "step", yTitle: quantity + (log ? " (log axis)" : ""), label }, ...shapes);
  }

  /** @param {Reveal} reveal @param {number} k */
  function panel({ rounds, curve }, k) {
    const drawn = rounds[k].curves ?? [];
    const rank = rankOf(k, rounds.length);
    const shapes = drawn.map((values) =>
      s("path", {
        class: `class-curve ${rank}`,
        d: pathOf(values.map((value, i) => [i / Math.max(1, values.length - 1), value])),
      }),
    );
    const measured = curve ?? null;
    if (measured) {
      const points = /** @type {[number, number | null][]} */ (
        measured[0].map((/** @type {number} */ step, /** @type {number} */ i) => [
          (step - first) / (last - first || 1),
          toNumber(measured[1][i]),
        ])
      );
      const d = pathOf(points);
      shapes.push(s("path", { class: "class-curve casing", d }), s("path", { class: "class-curve measured", d }));
    }
    const label = `${nameOf(k, rounds.length)}: ${drawn.length} curves${measured ? ", the measured one over them" : ""}`;
    return h("figure", { class: "class-panel" }, h("figcaption", {}, nameOf(k, rounds.length)), paper(label, ...shapes));
  }

  /** Of what has no height nothing is drawn. @param {[number, number | null][]} points  across from 0 to 1, and the value */
  function pathOf(points) {
    let open = false;
    return points
      .map(([across, value]) => {
        const height = value === null ? NaN : log ? Math.log10(value) : value;
        const part = (height - scale[0]) / (scale[1] - scale[0]);
        if (!Number.isFinite(part)) return (open = false) || "";
        const move = open ? "L" : "M";
        open = true;
        return `${move}${(across * SIZE).toFixed(2)} ${((1 - Math.max(-0.05, Math.min(1.05, part))) * SIZE).toFixed(2)}`;
      })
      .join("");
  }
}
