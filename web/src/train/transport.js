/** The run's transport: to the start, one back, play, one forward, the speed ladder, the time line, undo, and where we are. */

/** @import { View } from "../types.js" */

import { LADDER } from "./actions.js";
import { perSecond, speedLadder, timeLine, transportButtons } from "../shared/transport.js";
import { h, setAttribute, setText } from "../toolkit/dom.js";
import { formatCount } from "../toolkit/maths.js";
import { undoView } from "./undo.js";

/** @type {import("../shared/transport.js").Mark[]} */
const NO_MARKS = [];

/**
 * @param {import("./actions.js").TrainActions} actions
 * @returns {View}
 */
export function transportView(actions) {
  const buttons = transportButtons(actions);
  const ladder = speedLadder(LADDER, (speed) => actions.speed(speed));
  const line = timeLine((step) => actions.seek(step));
  const undo = undoView(actions);
  const step = h("strong", { class: "step", data: { testid: "step" } });
  const whole = h("span", { class: "whole" });
  const epoch = h("span", { data: { testid: "epoch" } });
  const rate = h("span", { data: { testid: "rate" } });
  const element = h(
    "section",
    { class: "transport", data: { part: "transport" }, aria: { label: "Transport" } },
    buttons.element,
    ladder.element,
    line.element,
    undo.element,
    h("div", { class: "where" }, h("div", {}, step, whole), h("div", {}, epoch, rate)),
  );
  return {
    element,
    update(state) {
      const { clock, script } = state;
      line.update(clock, clock && script?.run === clock.run ? script.edits : NO_MARKS);
      ladder.update(clock?.speed);
      const status = clock?.status ?? "connecting";
      buttons.update(status);
      setAttribute(element, "data-status", status);
      // A new run has no clock yet, for a moment: what is pressed then is meant for it.
      const off = state.connection.status !== "open" || !state.run;
      for (const each of element.querySelectorAll("button, input")) /** @type {HTMLButtonElement} */ (each).disabled = off;
      undo.update(state);
      if (!clock) return;
      setText(step, `step ${formatCount(clock.step)}`);
      setAttribute(step, "data-value", String(clock.step));
      setText(whole, ` of ${formatCount(clock.max_steps)}`);
      setText(epoch, `epoch ${formatCount(clock.epoch)}`);
      setText(
        rate,
        clock.status === "playing" && clock.steps_per_second !== null ? ` · ${perSecond(clock.steps_per_second)} steps/s` : "",
      );
    },
  };
}
