/** A formula that makes the data: typed, and what it would give drawn at once; the run begins with it when it is entered. */

/** @import { FormulaData } from "../../protocol.js" */
/** @import { AppState } from "../../types.js" */
/** @import { Sketch } from "../types.js" */

import { classColour, palette, signed } from "../../toolkit/colours.js";
import { drawAxes, drawPieces, drawPoint, plotFrame, roundUp } from "../../toolkit/canvas-plot.js";
import { h, memo, prepareCanvas, setAttribute, setText } from "../../toolkit/dom.js";
import { formatCount } from "../../toolkit/maths.js";
import { NewestAnswers } from "../../wire/newest.js";
import { wordsOf } from "../../wire/refusals.js";
import { specOf } from "../../run/spec.js";

const PATH = "data.formula";
/** Milliseconds without a key after which what is typed is drawn. */
const WAIT = 120;
/** @type {[number, number]} */
const DOMAIN = [-6, 6];
const LONGEST = 200;

/** What a formula can be, each with one to begin with. */
const EXAMPLES = [
  { label: "above, below", formula: "y = 2 * sin(x)", title: "two classes, on both sides of a curve" },
  { label: "inside", formula: "x^2 + y^2 < 9", title: "two classes, where it holds and where it does not" },
  { label: "a value", formula: "sin(x) * y / 6", title: "regression: the value of a function of x and y" },
];

/** What may stand in it. */
const HINT = "y = f(x), f(x, y) < 0 with any of < > <= >=, or f(x, y) alone; + - * / ^ ( ), sin, exp, sqrt, abs …, pi, e";

/** @param {import("../actions.js").TrainActions} actions */
export function formulaField(actions) {
  actions.register(PATH);
  const input = h("input", {
    id: "formula-text",
    class: "formula-text",
    type: "text",
    autocomplete: "off",
    autocapitalize: "off",
    spellcheck: "false",
    maxlength: LONGEST,
    name: PATH,
    title: HINT,
    aria: { describedby: "formula-status formula-error" },
  });
  const examples = EXAMPLES.map(({ label, formula, title }) =>
    h("button", { type: "button", class: "chip", title: `${title}: ${formula}`, onclick: () => begin(formula) }, label),
  );
  const canvas = h("canvas", { class: "plot", role: "img", hidden: true, data: { testid: "formula-sketch" } });
  const status = h("p", { class: "small", id: "formula-status", role: "status", data: { testid: "formula-status" } });
  const error = h("p", { class: "field-error", id: "formula-error", role: "alert", hidden: true });
  const element = h(
    "div",
    { class: "field formula-field", data: { field: PATH } },
    h("label", { for: "formula-text", title: HINT }, "Formula"),
    input,
    error,
    h("div", { class: "chips", role: "group", aria: { label: "Kinds of formulas" } }, ...examples),
    canvas,
    status,
  );
  const asked = new NewestAnswers();
  /** @type {AppState | null} */
  let state = null;
  /** What the run has. */
  let value = "";
  /** What is typed and not begun yet: its picture, or why there is none. @type {{sketch: Sketch | null, problem: string}} */
  let typed = { sketch: null, problem: "" };

  /** @param {string} text */
  async function question(text) {
    try {
      const data = /** @type {FormulaData} */ (state && specOf(state)?.data);
      const sketch = await actions.sender.send({ type: "sketch", data: { ...data, formula: text } });
      return { sketch, problem: "" };
    } catch (failed) {
      return { sketch: null, problem: wordsOf(failed, PATH) };
    }
  }

  function ask() {
    const text = input.value;
    if (text === value) return restore();
    asked.ask("sketch", text, () => question(text), show, WAIT);
  }

  /** The last picture stays, faint, while what is typed is none: nothing jumps with each key. @param {typeof typed} next */
  function show(next) {
    typed = next.problem === "" ? next : { ...next, sketch: typed.sketch };
    paint();
  }

  /** @param {string} text */
  async function begin(text) {
    asked.drop("sketch");
    if (text === value) return restore();
    input.value = text;
    const begun = await actions.change(PATH, text);
    show({ sketch: null, problem: begun ? "" : actions.sender.refusal(PATH) });
  }

  function restore() {
    asked.drop("sketch");
    input.value = value;
    show({ sketch: null, problem: "" });
  }

  function paint() {
    const { sketch } = typed;
    const told = input.value === value ? (state?.errors[PATH] ?? "") : typed.problem;
    error.hidden = told === "";
    setText(error, told);
    setAttribute(input, "aria-invalid", told === "" ? null : "true");
    canvas.hidden = sketch === null;
    canvas.classList.toggle("stale", typed.problem !== "");
    setText(
      status,
      sketch && typed.problem === "" ? `${wordsFor(sketch)} Enter begins a run with it.` : (state?.run?.note ?? ""),
    );
    for (const [i, button] of examples.entries()) setAttribute(button, "aria-pressed", String(EXAMPLES[i].formula === value));
    if (sketch && state) drawSketch(canvas, sketch, state.theme);
  }

  input.addEventListener("input", ask);
  input.addEventListener("change", () => void begin(input.value));
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || input.value === value) return;
    restore();
    event.stopPropagation();
  });
  new ResizeObserver(() => !canvas.hidden && paint()).observe(element);
  const changed = memo();
  return {
    element,
    /** @param {AppState} next @param {unknown} formula  the run's */
    update(next, formula) {
      state = next;
      if (formula !== value) {
        const goesOn = document.activeElement === input && input.value !== value && input.value !== formula;
        value = String(formula);
        if (!goesOn) restore(); // what is typed meanwhile is not overwritten
      }
      if (changed(next.theme, next.projector, next.errors[PATH], next.run)) paint();
    },
  };
}

/** @param {Sketch} sketch */
function wordsFor({ classes, counts, note }) {
  const classed = classes.map((name, i) => `${name} ${formatCount(counts[i])}`).join(", ");
  return [classed ? `${classed}.` : "To be predicted: its value.", note].filter(Boolean).join(" ");
}

/** @param {HTMLCanvasElement} canvas @param {Sketch} sketch @param {string} theme */
function drawSketch(canvas, sketch, theme) {
  const size = Math.round(canvas.clientWidth);
  if (size < 40) return;
  const colours = palette(theme);
  const frame = plotFrame(prepareCanvas(canvas, size, size), size, size, DOMAIN, DOMAIN);
  drawAxes(frame, DOMAIN, DOMAIN, colours, true);
  const values = sketch.y.map(Number);
  const reach = roundUp(values.reduce((most, value) => Math.max(most, Math.abs(value)), 0));
  sketch.x.forEach(([x, y], i) => {
    if (Math.max(Math.abs(x), Math.abs(y)) > DOMAIN[1]) return; // noise led it out of the picture
    const colour = sketch.task === "classification" ? classColour(colours, values[i], 2) : signed(colours, values[i] / reach);
    drawPoint(frame, x, y, colour, colours.panel, false, sketch.task === "classification" ? colours.panel : colours.ink2);
  });
  drawPieces(frame, sketch.border.flat(), colours.ink);
  setAttribute(canvas, "aria-label", `What ${sketch.formula} gives: ${wordsFor(sketch)}`);
}
