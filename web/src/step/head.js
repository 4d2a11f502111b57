/** What happens in this micro-step, in words: its title, where it is, and why it matters. */

/** @import { View } from "../types.js" */

import { h, memo, setText } from "../dom.js";
import { formatCount } from "../maths.js";
import { seenOf } from "./state.js";

/**
 * @param {import("./actions.js").StepActions} actions
 * @returns {View}
 */
export function headView(actions) {
  void actions;
  const title = h("h2", { class: "step-title", data: { testid: "step-title" } });
  const where = h("p", { class: "step-where", data: { testid: "step-where" } });
  const why = h("p", { class: "step-why", data: { testid: "step-why" } });
  const element = h("header", { class: "step-head" }, title, where, why);
  const changed = memo();
  return {
    element,
    update(state) {
      const seen = seenOf(state);
      if (!seen || !changed(seen.frame, seen.scope)) return;
      const { step, micro, scope } = seen;
      setText(title, step.title);
      const of = micro.sample === null ? `mini-batch of ${scope.samples.length}` : `sample ${formatCount(micro.sample + 1)}`;
      setText(where, `micro-step ${micro.micro + 1} of ${micro.steps} · ${of} · before update ${formatCount(scope.step + 1)}`);
      setText(why, step.why);
    },
  };
}
