/** The Step room's view: the strip of micro-steps, the network with what flows, the equation with its numbers, the panels. */

/** @import { View } from "../types.js" */
/** @import { Part } from "./types.js" */

import { h, memo, setAttribute } from "../toolkit/dom.js";
import { choicesView } from "./choices.js";
import { diagramView } from "./diagram/diagram.js";
import { equationView } from "./micro/equation.js";
import { headView } from "./head.js";
import { matricesView } from "./micro/matrices.js";
import { panelsView } from "./panels/tabs.js";
import { resultsView } from "./micro/results.js";
import { ruleView } from "./micro/rule.js";
import { seenOf } from "./state.js";
import { statesView } from "./states.js";
import { stripView } from "./strip.js";

/** @type {{part: Part, title: string}[]} */
const PARTS = [
  { part: "network", title: "Network" },
  { part: "numbers", title: "Numbers" },
  { part: "panels", title: "More" },
];

/**
 * @param {import("./actions.js").StepActions} actions
 * @returns {View}
 */
export function stepView(actions) {
  const strip = stripView(actions);
  const choices = choicesView(actions);
  const diagram = diagramView(actions);
  // The sum that is written out stands right under its rule, and is in sight on a projector, too; what is taller comes after.
  const numbers = [headView(actions), ruleView(actions), equationView(actions), matricesView(actions), resultsView(actions)];
  const panels = panelsView(actions);
  const states = statesView(actions);
  const places = /** @type {Record<Part, HTMLElement>} */ ({
    network: h("div", { class: "step-page step-network", id: "step-network", data: { page: "step-network" } }, diagram.element),
    numbers: h(
      "div",
      { class: "step-page step-numbers", id: "step-numbers", data: { page: "step-numbers" } },
      ...numbers.map((view) => view.element),
    ),
    panels: h("div", { class: "step-page step-more", id: "step-panels", data: { page: "step-panels" } }, panels.element),
  });
  const tabs = PARTS.map(({ part, title }) =>
    h(
      "button",
      {
        type: "button",
        role: "tab",
        class: "tab",
        aria: { controls: `step-${part}` },
        data: { tab: `step-${part}` },
        onclick: () => actions.show(part),
      },
      title,
    ),
  );
  const pages = h(
    "div",
    { class: "step-pages" },
    places.network,
    h("div", { class: "step-right" }, places.numbers, places.panels),
  );
  const top = h("div", { class: "step-top" }, strip.element, choices.element);
  const element = h(
    "main",
    { class: "step-room", data: { testid: "step-room" } },
    top,
    h("nav", { class: "step-tabs", role: "tablist", aria: { label: "Pages" } }, ...tabs),
    pages,
    states.element,
  );
  /** @type {Part} */
  let current = "network";
  const reveal = () => pages.scrollTo({ left: places[current].offsetLeft - pages.offsetLeft });
  new ResizeObserver(reveal).observe(pages);
  // A swipe ends on a page; the tabs follow it.
  pages.addEventListener("scrollend", () => {
    if (pages.scrollWidth <= pages.clientWidth) return;
    const near = PARTS.find(
      ({ part }) => Math.abs(places[part].offsetLeft - pages.offsetLeft - pages.scrollLeft) < pages.clientWidth / 2,
    );
    if (near) actions.show(near.part);
  });
  const partChanged = memo();
  return {
    element,
    update(state) {
      actions.settle();
      for (const view of [states, strip, choices, diagram, ...numbers, panels]) view.update(state);
      const seen = seenOf(state);
      // What is painted, for whoever waits for it.
      if (seen) {
        setAttribute(element, "data-micro", String(seen.micro.micro));
        setAttribute(element, "data-update", String(seen.scope.step));
        setAttribute(element, "data-depth", seen.micro.depth);
        setAttribute(element, "data-notation", seen.micro.notation);
        setAttribute(element, "data-sample", seen.micro.sample === null ? "" : String(seen.micro.sample));
      }
      if (partChanged(state.step.part)) {
        PARTS.forEach(({ part }, i) => setAttribute(tabs[i], "aria-selected", String(part === state.step.part)));
        current = state.step.part;
        reveal();
      }
    },
  };
}
