/** The transport of pictures that go by steps; where one does not there is none. */

/** @import { View } from "../types.js" */

import { transportButtons } from "../shared/transport.js";
import { h, setAttribute, setText } from "../toolkit/dom.js";

/** @param {import("./actions.js").LabActions} actions @returns {View} */
export function labTransport(actions) {
  const buttons = transportButtons(
    {
      toStart: () => actions.go(0),
      back: () => actions.move(-1),
      toggle: () => actions.toggle(),
      forward: () => actions.move(1),
    },
    "lab-",
  );
  const line = h("input", {
    type: "range",
    class: "line",
    min: 0,
    max: 1,
    step: 1,
    value: 0,
    aria: { label: "Steps of the picture" },
    data: { testid: "lab-line" },
    oninput: () => actions.go(Number(line.value)),
  });
  const where = h("strong", { class: "step", data: { testid: "lab-where" } });
  const words = h("span");
  const transport = h(
    "section",
    { class: "transport lab-transport", aria: { label: "Transport of the picture" } },
    buttons.element,
    h("div", { class: "timeline" }, line),
    h("div", { class: "where" }, h("div", {}, where), h("div", {}, words)),
  );
  return {
    element: h("div", { class: "lab-transport-place" }, transport),
    update() {
      const { open, step, steps, playing } = actions.state.labLook;
      transport.hidden = open === null || steps < 2;
      if (transport.hidden) return;
      buttons.update(playing ? "playing" : "paused");
      setAttribute(line, "max", String(steps - 1));
      line.value = String(step);
      line.style.setProperty("--fill", `${(step / Math.max(1, steps - 1)) * 100}%`);
      setText(where, `${step + 1} of ${steps}`);
      setText(words, actions.stepWords);
    },
  };
}
