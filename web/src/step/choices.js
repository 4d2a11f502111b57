/** What is looked at: a sample or the whole mini-batch, and in which notation it is written. */

/** @import { View } from "../types.js" */

import { h, memo } from "../toolkit/dom.js";
import { formatCount } from "../toolkit/maths.js";
import { scopeOf, seenOf } from "./state.js";

const WHOLE = "";

/**
 * @param {import("./actions.js").StepActions} actions
 * @returns {View}
 */
export function choicesView(actions) {
  const sample = h("select", {
    class: "step-choice",
    aria: { label: "Sample of the mini-batch" },
    data: { testid: "step-sample" },
  });
  sample.addEventListener("change", () => actions.sample(sample.value === WHOLE ? null : Number(sample.value)));
  const notation = h("select", { class: "step-choice", aria: { label: "Notation" }, data: { testid: "notation" } });
  notation.addEventListener("change", () => actions.notation(notation.value));
  const element = h("div", { class: "step-choices" }, sample, notation);
  const samplesChanged = memo();
  const notationsChanged = memo();
  return {
    element,
    update(state) {
      const scope = scopeOf(state);
      if (!scope) return;
      const seen = seenOf(state);
      const absent = seen?.micro.absent ?? null;
      if (samplesChanged(scope.samples.join(), absent)) {
        const rows = [...scope.samples].sort((a, b) => a - b);
        sample.replaceChildren(
          h("option", { value: WHOLE }, `whole mini-batch (${scope.samples.length})`),
          ...(absent === null
            ? []
            : [h("option", { value: absent, disabled: true }, `sample ${formatCount(absent + 1)}: not here`)]),
          ...rows.map((row) => h("option", { value: row }, `sample ${formatCount(row + 1)}`)),
        );
      }
      const { look } = state.step;
      if (seen) sample.value = String(absent ?? seen.micro.sample ?? WHOLE);
      if (notationsChanged(scope.notations.map(({ name }) => name).join())) {
        notation.replaceChildren(
          ...scope.notations.map(({ name, title, summary }) => h("option", { value: name, title: summary }, title)),
        );
      }
      notation.value = look.notation;
    },
  };
}
