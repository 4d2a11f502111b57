/** What the network answers, how well, and how that went: the right column. */

/** @import { View } from "../../types.js" */

import { h, setText } from "../../toolkit/dom.js";
import { formatCount } from "../../toolkit/maths.js";
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
import { numbersView } from "./numbers.js";
import { regionsView } from "./regions.js";

/**
 * @param {import("../actions.js").TrainActions} actions
 * @param {{rate: () => void, gradient: () => void}} trials
 * @param {() => void} compare
 * @returns {View}
 */
export function outputColumn(actions, trials, compare) {
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
  const beside = h(
    "button",
    {
      type: "button",
      class: "text-button",
      title: "keep this run as it stands, and set it beside what comes (b)",
      data: { testid: "compare", part: "compare" },
      onclick: compare,
    },
    "Compare",
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
      h("div", { class: "title-row" }, h("h2", { class: "panel-title" }, "Output"), moment, beside),
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
      beside.disabled = !run || !state.clock;
      setText(moment, frame ? `after step ${formatCount(frame.step)}` : "");
      for (const view of [draw, digit, regions, fit, confusion, misread, numbers, curves, health, checks]) view.update(state);
    },
  };
}
