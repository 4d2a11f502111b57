/** What happens in this micro-step, in words: its title, where it is, why it matters; how deep one looks. */

/** @import { View } from "../types.js" */
/** @import { Seen } from "./types.js" */

import { h, memo, setAttribute, setText } from "../toolkit/dom.js";
import { formatCount, typeset } from "../toolkit/maths.js";
import { DEPTHS, seenOf } from "./state.js";

/** As many micro-steps "Where am I?" tells of. */
const TOLD = 3;
/** Characters of a title that fit on a line in the largest type. */
const LINE = 46;

/**
 * @param {import("./actions.js").StepActions} actions
 * @returns {View}
 */
export function headView(actions) {
  const title = h("h2", { class: "step-title", aria: { live: "polite" }, data: { testid: "step-title" } });
  const where = h("p", { class: "step-where", data: { testid: "step-where" } });
  const why = h("p", { class: "step-why", data: { testid: "step-why" } });
  const lately = h("ol", { class: "lately" });
  const told = h("details", { class: "where-am-i", data: { testid: "where-am-i" } }, h("summary", {}, "Where am I?"), lately);
  const depths = DEPTHS.map((depth) =>
    h(
      "button",
      {
        type: "button",
        role: "radio",
        class: "depth",
        aria: { checked: false },
        data: { depth },
        onclick: () => actions.depth(depth),
      },
      depth,
    ),
  );
  const depth = h(
    "div",
    { class: "depths", role: "radiogroup", aria: { label: "Depth" }, title: "↑ ↓", data: { testid: "depths" } },
    ...depths,
  );
  const absent = h("p", { class: "step-absent", role: "status", data: { testid: "step-absent" } });
  const element = h(
    "header",
    { class: "step-head" },
    title,
    h("div", { class: "step-words" }, where, why),
    h("div", { class: "step-side" }, told, depth),
    absent,
  );
  const changed = memo();
  const depthChanged = memo();

  /** @param {Seen} seen */
  function draw({ step, micro, scope }) {
    setText(title, typeset(step.title));
    setAttribute(title, "data-long", step.title.length > LINE ? "" : null);
    const made = step.results.find(({ name }) => name === micro.name);
    const alone = !made || made.columns.kind === "sample" || made.of === "sample" || step.phase === "forward";
    const of = !alone
      ? scope.samples.length === 1
        ? "the one sample"
        : `all ${scope.samples.length} samples`
      : micro.sample === null
        ? scope.samples.length === 1
          ? "mini-batch of one sample"
          : `whole mini-batch of ${scope.samples.length}`
        : `sample ${formatCount(micro.sample + 1)}`;
    setText(where, `micro-step ${micro.micro + 1} of ${micro.steps} · ${of} · before update ${formatCount(scope.step + 1)}`);
    setText(why, typeset(step.why));
    const first = Math.max(0, micro.micro - TOLD + 1);
    lately.replaceChildren(
      ...scope.steps
        .slice(first, micro.micro + 1)
        .map((each) => h("li", { value: each.index + 1 }, h("b", {}, typeset(each.title)), ` ${typeset(each.why)}`)),
    );
    absent.hidden = micro.absent === null;
    if (micro.absent !== null) {
      absent.replaceChildren(
        `Sample ${formatCount(micro.absent + 1)} is not in this mini-batch; what is shown is the whole of it. In it are: `,
        ...[...scope.samples]
          .sort((a, b) => a - b)
          .slice(0, 12)
          .map((row) =>
            h("button", { type: "button", class: "text-button", onclick: () => actions.sample(row) }, formatCount(row + 1)),
          ),
        ...(scope.samples.length > 12 ? [" …"] : []),
      );
    }
  }
  return {
    element,
    update(state) {
      const seen = seenOf(state);
      if (!seen) return;
      if (depthChanged(seen.micro.depth)) {
        DEPTHS.forEach((each, i) => {
          setAttribute(depths[i], "aria-checked", String(each === seen.micro.depth));
          setAttribute(depths[i], "tabindex", each === seen.micro.depth ? "0" : "-1");
        });
      }
      if (changed(seen.frame, seen.scope)) draw(seen);
    },
  };
}
