/** A digit drawn by hand and what the network answers to it, while it is drawn; it may join the data. */

/** @import { AppState, RunInfo, View } from "../../types.js" */
/** @import { Answered } from "../types.js" */

import { h, memo, setAttribute, setText } from "../../toolkit/dom.js";
import { formatCount, formatExact, formatPercent, toNumber } from "../../toolkit/maths.js";
import { dataTitle, specOf, withOwnData } from "../../run/spec.js";
import { frameOf } from "../../run/selectors.js";
import { Newest } from "../../wire/newest.js";
import { sentencesOf } from "../../wire/refusals.js";
import { drawPicture } from "../output/misread.js";
import { SIDE, brought, picture } from "./ink.js";
import { withDrawn } from "./own.js";
import { digitPad } from "./pad.js";

/** Whether a run's samples are pictures such as are drawn here. @param {RunInfo | null} run */
export function takesDigits(run) {
  return run?.task === "classification" && run.image_shape?.[0] === SIDE && run.image_shape[1] === SIDE;
}

/**
 * @param {import("../actions.js").TrainActions} actions
 * @returns {View}
 */
export function digitView(actions) {
  const pad = digitPad({ changed: () => look(), said: (words) => setText(place, words) });
  const seen = h("canvas", {
    class: "digit",
    role: "img",
    aria: { label: "As the network sees it" },
    data: { testid: "digit-seen" },
  });
  const bars = h("ul", { class: "digit-bars", aria: { label: "Outputs by class" }, data: { testid: "digit-bars" } });
  const answer = h("p", { class: "small", role: "status", data: { testid: "digit-answer" } });
  const place = h("p", { class: "sr-only", role: "status" });
  const fit = h("input", { type: "checkbox", class: "switch", role: "switch", checked: true, data: { testid: "digit-fit" } });
  fit.addEventListener("change", () => look());
  const back = h("button", { type: "button", class: "quiet-button", title: "Backspace", onclick: pad.back }, "Undo");
  const clear = h("button", { type: "button", class: "quiet-button", title: "Delete", onclick: pad.clear }, "Clear");
  const close = h("button", { type: "button", class: "quiet-button", onclick: () => actions.drawDigit(false) }, "Close");
  const label = h("select", { aria: { label: "The class of the drawn picture" }, data: { testid: "digit-label" } });
  const add = h(
    "button",
    { type: "button", class: "quiet-button", data: { testid: "digit-add" }, onclick: () => keep() },
    "Add it",
  );
  const kept = h("span", { class: "small", role: "status", data: { testid: "digit-kept" } });
  const train = h(
    "button",
    { type: "button", class: "primary-button", data: { testid: "digit-train" }, onclick: () => submit() },
    "Train with them",
  );
  const element = h(
    "div",
    { class: "digit-place", role: "group", aria: { label: "Drawing a digit" }, hidden: true },
    h("div", { class: "digit-side" }, pad.element, bars),
    answer,
    place,
    h("div", { class: "digit-row" }, seen, h("span", { class: "small grow" }, "as the network sees it"), back, clear, close),
    h(
      "label",
      { class: "field-row", title: "as the set's digits were: in the middle, and of one height" },
      "Centre and enlarge",
      fit,
    ),
    h(
      "div",
      { class: "digit-row", data: { part: "data" } },
      h("label", { class: "field-row" }, "It is a", label),
      add,
      kept,
      h("span", { class: "grow" }),
      train,
    ),
  );
  /** @type {AppState | null} */
  let last = null;
  /** The run whose pictures are drawn. */
  let begunIn = -1;
  /** @type {number[] | null} */
  let values = null;
  /** @type {import("./own.js").Drawn[]} */
  let drawn = [];
  /** @type {{element: HTMLElement, fill: HTMLElement, value: HTMLElement}[]} */
  let rows = [];
  /** @type {Newest<number[]>} */
  const asked = new Newest(async (x) => {
    try {
      show(await actions.sender.send({ type: "predict", x }));
      return true;
    } catch (error) {
      show(null, sentencesOf(error));
      return false;
    }
  });

  /** What is drawn has changed. */
  function look() {
    const strokes = pad.strokes();
    values = strokes.length > 0 ? picture(fit.checked ? brought(strokes) : strokes) : null;
    paintSeen();
    if (values) asked.want(values);
    else show(null);
    buttons();
  }

  function paintSeen() {
    drawPicture(seen, values ?? new Array(SIDE * SIDE).fill(0), 0, [SIDE, SIDE], 1);
  }

  /** @param {Answered | null} found @param {string} [words]  where there is none */
  function show(found, words = "Draw a digit: the network answers while you draw.") {
    const told = values === null ? null : found; // an answer that comes after all was cleared is none
    const run = last?.run;
    rows.forEach(({ element, fill, value }, i) => {
      const exact = toNumber(told?.by_class?.[i]);
      fill.style.width = `${100 * Math.max(0, Math.min(1, exact ?? 0))}%`;
      setText(value, exact === null ? "" : formatPercent(exact));
      setAttribute(element, "data-value", exact === null ? null : String(exact));
      element.title = exact === null ? "" : `exactly ${formatExact(exact)}`;
      element.classList.toggle("first", told?.predicted === i);
    });
    if (!told || !run) {
      setAttribute(answer, "data-value", null);
      return setText(answer, words);
    }
    const sure = told.predicted === null ? null : toNumber(told.by_class?.[told.predicted]);
    const name = told.predicted === null ? null : run.classes[told.predicted];
    setAttribute(answer, "data-value", name);
    setText(
      answer,
      name === null || sure === null
        ? "The outputs are no longer finite: the network has no answer."
        : `Read as ${name}, output ${formatPercent(sure)}, after step ${formatCount(told.step)}.`,
    );
  }

  function buttons() {
    back.disabled = clear.disabled = add.disabled = values === null;
    train.disabled = drawn.length === 0;
    setText(kept, drawn.length === 0 ? "" : `${formatCount(drawn.length)} drawn`);
  }

  function keep() {
    if (values === null) return;
    drawn = [...drawn, { x: values, label: label.selectedIndex }];
    pad.clear();
    pad.element.focus();
  }

  async function submit() {
    if (!last?.run || !last.catalog || drawn.length === 0) return;
    const [data, spec] = [frameOf(last, "data"), specOf(last)];
    if (!data || !spec) return;
    const own = withDrawn(last.run, data, drawn, dataTitle(last.catalog, spec));
    const told = `${formatCount(drawn.length)} drawn joined the data: a new run begins at step 0.`;
    const begun = await actions.begin((now) => withOwnData(now, own), "data", told);
    if (begun) drawn = [];
    buttons();
    if (!begun) setText(kept, actions.sender.refusal("data"));
  }

  /** @param {RunInfo} run */
  function build(run) {
    rows = run.classes.map((name) => {
      const fill = h("i", { class: "digit-fill" });
      const value = h("span", { class: "value" });
      const track = h("span", { class: "digit-track" }, fill);
      return { element: h("li", { data: { class: name } }, h("span", {}, name), track, value), fill, value };
    });
    bars.replaceChildren(...rows.map((row) => row.element));
    label.replaceChildren(...run.classes.map((name) => h("option", {}, name)));
  }

  const opened = memo();
  const built = memo();
  const themed = memo();
  const moved = memo();
  return {
    element,
    update(state) {
      last = state;
      const { run, digit, theme } = state;
      const open = digit && takesDigits(run);
      element.hidden = !open;
      if (!open || !run) {
        opened(false);
        return;
      }
      const other = run.run !== begunIn;
      begunIn = run.run;
      if (built(run.classes.join("\n"))) {
        build(run);
        drawn = []; // their labels were those of other classes
      }
      if (themed(theme, state.projector)) {
        pad.paint(theme);
        paintSeen();
      }
      if (opened(true)) {
        pad.element.focus();
        look();
      } else if (moved(frameOf(state, "evaluation")) || other) {
        if (values) asked.want(values); // the network has learned since: the same picture is asked for again
      }
    },
  };
}
