/** The output's plane as a place to draw on: points by class, by pointer or by keys, and a run that is trained on them. */

/** @import { AppState, View } from "../../types.js" */

import { classColour, css, palette } from "../../toolkit/colours.js";
import { h, memo, prepareCanvas, setAttribute, setText } from "../../toolkit/dom.js";
import { formatSetting } from "../../toolkit/maths.js";
import { MOST_CLASSES, Points, pointsOf } from "./points.js";
import { specOf, withOwnData } from "../../run/spec.js";
import { frameOf } from "../../run/selectors.js";
import { drawAxes, drawPoint, plotFrame } from "../../toolkit/canvas-plot.js";
import { partSlider } from "./part-slider.js";

/** @type {[number, number]} */
const DOMAIN = [-6, 6];
/** How far apart a stroke leaves its points, how wide it wipes, how far a key moves the cursor. */
const APART = 0.35;
const REACH = 0.4;
const MOVE = 0.25;
/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/**
 * @param {import("../actions.js").TrainActions} actions
 * @returns {View}
 */
export function drawView(actions) {
  const canvas = h("canvas", {
    class: "plot",
    tabindex: 0,
    role: "application",
    data: { testid: "draw-plane" },
    aria: {
      label: "Plane to draw on. Arrows move the cursor, Enter places a point, Delete removes, 1 to 4 choose the class.",
    },
  });
  const classes = Array.from({ length: MOST_CLASSES }, (_, label) => {
    const dot = h("i", { class: "dot" });
    const word = h("span");
    const choose = () => choosing(label, false);
    const button = h("button", { type: "button", class: "chip class-chip", data: { label }, onclick: choose }, dot, word);
    return { button, dot, word };
  });
  const eraser = h(
    "button",
    {
      type: "button",
      class: "quiet-button",
      title: "or the right button, or Delete",
      onclick: () => choosing(current, !erasing),
    },
    "Eraser",
  );
  const undo = h(
    "button",
    { type: "button", class: "quiet-button", title: "z", onclick: () => change(() => points.undo()) },
    "Undo",
  );
  const clear = h("button", { type: "button", class: "quiet-button", onclick: () => change(() => points.clear()) }, "Clear");
  const part = partSlider(() => paint());
  const status = h("p", { class: "small draw-status", role: "status", data: { testid: "draw-status" } });
  const train = h(
    "button",
    { type: "button", class: "primary-button", data: { testid: "draw-train" }, onclick: () => submit() },
    "Train on these",
  );
  const cancel = h("button", { type: "button", class: "quiet-button", onclick: () => actions.draw(false) }, "Cancel");
  const element = h(
    "div",
    { class: "drawing-place", role: "group", aria: { label: "Drawing points" }, hidden: true },
    canvas,
    h("div", { class: "chips", role: "group", aria: { label: "Class" } }, ...classes.map(({ button }) => button)),
    h("div", { class: "draw-buttons" }, eraser, undo, clear),
    h("p", { class: "small" }, "Drag to place; right button removes; keys 1 to 4."),
    part.element,
    status,
    h("div", { class: "draw-buttons" }, h("span", { class: "grow" }), cancel, train),
  );
  let points = new Points();
  let current = 0;
  let erasing = false;
  let cursor = { x: 0, y: 0 };
  let theme = "light";
  /** @type {string[]} */
  let names = [];
  /** @type {string[]} */
  let features = [];

  function paint() {
    const size = Math.round(canvas.clientWidth);
    if (size < 40) return;
    const colours = palette(theme);
    const frame = plotFrame(prepareCanvas(canvas, size, size), size, size, DOMAIN, DOMAIN);
    drawAxes(frame, DOMAIN, DOMAIN, colours, true);
    const count = Math.max(points.colours, current + 1);
    const tests = points.tests(part.value());
    points.all.forEach(({ x, y, label }, i) =>
      drawPoint(frame, x, y, classColour(colours, label, count), colours.panel, tests[i]),
    );
    if (document.activeElement === canvas) drawCursor(frame, cursor, colours.ink);
    classes.forEach(({ button, dot, word }, label) => {
      const used = points.all.filter((point) => point.label === label).length;
      dot.style.background = css(classColour(colours, label, Math.max(count, label + 1)));
      setText(word, `${names[label]}: ${used}`);
      setAttribute(button, "aria-pressed", String(!erasing && label === current));
      setAttribute(button, "aria-label", `class ${names[label]}, ${used} points, key ${label + 1}`);
    });
    setAttribute(eraser, "aria-pressed", String(erasing));
    undo.disabled = !points.canUndo;
    clear.disabled = points.all.length === 0;
    train.disabled = points.problem !== "";
    const test = tests.filter(Boolean).length;
    setText(status, points.problem || `${points.all.length - test} points to train on, ${test} to test.`);
  }

  /** @param {() => void} act */
  function change(act) {
    act();
    paint();
  }

  /** @param {number} label @param {boolean} erase */
  function choosing(label, erase) {
    change(() => {
      current = label;
      erasing = erase;
    });
  }

  async function submit() {
    if (points.problem) return;
    const data = points.data(part.value(), names, features);
    const told = `${data.title}: ${data.train_x.length} to train on, ${data.test_x?.length ?? 0} to test.`;
    if (await actions.begin((now) => withOwnData(now, data), "data", told)) actions.draw(false);
    else setText(status, actions.sender.refusal("data"));
  }

  followPointer(canvas, {
    begin: () => points.mark(),
    // A stroke leaves a point wherever none is near.
    at(place, first, wiping) {
      cursor = place;
      const last = points.all.at(-1);
      change(() => {
        if (wiping || erasing) points.remove(place.x, place.y, REACH);
        else if (first || !last || Math.hypot(last.x - place.x, last.y - place.y) >= APART)
          points.place(place.x, place.y, current);
      });
    },
  });
  canvas.addEventListener("focus", paint);
  canvas.addEventListener("blur", paint);
  new ResizeObserver(paint).observe(canvas);
  element.addEventListener("keydown", (event) => {
    if (!act(event)) return;
    event.preventDefault();
    event.stopPropagation();
  });

  /** @param {KeyboardEvent} event  @returns {boolean} whether it was for the drawing */
  function act(event) {
    const { key } = event;
    if (key === "z" && !event.altKey && !event.shiftKey) change(() => points.undo());
    else if (event.ctrlKey || event.metaKey || event.altKey) return false;
    else if (key === "Escape") actions.draw(false);
    else if (/^[1-9]$/.test(key) && Number(key) <= MOST_CLASSES) choosing(Number(key) - 1, false);
    else if (event.target !== canvas) return false;
    else if (key in ARROWS) {
      const far = event.shiftKey ? 4 * MOVE : MOVE;
      const move = (/** @type {number} */ from, /** @type {number} */ by) => Math.max(-6, Math.min(6, from + by * far));
      change(() => (cursor = { x: move(cursor.x, ARROWS[key][0]), y: move(cursor.y, ARROWS[key][1]) }));
      setText(status, `Cursor at ${formatSetting(cursor.x)}, ${formatSetting(cursor.y)}.`);
    } else if (key === "Enter" || key === "Delete" || key === "Backspace") {
      points.mark();
      if (key === "Enter" && !erasing) change(() => points.place(cursor.x, cursor.y, current));
      else change(() => points.remove(cursor.x, cursor.y, REACH));
    } else return false;
    return true;
  }

  const themed = memo();
  /** @type {number | null} */
  let begunIn = null;
  return {
    element,
    update(/** @type {AppState} */ state) {
      const { run, drawing } = state;
      if (run && drawing && begunIn === null) {
        begunIn = run.run;
        points = pointsOf(run, frameOf(state, "data"));
        // Numbered classes are named as their keys are; words are kept.
        const worded = points.all.length > 0 && run.classes.some((name) => !/^\d+$/.test(name));
        names = Array.from({ length: MOST_CLASSES }, (_, i) => (worded ? run.classes[i] : null) ?? String(i + 1));
        features = run.kind === "plane" ? (specOf(state)?.data.features ?? ["x", "y"]) : ["x", "y"];
        [current, erasing, cursor] = [0, false, { x: 0, y: 0 }];
        element.hidden = false;
        theme = state.theme;
        canvas.focus();
        paint();
      } else if (run && drawing && run.run !== begunIn) actions.draw(false); // other data were chosen meanwhile
      if (!drawing) {
        begunIn = null;
        element.hidden = true;
      }
      theme = state.theme;
      if (drawing && themed(theme, state.projector)) paint();
    },
  };
}

