/** The transport of the Graph room: to the inputs, one node back, play, one on, the way as a line, and where one is. */

/** @import { View } from "../types.js" */

import { transportButtons } from "../shared/transport.js";
import { h, setAttribute, setText } from "../toolkit/dom.js";
import { walk } from "./walk.js";

/** @param {import("./actions.js").GraphActions} actions @returns {View} */
export function graphTransport(actions) {
  const buttons = transportButtons(
    {
      toStart: () => actions.to(0),
      back: () => actions.go(-1),
      toggle: () => actions.toggle(),
      forward: () => actions.go(1),
    },
    "graph-",
  );
  const line = h("input", {
    type: "range",
    class: "line",
    min: 0,
    max: 1,
    step: 1,
    value: 0,
    aria: { label: "Way through the graph" },
    data: { testid: "graph-line" },
    oninput: () => actions.to(Number(line.value)),
  });
  const where = h("strong", { class: "step", data: { testid: "graph-where" } });
  const phase = h("span");
  const element = h(
    "section",
    { class: "transport graph-transport", aria: { label: "Transport of the nodes" } },
    buttons.element,
    h("div", { class: "timeline" }, line),
    h("div", { class: "where" }, h("div", {}, where), h("div", {}, phase)),
  );
  return {
    element,
    update({ expression: { graph, status, at, playing } }) {
      buttons.update(playing ? "playing" : "paused");
      const shown = graph !== null && (status === "done" || status === "loading") ? walk(graph, at) : null;
      for (const each of element.querySelectorAll("button, input")) /** @type {HTMLButtonElement} */ (each).disabled = !shown;
      const last = shown?.last ?? 1;
      setAttribute(line, "max", String(Math.max(1, last)));
      line.value = String(shown?.at ?? 0);
      line.style.setProperty("--fill", `${((shown?.at ?? 0) / Math.max(1, last)) * 100}%`);
      setText(where, shown ? `${shown.at} of ${shown.last}` : "");
      setText(phase, !shown ? "" : shown.at === 0 ? "the inputs" : shown.backward ? "backward" : "forward");
    },
  };
}
