/** Before there is anything to see, and where the update goes wrong: what is the matter, in words. */

/** @import { AppState, View } from "../types.js" */

import { h, memo } from "../toolkit/dom.js";
import { scopeOf, seenOf } from "./state.js";

/**
 * @param {import("./actions.js").StepActions} actions
 * @returns {View}
 */
export function statesView(actions) {
  const text = h("p", { role: "status", data: { testid: "step-state" } });
  const element = h("div", { class: "step-state" }, text);
  const changed = memo();
  void actions;
  return {
    element,
    update(state) {
      const words = wordsFor(state);
      const ended = Boolean(scopeOf(state)?.problem);
      if (!changed(words, ended)) return;
      text.textContent = words;
      element.hidden = words === "";
      element.classList.toggle("failed", ended);
      element.classList.toggle("whole", !ended);
    },
  };
}

/** @param {AppState} state */
function wordsFor(state) {
  const scope = scopeOf(state);
  if (scope?.problem)
    return `${scope.problem[0].toUpperCase()}${scope.problem.slice(1)}. The micro-steps up to there can be looked at.`;
  if (scope && seenOf(state)) return "";
  if (state.step.crossing || scope) return "";
  const { connection, warmup, clock } = state;
  if (connection.status !== "open") return "The microscope waits for the engine.";
  if (warmup && warmup.done < warmup.total)
    return `The engine compiles its kernels, ${warmup.done} of ${warmup.total}; then the next update is opened.`;
  if (clock?.status === "seeking") return "The run is on its way to another step.";
  return "The next update is being opened.";
}
