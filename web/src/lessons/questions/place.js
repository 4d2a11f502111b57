/**
 * A point to place: on the room's own picture of a plane by mouse, touch or arrows, or by its coordinates. How far it was off is
 * drawn to the measured one. Every picture that shows a plane says where (`shared/plane.js`).
 */

/** @import { Shown } from "../../shared/plane.js" */
/** @import { Kind } from "./types.js" */

import { PLANE_MOVED, planeShown } from "../../shared/plane.js";
import { h, s, setAttribute } from "../../toolkit/dom.js";
import { markup, measured } from "../../shared/markup.js";
import { roomOfView } from "../views.js";
import { numberEntry } from "./number.js";

/** @type {Record<string, [number, number]>} */
const MOVES = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/** @type {Kind} */
export const place = ({ reading }, put) => {
  /** @type {(number | null)[]} */
  let point = [null, null];
  /** @type {[number, number] | null} */
  let truth = null;
  let frozen = false;
  /** Whether this is the card's own room: another's plane, or that of the card before, is not the one that is meant. */
  let here = false;
  /** @type {Shown | null} */
  let shown = null;
  const entries = ["x", "y"].map((name, i) =>
    numberEntry(name, `place-${name}`, (value) => {
      point = point.map((each, k) => (k === i ? value : each));
      changed();
    }),
  );
  const element = h(
    "div",
    { class: "lesson-place" },
    h("p", { class: "small" }, "Click ", markup(reading || "the point"), " on the picture, or type it."),
    ...entries.map((entry, i) => h("label", { class: "lesson-coordinate" }, h("span", {}, "xy"[i]), entry.element)),
  );
  const own = s("circle", { r: 7, class: "place-own" });
  const right = s("path", { d: "M-7 0H7M0 -7V7", class: "place-truth" });
  const error = s("line", { class: "place-error" });
  const over = h(
    "div",
    {
      class: "lesson-plane",
      tabindex: 0,
      role: "group",
      aria: { label: "The plane: arrows move your point" },
      data: { testid: "place" },
    },
    s("svg", { "aria-hidden": "true" }, error, right, own),
  );
  listen();
  document.addEventListener(PLANE_MOVED, lay);
  return {
    element,
    update({ lesson, room }) {
      here = lesson !== null && (roomOfView(lesson.view) === room || roomOfView(lesson.after ?? lesson.view) === room);
      lay();
    },
    reveal({ answer, truth: found, off }) {
      frozen = true;
      if (Array.isArray(answer)) {
        point = answer;
        entries.forEach((entry, i) => entry.show(point[i] ?? 0));
      }
      if (Array.isArray(found)) truth = /** @type {[number, number]} */ (/** @type {unknown} */ (found));
      for (const entry of entries) entry.freeze();
      over.removeAttribute("tabindex");
      over.dataset.frozen = "true";
      const far = typeof off === "number" ? ` Off by ${measured(off)}.` : "";
      if (truth) element.append(h("p", { data: { testid: "place-off" } }, `Measured at ${pair(truth)}.${far}`));
      draw();
    },
    gone() {
      document.removeEventListener(PLANE_MOVED, lay);
      over.remove();
    },
  };

  /** Over the picture that is seen. */
  function lay() {
    const now = here ? planeShown() : null;
    if (!now) return void over.remove();
    if (over.parentElement !== now.canvas.parentElement) now.canvas.after(over);
    shown = now;
    const { left, top, width, height } = now;
    over.style.cssText = `left:${left}px;top:${top}px;width:${width}px;height:${height}px`;
    draw();
  }

  function changed() {
    const [x, y] = point;
    put(x === null || y === null ? null : [x, y]);
    draw();
  }

  /** To a part of the plane's width and height. @param {number} across @param {number} down */
  function move(across, down) {
    if (!shown || frozen) return;
    const { xs, ys } = shown;
    const inside = (/** @type {number} */ part) => Math.max(0, Math.min(1, part));
    point = [round(xs[0] + inside(across) * (xs[1] - xs[0]), xs), round(ys[1] - inside(down) * (ys[1] - ys[0]), ys)];
    entries.forEach((entry, i) => entry.show(Number(point[i])));
    changed();
  }

  /** @param {(number | null)[]} at @returns {[number, number] | null}  in pixels of what lies over the picture */
  function pixels([x, y]) {
    if (!shown || x === null || y === null || !Number.isFinite(x) || !Number.isFinite(y)) return null;
    const { xs, ys, width, height } = shown;
    return [((x - xs[0]) / (xs[1] - xs[0])) * width, (1 - (y - ys[0]) / (ys[1] - ys[0])) * height];
  }

  function draw() {
    const [from, to] = [pixels(point), truth && pixels(truth)];
    for (const [sign, at] of /** @type {const} */ ([
      [own, from],
      [right, to],
    ])) {
      setAttribute(sign, "visibility", at ? null : "hidden");
      if (at) setAttribute(sign, "transform", `translate(${at[0].toFixed(1)} ${at[1].toFixed(1)})`);
    }
    setAttribute(error, "visibility", from && to ? null : "hidden");
    if (!from || !to) return;
    ["x1", "y1"].forEach((name, i) => setAttribute(error, name, from[i].toFixed(1)));
    ["x2", "y2"].forEach((name, i) => setAttribute(error, name, to[i].toFixed(1)));
  }

  function listen() {
    const toPointer = (/** @type {PointerEvent} */ event) => {
      const box = over.getBoundingClientRect();
      move((event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height);
    };
    over.addEventListener("pointerdown", (event) => {
      event.stopPropagation(); // under it the picture would be moved, or a start set
      if (frozen || event.button !== 0) return;
      over.setPointerCapture(event.pointerId);
      toPointer(event);
    });
    over.addEventListener("pointermove", (event) => over.hasPointerCapture(event.pointerId) && toPointer(event));
    over.addEventListener("click", (event) => event.stopPropagation());
    over.addEventListener("keydown", (event) => {
      const by = MOVES[event.key];
      if (!by || frozen || !shown) return;
      event.preventDefault();
      const at = pixels(point) ?? [shown.width / 2, shown.height / 2];
      const size = (event.shiftKey ? 10 : 1) / 100;
      move(at[0] / shown.width + by[0] * size, at[1] / shown.height - by[1] * size);
    });
  }
};

/** @param {number[]} point */
const pair = ([x, y]) => `(${measured(x)}, ${measured(y)})`;

/** To a thousandth of what is shown: a place that can be read. @param {number} value @param {[number, number]} range */
function round(value, [low, high]) {
  return Number(value.toFixed(Math.max(0, 3 - Math.floor(Math.log10(high - low)))));
}
