/**
 * A point to place: tapped on the teacher's picture, moved by arrows, typed as x and y, or taken from what is described. Without a
 * picture the fields are there still.
 */

/** @import { Kind } from "./types.js" */

import { markup, measured } from "../../src/shared/markup.js";
import { h, prepareCanvas, setAttribute } from "../../src/toolkit/dom.js";
import { drawPlane, hasPlane, rangesOf } from "../picture/plane.js";
import { describedChoices } from "./described.js";
import { numberEntry } from "./number.js";

/** @type {Record<string, [number, number]>} */
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
/** Pixels of the picture as it is drawn; the page shows it as large as there is room. */
const SIZE = 640;

/** @type {Kind} */
export const place = ({ reading, axis, described = [] }, put, frame) => {
  /** @type {(number | null)[]} */
  let point = [null, null];
  const shown = frame && hasPlane(frame) ? frame : null;
  const ranges = shown ? rangesOf(shown) : axis ? { xs: pair(axis[0], axis[1]), ys: pair(axis[2], axis[3]) } : null;
  const canvas = h("canvas", { class: "picture-plane", aria: { hidden: true } });
  const mark = h("i", { class: "place-mark", hidden: true });
  const over = h(
    "div",
    {
      class: "place-plane",
      tabindex: 0,
      role: "application",
      aria: { label: "The plane: tap it, or move your point by the arrows", roledescription: "plane" },
      data: { testid: "place" },
      onpointerdown: (/** @type {PointerEvent} */ event) => {
        over.setPointerCapture(event.pointerId);
        tapped(event);
      },
      onpointermove: (/** @type {PointerEvent} */ event) => over.hasPointerCapture(event.pointerId) && tapped(event),
      onkeydown: (/** @type {KeyboardEvent} */ event) => {
        const by = MOVES[event.key];
        if (!by || !ranges) return;
        event.preventDefault();
        const at = parts() ?? [0.5, 0.5];
        const size = event.shiftKey ? 0.1 : 0.02;
        move(at[0] + by[0] * size, at[1] + by[1] * size);
      },
    },
    canvas,
    mark,
  );
  if (shown)
    drawPlane(prepareCanvas(canvas, SIZE, SIZE, 1), shown, SIZE, SIZE, document.documentElement.dataset.theme ?? "light");
  const fields = ["x", "y"].map((name, i) =>
    numberEntry(name, `place-${name}`, (value) => {
      point = point.map((each, k) => (k === i ? value : each));
      changed();
    }),
  );
  const words = markup(reading);
  const what = words.textContent ? words : "the point";
  const element = h(
    "div",
    { class: "place" },
    h("p", { class: "quiet" }, ranges ? "Tap " : "Type the place of ", what, ranges ? ", or type it." : "."),
    ranges && over,
    h("div", { class: "place-fields" }, ...fields.map((field) => field.element)),
    describedChoices("Or take one of these:", described, (answer) => {
      if (!Array.isArray(answer)) return;
      show(answer);
      changed();
    }),
  );
  return { element, direct: false, show };

  /** @param {unknown} answer */
  function show(answer) {
    point = Array.isArray(answer) ? answer : [null, null];
    fields.forEach((field, i) => field.show(point[i]));
    draw();
  }

  /** @param {PointerEvent} event */
  function tapped(event) {
    const box = over.getBoundingClientRect();
    move((event.clientX - box.left) / box.width, 1 - (event.clientY - box.top) / box.height);
  }

  /** @param {number} across @param {number} up  parts of the plane */
  function move(across, up) {
    if (!ranges) return;
    const inside = (/** @type {number} */ part) => Math.max(0, Math.min(1, part));
    point = [at(ranges.xs, inside(across)), at(ranges.ys, inside(up))];
    fields.forEach((field, i) => field.show(point[i]));
    changed();
  }

  function changed() {
    draw();
    const [x, y] = point;
    put(x === null || y === null ? null : [x, y]);
  }

  function parts() {
    const [x, y] = point;
    if (!ranges || x === null || y === null) return null;
    const part = (/** @type {number} */ value, /** @type {number[]} */ [low, high]) => (value - low) / (high - low);
    return [part(x, ranges.xs), part(y, ranges.ys)];
  }

  function draw() {
    const found = parts();
    mark.hidden = !found;
    if (!found) return;
    mark.style.left = `${found[0] * 100}%`;
    mark.style.bottom = `${found[1] * 100}%`;
    setAttribute(over, "aria-description", `at ${point.map((each) => measured(Number(each))).join(", ")}`);
  }
};

/** @param {number} low @param {number} high @returns {[number, number]} */
const pair = (low, high) => [low, high];

/** To a thousandth of what is shown: a place that can be read. @param {[number, number]} range @param {number} part */
function at([low, high], part) {
  return Number((low + part * (high - low)).toFixed(Math.max(0, 3 - Math.floor(Math.log10(high - low)))));
}
