/** What can be checked of a run: three buttons under the layers' numbers. */

/** @import { View } from "../../types.js" */

import { h, setAttribute, setText } from "../../toolkit/dom.js";
import { frameOf } from "../../run/selectors.js";

/**
 * @param {import("../actions.js").TrainActions} actions
 * @param {{rate: () => void, gradient: () => void}} trials
 * @returns {View}
 */
export function trialButtons(actions, trials) {
  const button = (
    /** @type {string} */ name,
    /** @type {string} */ words,
    /** @type {string} */ title,
    /** @type {() => void} */ press,
  ) => h("button", { type: "button", class: "text-button", title, data: { testid: name }, onclick: press }, words);
  const findings = button("findings-open", "findings", "what is wrong with this run, and what to try (f)", () =>
    actions.toggleFindings(),
  );
  findings.dataset.part = "findings";
  const rate = button("finder-open", "learning rate", "try rising rates on a copy of the run (r)", trials.rate);
  const gradient = button("gradient-open", "gradient", "compare backpropagation with differences (c)", trials.gradient);
  return {
    element: h(
      "section",
      { class: "checks title-row", aria: { label: "Check" }, data: { part: "checks" } },
      h("h2", { class: "panel-title" }, "Check"),
      h("div", { class: "check-buttons" }, findings, rate, gradient),
    ),
    update(state) {
      const count = frameOf(state, "findings")?.meta.findings.length;
      setText(
        findings,
        count === undefined ? "findings" : count === 0 ? "no findings" : count === 1 ? "1 finding" : `${count} findings`,
      );
      setAttribute(findings, "aria-expanded", String(state.diagnosis));
      const off = state.connection.status !== "open" || !state.run;
      rate.disabled = gradient.disabled = off;
    },
  };
}
