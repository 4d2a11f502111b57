/** What the network answers, how well, and how that went: the right column. */

/** @import { RunInfo, View } from "../../types.js" */

import { h, memo, setAttribute, setText } from "../../toolkit/dom.js";
import { formatCount, formatExact, formatNumber, formatPercent, toNumber } from "../../toolkit/maths.js";
import { frameOf } from "../../run/selectors.js";
import { icon } from "../../toolkit/icons.js";
import { trialButtons } from "./trial-buttons.js";
import { confusionView } from "./confusion.js";
import { curvesView } from "./curves.js";
import { drawView } from "../data/draw.js";
import { digitView, takesDigits } from "../digit/digit.js";
import { fitView } from "./fit.js";
import { healthView } from "./health.js";
import { misreadView } from "./misread.js";
import { regionsView } from "./regions.js";

/**
 * @param {import("../actions.js").TrainActions} actions
 * @param {{rate: () => void, gradient: () => void}} trials
 * @returns {View}
 */
export function outputColumn(actions, trials) {
  const moment = h("span", { class: "moment", data: { testid: "moment" } });
  const regions = regionsView(actions);
  const fit = fitView(actions);
  const confusion = confusionView(actions);
  const misread = misreadView(actions);
  const unseen = h(
    "div",
    {},
    h("p", { class: "small" }, "A fit over several columns cannot be drawn; the losses say how close it is."),
    h(
      "button",
      {
        type: "button",
        class: "text-button",
        data: { testid: "follow-first" },
        onclick: () => actions.follow({ split: "train", index: 0 }),
      },
      "follow a sample through the network",
    ),
  );
  const draw = drawView(actions);
  const digit = digitView(actions);
  const pencil = h(
    "button",
    {
      type: "button",
      class: "quiet-button own-button",
      title: "and see it classified while it is drawn",
      data: { testid: "draw-digit" },
      onclick: () => actions.drawDigit(true),
    },
    icon("pencil"),
    "Draw a digit",
  );
  const numbers = numbersView();
  const curves = curvesView(actions);
  const health = healthView(actions);
  const checks = trialButtons(actions, trials);
  const element = h(
    "div",
    { class: "output", data: { part: "output" } },
    h(
      "section",
      { class: "answer", aria: { label: "Output" } },
      h("div", { class: "title-row" }, h("h2", { class: "panel-title" }, "Output"), moment),
      regions.element,
      fit.element,
      confusion.element,
      unseen,
      draw.element,
      digit.element,
      pencil,
    ),
    numbers.element,
    misread.element,
    curves.element,
    health.element,
    checks.element,
  );
  return {
    element,
    update(state) {
      const { run } = state;
      const kind = run?.kind ?? "plane";
      regions.element.hidden = kind !== "plane";
      fit.element.hidden = kind !== "line";
      const flat = kind === "plane" || kind === "line";
      const drawn = state.digit && takesDigits(run);
      confusion.element.hidden = flat || drawn || run?.task === "regression";
      pencil.hidden = state.digit || !takesDigits(run);
      unseen.hidden = flat || run?.task !== "regression";
      element.classList.toggle("drawing", state.drawing);
      element.dataset.kind = kind;
      const frame = frameOf(state, kind === "plane" || kind === "line" ? "maps" : "evaluation");
      element.classList.toggle("digit-open", drawn);
      setText(moment, frame ? `after step ${formatCount(frame.step)}` : "");
      for (const view of [draw, digit, regions, fit, confusion, misread, numbers, curves, health, checks]) view.update(state);
    },
  };
}

/**
 * The three numbers that matter, each with its set, at one step.
 * @param {string} [prefix]  of the names for tests, where they are shown twice
 * @returns {View}
 */
export function numbersView(prefix = "") {
  const cells = /** @type {const} */ ([
    { set: "train", score: "loss", label: "loss, whole train set" },
    { set: "test", score: "loss", label: "loss, test set" },
    { set: "test", score: "accuracy", label: "test accuracy" },
  ]).map(({ set, score, label }) => {
    const value = h("output", { class: "big", data: { testid: `${prefix}${set}-${score}` } }, "–");
    const head = h("span", { class: "big-label" }, label);
    return { set, score, value, head, box: h("div", { class: "number-box" }, head, value) };
  });
  const element = h("div", { class: "numbers", role: "group", aria: { label: "Scores" } }, ...cells.map((cell) => cell.box));
  const changed = memo();
  return {
    element,
    update(state) {
      const evaluation = frameOf(state, "evaluation");
      if (!changed(evaluation, state.run)) return;
      const run = /** @type {RunInfo | null} */ (state.run);
      // Without a test part the train set's accuracy is shown instead, and named so.
      const accuracySet = run && run.samples.test === 0 ? "train" : "test";
      for (const { set, score, value, head, box } of cells) {
        const from = score === "accuracy" ? accuracySet : set;
        const scores = evaluation?.meta[from];
        const exact = toNumber(scores?.[score]);
        box.hidden =
          (score === "accuracy" && run?.task === "regression") ||
          (score === "loss" && set === "test" && accuracySet === "train");
        if (score === "accuracy") setText(head, `${from} accuracy`);
        // What is not a digit of the number is smaller: the power of ten, the sign of a percentage.
        const text = score === "accuracy" ? formatPercent(exact) : formatNumber(exact, 3, 1e-3);
        const [, digits, rest] = /** @type {RegExpMatchArray} */ (text.match(/^([^·\u202f]*)(.*)$/));
        value.replaceChildren(digits, h("span", { class: "power" }, rest));
        setAttribute(value, "data-value", exact === null ? null : String(exact));
        setAttribute(value, "data-step", evaluation ? String(evaluation.step) : null);
        value.title = exact === null ? "" : `exactly ${formatExact(exact)}, after step ${formatCount(evaluation?.step ?? 0)}`;
      }
    },
  };
}
