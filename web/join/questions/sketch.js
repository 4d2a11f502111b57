/** A curve to draw before it is known: by a finger, by arrows, by its heights at five steps, or by taking one that is described. */

/** @import { Answer } from "../types.js" */
/** @import { Kind } from "./types.js" */

import { markup, measured } from "../../src/shared/markup.js";
import { h, s, setAttribute } from "../../src/toolkit/dom.js";
import { formatCount } from "../../src/toolkit/maths.js";
import { describedChoices } from "./described.js";
import { numberEntry } from "./number.js";
import { scaleOf, within } from "./scale.js";

/** As many heights as are sent. */
const POINTS = 25;
/** Where heights may be typed. */
const TYPED = [0, 6, 12, 18, 24];
const [WIDTH, HEIGHT] = [100, 60];
/** Shapes in words: of a part of the way along, a part of the height. @type {[string, (along: number) => number][]} */
const SHAPES = [
  ["falls fast, then levels off", (x) => 0.1 + 0.75 * Math.exp(-5 * x)],
  ["falls steadily", (x) => 0.85 - 0.75 * x],
  ["stays about the same", () => 0.5],
  ["falls, then rises", (x) => 0.25 + 2 * (x - 0.5) ** 2],
  ["rises", (x) => 0.15 + 0.7 * x],
];
/** @type {Record<string, [number, number]>} */
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/** @type {Kind} */
export const sketch = ({ axis, log, unit, reading, described = [] }, put) => {
  const [first, last, low, high] = axis ?? [0, 1, 0, 1];
  const { heightAt, partOf } = scaleOf(low, high, log);
  const stepAt = (/** @type {number} */ i) => first + (i / (POINTS - 1)) * (last - first);
  /** Of each point, from the bottom to the top: 0 to 1. @type {(number | null)[]} */
  let heights = Array(POINTS).fill(null);
  let pen = 0;
  const drawn = s("path", { class: "sketch-own", fill: "none" });
  const grid = s("path", { class: "sketch-grid", d: `M0 15H${WIDTH}M0 30H${WIDTH}M0 45H${WIDTH}` });
  const svg = s("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" }, grid, drawn);
  const paper = h(
    "div",
    {
      class: "sketch-paper",
      tabindex: 0,
      role: "slider",
      aria: { label: "Your curve", valuemin: low, valuemax: high, valuenow: low, valuetext: "nothing drawn yet" },
      data: { testid: "sketch" },
    },
    svg,
  );
  const fields = TYPED.map((i) =>
    numberEntry(`at step ${formatCount(stepAt(i))}`, `sketch-${i}`, (value) => {
      if (value !== null) heightTyped(i, value);
    }),
  );
  const own = described.length > 0 ? described : SHAPES.map(([text, shape]) => ({ text, answer: curveOf(shape) }));
  const what = markup(unit || reading);
  const element = h(
    "div",
    { class: "sketch" },
    h("p", { class: "quiet" }, "Draw with a finger, or describe it below."),
    h(
      "div",
      { class: "sketch-frame" },
      h("span", { class: "quiet sketch-high" }, measured(high)),
      h("span", { class: "quiet sketch-low" }, measured(low)),
      paper,
      h(
        "p",
        { class: "quiet sketch-steps" },
        h("span", {}, `step ${formatCount(first)}`),
        h("span", {}, what, log ? " (log axis)" : ""),
        h("span", {}, formatCount(last)),
      ),
    ),
    describedChoices("It …", own, (answer) => {
      show(answer);
      tell();
    }),
    h(
      "details",
      {},
      h("summary", {}, "Type its heights"),
      h("div", { class: "sketch-fields" }, ...fields.map((field) => field.element)),
    ),
  );
  listen();
  return { element, direct: false, show };

  /** @param {(along: number) => number} shape @returns {Answer} */
  function curveOf(shape) {
    return Array.from({ length: POINTS }, (_, i) => heightAt(shape(i / (POINTS - 1))));
  }

  /** @param {Answer | null} answer */
  function show(answer) {
    heights = Array(POINTS).fill(null);
    // One that was answered elsewhere may have another number of heights.
    if (Array.isArray(answer) && answer.length > 1)
      heights = heights.map((_, i) => within(partOf(answer[Math.round((i / (POINTS - 1)) * (answer.length - 1))])));
    draw();
    fill();
  }

  function fill() {
    fields.forEach((field, k) => {
      const part = heights[TYPED[k]];
      field.show(part === null ? null : Number(heightAt(part).toPrecision(3)));
    });
  }

  /** What is typed is a corner of the curve. @param {number} i @param {number} value */
  function heightTyped(i, value) {
    heights[i] = within(partOf(value));
    const corners = TYPED.filter((at) => heights[at] !== null);
    for (let k = 0; k < POINTS; k++) {
      const after = corners.find((at) => at >= k) ?? corners[corners.length - 1];
      const before = corners.findLast((at) => at <= k) ?? corners[0];
      const [a, b] = [Number(heights[before]), Number(heights[after])];
      if (!TYPED.includes(k)) heights[k] = before === after ? a : a + ((b - a) * (k - before)) / (after - before);
    }
    if (corners.length === TYPED.length) tell();
    else draw();
  }

  function draw() {
    let open = false;
    const path = heights.map((part, i) => {
      if (part === null) return (open = false) || "";
      const move = open ? "L" : "M";
      open = true;
      return `${move}${((i / (POINTS - 1)) * WIDTH).toFixed(2)} ${((1 - part) * HEIGHT).toFixed(2)}`;
    });
    drawn.setAttribute("d", path.join(""));
    const part = heights[pen];
    if (part === null) return;
    setAttribute(paper, "aria-valuenow", String(heightAt(part)));
    setAttribute(paper, "aria-valuetext", `step ${formatCount(stepAt(pen))}: ${measured(heightAt(part))}`);
  }

  function tell() {
    draw();
    put(heights.every((part) => part !== null) ? heights.map((part) => heightAt(Number(part))) : null);
  }

  /** Ends that were not drawn go on as high as they begin. */
  function complete() {
    const there = heights.flatMap((part, i) => (part === null ? [] : [i]));
    if (there.length === 0) return;
    const [from, to] = [there[0], there[there.length - 1]];
    heights.fill(heights[from], 0, from);
    heights.fill(heights[to], to + 1);
    tell();
    fill();
  }

  function listen() {
    /** Where the stroke was last. @type {[number, number] | null} */
    let before = null;
    const to = (/** @type {PointerEvent} */ event) => {
      const { left, top, width, height } = paper.getBoundingClientRect();
      const i = Math.round(within((event.clientX - left) / width) * (POINTS - 1));
      const part = within(1 - (event.clientY - top) / height);
      const [from, began] = before ?? [i, part];
      const count = Math.abs(i - from);
      for (let k = 0; k <= count; k++)
        heights[from + Math.sign(i - from) * k] = count === 0 ? part : began + ((part - began) * k) / count;
      [before, pen] = [[i, part], i];
      draw();
    };
    const end = () => {
      if (before === null) return;
      before = null;
      complete();
    };
    paper.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      paper.setPointerCapture(event.pointerId);
      before = null;
      to(event);
    });
    paper.addEventListener("pointermove", (event) => paper.hasPointerCapture(event.pointerId) && to(event));
    paper.addEventListener("pointerup", end);
    paper.addEventListener("pointercancel", end);
    paper.addEventListener("keydown", (event) => {
      const move = MOVES[event.key];
      if (!move || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      if (heights.some((part) => part === null)) heights.fill(0.5);
      else if (move[0] !== 0) pen = Math.max(0, Math.min(POINTS - 1, pen + move[0]));
      else heights.fill(within(Number(heights[pen]) + (move[1] * (event.shiftKey ? 10 : 2)) / 100), pen);
      tell();
      fill();
    });
  }
};
