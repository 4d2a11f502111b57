/** The studies, one at a time on the page: many seeds, rates, basins, the noisy compass, rate and momentum. */

/** @import { View } from "../../types.js" */
/** @import { StudyKind } from "../network/types.js" */

import { h, setAttribute, setText } from "../../toolkit/dom.js";
import { basinsStudy } from "./basins.js";
import { gradientNoiseStudy } from "./gradient-noise.js";
import { phaseStudy } from "./phase.js";
import { ratesStudy } from "./rates.js";
import { seedsStudy } from "./seeds.js";

/** @type {{kind: StudyKind, title: string, why: string}[]} */
const STUDIES = [
  { kind: "seeds", title: "Many seeds", why: "What luck explains, and what the rule does." },
  { kind: "rates", title: "Rate sweep", why: "The rate decides more than the rule: see each rule at every rate." },
  { kind: "basins", title: "Basins", why: "On a surface with several minima the start decides which one is found." },
  { kind: "compass", title: "Noisy compass", why: "A mini-batch’s gradient is the mean of arrows that disagree." },
  { kind: "point", title: "Rate and momentum", why: "Which pairs settle, and how fast, where a lane stands." },
];

/** @param {import("../network/actions.js").NetworkRaceActions} actions @returns {View} */
export function studiesPage(actions) {
  const views = {
    seeds: seedsStudy(actions),
    rates: ratesStudy(actions),
    basins: basinsStudy(actions),
    compass: gradientNoiseStudy(actions),
    point: phaseStudy(actions),
  };
  const doors = STUDIES.map(({ kind, title }) =>
    h("button", { type: "button", class: "race-choice", data: { studies: kind }, onclick: () => actions.studies(kind) }, title),
  );
  const [title, why] = [h("h2", { class: "panel-title" }), h("p", { class: "small" })];
  const element = h(
    "main",
    { class: "studies", data: { part: "studies" } },
    h(
      "div",
      { class: "studies-head" },
      h("div", { class: "race-choices", role: "group", aria: { label: "Studies" } }, ...doors),
    ),
    title,
    why,
    ...Object.values(views).map((view) => view.element),
  );
  /** @type {import("../../types.js").AppState | null} */
  let last = null;
  const resized = new ResizeObserver(() => last && view.update(last));
  for (const canvas of element.querySelectorAll("canvas")) resized.observe(canvas);
  /** @type {View} */
  const view = {
    element,
    update(state) {
      last = state;
      actions.open();
      const { study } = state.networkLook;
      STUDIES.forEach((row, i) => {
        setAttribute(doors[i], "aria-pressed", String(row.kind === study));
        views[row.kind].element.hidden = row.kind !== study;
        if (row.kind !== study) return;
        setText(title, row.title);
        setText(why, row.why);
      });
      setAttribute(element, "data-study", study);
      views[study].update(state);
    },
  };
  return view;
}
