/** The pad on which a digit is drawn, by mouse, finger, pen or keys. It holds the strokes; what becomes of them is not its matter. */

import { h, prepareCanvas } from "../../toolkit/dom.js";
import { palette } from "../../toolkit/colours.js";
import { FINE, SIDE } from "./ink.js";

/** How far a key moves the cursor: a block of the picture. */
const STEP = FINE / SIDE;
/** How far apart a stroke leaves its places. */
const APART = 0.5;
/** The pen as it is drawn: as wide as it inks. */
const WIDTH = 4.5;
/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** @typedef {import("./ink.js").Place} Place */

/** @param {{changed: () => void, said: (words: string) => void}} told */
export function digitPad({ changed, said }) {
  const canvas = h("canvas", {
    class: "digit-pad",
    tabindex: 0,
    role: "application",
    data: { testid: "digit-pad" },
    aria: {
      label:
        "Pad to draw a digit on. Arrows move the cursor, Space puts ink, Shift with an arrow draws a line, " +
        "Backspace takes the last stroke back, Delete clears.",
    },
  });
  /** @type {Place[][]} */
  let strokes = [];
  /** @type {Place} */
  let cursor = [FINE / 2, STEP / 2];
  let theme = "light";
  /** Whether the last stroke is still drawn on by keys. */
  let going = false;

  function paint() {
    const size = Math.round(canvas.clientWidth);
    if (size < 40) return;
    const colours = palette(theme);
    const context = prepareCanvas(canvas, size, size);
    const scale = size / FINE;
    context.strokeStyle = colours.line;
    context.lineWidth = 1;
    for (let i = 1; i < SIDE; i++) {
      const at = Math.round((i * size) / SIDE) + 0.5;
      context.beginPath();
      context.moveTo(at, 0);
      context.lineTo(at, size);
      context.moveTo(0, at);
      context.lineTo(size, at);
      context.stroke();
    }
    context.strokeStyle = colours.ink;
    context.lineCap = context.lineJoin = "round";
    context.lineWidth = WIDTH * scale;
    for (const stroke of strokes) {
      context.beginPath();
      context.moveTo(stroke[0][0] * scale, stroke[0][1] * scale);
      for (const [x, y] of stroke) context.lineTo(x * scale, y * scale);
      context.stroke();
    }
    if (document.activeElement !== canvas) return;
    context.strokeStyle = colours.ink2;
    context.lineWidth = 2;
    const side = STEP * scale;
    context.strokeRect(cursor[0] * scale - side / 2, cursor[1] * scale - side / 2, side, side);
  }

  /** @param {Place[][]} next */
  function set(next) {
    strokes = next;
    paint();
    changed();
  }

  /** @param {Place} place  where a stroke begins */
  const begin = (place) => set([...strokes, [place]]);

  /** @param {Place} place  where the last stroke goes on to */
  function goOn(place) {
    const stroke = strokes[strokes.length - 1];
    const [x, y] = stroke[stroke.length - 1];
    if (Math.hypot(place[0] - x, place[1] - y) >= APART) set([...strokes.slice(0, -1), [...stroke, place]]);
  }

  /** @param {PointerEvent} event @returns {Place} */
  function placeOf(event) {
    const box = canvas.getBoundingClientRect();
    const inside = (/** @type {number} */ share) => FINE * Math.max(0, Math.min(1, share));
    return [inside((event.clientX - box.left) / box.width), inside((event.clientY - box.top) / box.height)];
  }

  /** The finger or mouse that draws; another one beside it draws nothing. @type {number | null} */
  let drawing = null;
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || drawing !== null) return;
    canvas.setPointerCapture(event.pointerId);
    drawing = event.pointerId;
    going = false;
    begin(placeOf(event));
  });
  canvas.addEventListener("pointermove", (event) => {
    // A quick stroke has more places than there are events.
    if (drawing !== event.pointerId) return;
    for (const each of event.getCoalescedEvents?.() ?? [event]) goOn(placeOf(each));
  });
  const ended = (/** @type {PointerEvent} */ { pointerId }) => {
    if (pointerId === drawing) drawing = null;
  };
  canvas.addEventListener("pointerup", ended);
  canvas.addEventListener("pointercancel", ended);
  for (const event of ["focus", "blur"]) canvas.addEventListener(event, paint);
  new ResizeObserver(paint).observe(canvas);

  canvas.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !act(event.key, event.shiftKey)) return;
    event.preventDefault();
    event.stopPropagation();
  });

  /** @param {string} key @param {boolean} inking  @returns {boolean} whether it was for the pad */
  function act(key, inking) {
    if (key in ARROWS) {
      const move = (/** @type {number} */ at, /** @type {number} */ by) =>
        Math.max(STEP / 2, Math.min(FINE - STEP / 2, at + by * STEP));
      const before = cursor;
      cursor = [move(cursor[0], ARROWS[key][0]), move(cursor[1], ARROWS[key][1])];
      if (inking && !going) begin(before);
      if (inking) goOn(cursor);
      going = inking;
      paint();
      said(`Row ${Math.ceil(cursor[1] / STEP)}, column ${Math.ceil(cursor[0] / STEP)}.`);
    } else if (key === " " || key === "Enter") begin(cursor);
    else if (key === "Backspace") back();
    else if (key === "Delete") clear();
    else return false;
    if (!(key in ARROWS)) going = false;
    return true;
  }

  function back() {
    if (strokes.length > 0) set(strokes.slice(0, -1));
  }

  function clear() {
    if (strokes.length > 0) set([]);
  }

  return {
    element: canvas,
    strokes: () => strokes,
    back,
    clear,
    /** @param {string} next  theme */
    paint(next) {
      theme = next;
      paint();
    },
  };
}
