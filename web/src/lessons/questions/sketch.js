/**
 * A curve to draw before it is known, by mouse, by touch, or by keys: left and right move the pen along, up and down raise and
 * lower the curve from there on. The measured one is laid over it.
 */

/** @import { Kind } from "./types.js" */

import { h, s, setAttribute } from "../../toolkit/dom.js";
import { formatCount, formatNumber, toNumber } from "../../toolkit/maths.js";
import { markup } from "../../shared/markup.js";

/** As many heights as are sent. */
const POINTS = 25;
const [WIDTH, HEIGHT] = [100, 60];
/** @type {Record<string, [number, number]>} */
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/** @type {Kind} */
export const sketch = ({ axis, log, unit, reading }, put) => {
  const [first, last, low, high] = axis ?? [0, 1, 0, 1];
  const scale = log ? [Math.log10(low), Math.log10(high)] : [low, high];
  const heightAt = (/** @type {number} */ part) => {
    const found = scale[0] + part * (scale[1] - scale[0]);
    return log ? 10 ** found : found;
  };
  const partOf = (/** @type {number} */ height) => ((log ? Math.log10(height) : height) - scale[0]) / (scale[1] - scale[0]);
  const stepAt = (/** @type {number} */ i) => first + (i / (POINTS - 1)) * (last - first);
  /** Of each point, from the bottom to the top: 0 to 1. @type {(number | null)[]} */
  const heights = Array(POINTS).fill(null);
  let pen = 0;
  let frozen = false;
  const line = (/** @type {string} */ name) => s("path", { class: name, fill: "none" });
  const [drawn, measured, at] = [line("sketch-drawn"), line("sketch-measured"), line("sketch-pen")];
  const words = h("p", { class: "small", data: { testid: "sketch-words" } }, "Draw the curve, or focus it and use the arrows.");
  const paper = h(
    "div",
    {
      class: "sketch-paper",
      tabindex: 0,
      role: "slider",
      aria: { label: "Your curve", valuemin: low, valuemax: high, valuenow: low, valuetext: "nothing drawn yet" },
      data: { testid: "sketch" },
    },
    s("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" }, at, drawn, measured),
  );
  const key = h("p", { class: "sketch-key small", hidden: true }, h("i", { class: "sketch-sign drawn" }), "yours ");
  key.append(h("i", { class: "sketch-sign" }), "measured");
  const element = h(
    "figure",
    { class: "sketch" },
    h("span", { class: "small sketch-high" }, formatNumber(high, 2)),
    paper,
    h("span", { class: "small sketch-low" }, formatNumber(low, 2)),
    h(
      "figcaption",
      { class: "small sketch-steps" },
      h("span", {}, `step ${formatCount(first)}`),
      h("span", {}, markup(unit || reading), log ? " (log axis)" : ""),
      h("span", {}, formatCount(last)),
    ),
    key,
    words,
  );
  listen();
  return {
    element,
    reveal({ answer, curve }) {
      frozen = true;
      paper.removeAttribute("tabindex");
      setAttribute(paper, "aria-disabled", "true");
      if (Array.isArray(answer)) answer.forEach((height, i) => (heights[i] = within(partOf(Number(height)))));
      pen = -1;
      draw();
      if (curve) measured.setAttribute("d", pathOf(curve[0].map((step, i) => [along(step), toNumber(curve[1][i])])));
      key.hidden = false;
      words.hidden = true;
    },
  };

  /** @param {number} step */
  function along(step) {
    return ((step - first) / (last - first || 1)) * WIDTH;
  }

  /** Of what has no height, or one that cannot be drawn, nothing is drawn. @param {[number, number | null][]} points */
  function pathOf(points) {
    let open = false;
    return points
      .map(([x, height]) => {
        const part = height === null ? NaN : partOf(height);
        if (!Number.isFinite(part)) return (open = false) || "";
        const move = open ? "L" : "M";
        open = true;
        return `${move}${x.toFixed(2)} ${((1 - Math.max(-0.1, Math.min(1.1, part))) * HEIGHT).toFixed(2)}`;
      })
      .join("");
  }

  function draw() {
    const points = heights.map(
      (part, i) => /** @type {[number, number | null]} */ ([along(stepAt(i)), part === null ? null : heightAt(part)]),
    );
    drawn.setAttribute("d", pathOf(points));
    const x = along(stepAt(Math.max(0, pen)));
    at.setAttribute("d", pen >= 0 ? `M${x} 0V${HEIGHT}` : "");
    const part = heights[Math.max(0, pen)];
    if (part === null || frozen) return;
    const said = `step ${formatCount(stepAt(pen))}: ${formatNumber(heightAt(part), 3)}`;
    setAttribute(paper, "aria-valuenow", String(heightAt(part)));
    setAttribute(paper, "aria-valuetext", said);
    words.textContent = said;
  }

  function tell() {
    draw();
    if (heights.every((part) => part !== null)) put(heights.map((part) => heightAt(Number(part))));
  }

  /** Ends that were not drawn go on as high as they begin. */
  function complete() {
    const drawnAt = heights.flatMap((part, i) => (part === null ? [] : [i]));
    if (drawnAt.length === 0) return;
    const [from, to] = [drawnAt[0], drawnAt[drawnAt.length - 1]];
    heights.fill(heights[from], 0, from);
    heights.fill(heights[to], to + 1);
    tell();
  }

  function listen() {
    /** Where the stroke was last. @type {[number, number] | null} */
    let before = null;
    const place = (/** @type {PointerEvent} */ event) => {
      const { left, top, width, height } = paper.getBoundingClientRect();
      const i = Math.round(within((event.clientX - left) / width) * (POINTS - 1));
      return /** @type {[number, number]} */ ([i, within(1 - (event.clientY - top) / height)]);
    };
    const to = (/** @type {[number, number]} */ [i, part]) => {
      const [from, height] = before ?? [i, part];
      const count = Math.abs(i - from);
      for (let k = 0; k <= count; k++)
        heights[from + Math.sign(i - from) * k] = count === 0 ? part : height + ((part - height) * k) / count;
      before = [i, part];
      pen = i;
      draw();
    };
    paper.addEventListener("pointerdown", (event) => {
      if (frozen || event.button !== 0) return;
      paper.setPointerCapture(event.pointerId);
      before = null;
      to(place(event));
    });
    paper.addEventListener("pointermove", (event) => {
      if (!frozen && paper.hasPointerCapture(event.pointerId)) to(place(event));
    });
    const end = () => {
      if (frozen || before === null) return;
      before = null;
      complete();
    };
    paper.addEventListener("pointerup", end);
    paper.addEventListener("pointercancel", end);
    paper.addEventListener("keydown", (event) => {
      const move = MOVES[event.key];
      if (frozen || !move || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      if (heights[0] === null) heights.fill(0.5);
      else if (move[0] !== 0) pen = Math.max(0, Math.min(POINTS - 1, pen + move[0]));
      else heights.fill(within(Number(heights[pen]) + (move[1] * (event.shiftKey ? 10 : 2)) / 100), pen);
      tell();
    });
  }
};

/** @param {number} part */
const within = (part) => Math.max(0, Math.min(1, part));