/**
 * Where the next point goes by key.
 * @param {import("../../toolkit/canvas-plot.js").Frame} frame
 * @param {{x: number, y: number}} cursor
 * @param {string} ink
 */
function drawCursor({ context, px, py }, { x, y }, ink) {
  context.strokeStyle = ink;
  context.lineWidth = 1;
  context.beginPath();
  for (const [dx, dy] of [
    [1, 0],
    [-1, 0],
    [0, 1],
    [0, -1],
  ]) {
    context.moveTo(px(x) + 4 * dx, py(y) + 4 * dy);
    context.lineTo(px(x) + 10 * dx, py(y) + 10 * dy);
  }
  context.stroke();
}

/**
 * Presses and strokes on the plane, in its own coordinates.
 * @param {HTMLCanvasElement} canvas
 * @param {{begin: () => void, at: (place: {x: number, y: number}, first: boolean, wiping: boolean) => void}} pen
 */
function followPointer(canvas, pen) {
  /** @type {boolean | null} */
  let wiping = null;
  /** The finger or mouse that draws. @type {number | null} */
  let held = null;
  const place = (/** @type {PointerEvent} */ event) => {
    const box = canvas.getBoundingClientRect();
    // The frame's own places, turned round.
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    const frame = plotFrame(context, box.width, box.width, [0, 1], [0, 1]);
    const [low, high] = DOMAIN;
    const x = (event.clientX - box.left - frame.px(0)) / (frame.px(1) - frame.px(0));
    const y = (event.clientY - box.top - frame.py(0)) / (frame.py(1) - frame.py(0));
    return { x: low + (high - low) * x, y: low + (high - low) * y, inside: x >= 0 && x <= 1 && y >= 0 && y <= 1 };
  };
  canvas.addEventListener("contextmenu", (event) => event.preventDefault());
  canvas.addEventListener("pointerdown", (event) => {
    if ((event.button !== 0 && event.button !== 2) || held !== null) return; // another finger beside it places nothing
    const spot = place(event);
    if (!spot.inside) return;
    canvas.setPointerCapture(event.pointerId);
    held = event.pointerId;
    wiping = event.button === 2;
    pen.begin();
    pen.at(spot, true, wiping);
  });
  canvas.addEventListener("pointermove", (event) => {
    const spot = place(event);
    if (event.pointerId === held && wiping !== null && spot.inside) pen.at(spot, false, wiping);
  });
  const ended = (/** @type {PointerEvent} */ { pointerId }) => {
    if (pointerId === held) held = wiping = null;
  };
  canvas.addEventListener("pointerup", ended);
  canvas.addEventListener("pointercancel", ended);
}
