/** What comes next, so that it can be thought of before it is seen. */

/** @import { AppState, View } from "../../types.js" */

import { h, memo, setText } from "../../toolkit/dom.js";
import { scopeOf } from "../state.js";
import { nextStep } from "./looked.js";
import { formula } from "../../shared/panel-numbers.js";

/** @param {import("./actions.js").PanelActions} actions @returns {View} */
export function nextView(actions) {
  const title = h("h3", { class: "panel-title" }, "Next");
  const rule = h("div", { class: "panel-rule" });
  let micro = 0;
  const go = h("button", {
    type: "button",
    class: "text-button next-go",
    data: { testid: "next-step" },
    onclick: () => actions.goTo(micro),
  });
  const end = h("p", { class: "small", hidden: true }, "This is the last micro-step: the next update follows.");
  const changed = memo();
  return {
    element: h("section", { class: "panel-part", aria: { label: "Next" } }, title, go, rule, end),
    /** @param {AppState} state */
    update(state) {
      const step = nextStep(state);
      const here = scopeOf(state);
      go.hidden = rule.hidden = step === null;
      end.hidden = step !== null || here === null;
      if (step === null || here === null) return;
      micro = step.index;
      setText(go, step.title);
      if (changed(step.rule, here.mathml)) rule.replaceChildren(formula(here.mathml[step.rule] ?? ""));
    },
  };
}
