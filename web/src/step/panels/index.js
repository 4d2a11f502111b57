/** What stands beside the equation of a micro-step: each a view of its own, shown as a tab. */

/** @import { AppState, View } from "../../types.js" */

import { h, memo } from "../../toolkit/dom.js";
import { icon } from "../../toolkit/icons.js";
import { exampleHere } from "../example-link.js";
import { PanelActions } from "./actions.js";
import { codeView } from "./code.js";
import { updateEquationsView } from "./update-equations.js";
import { examplesDialog } from "../dialogs/examples.js";
import { factorsView } from "./factors.js";
import { lookedParameter, stepOf } from "./looked.js";
import { nextView } from "./next.js";
import { predictView } from "./predict.js";
import { rightView } from "./right.js";
import { samplesView } from "./samples.js";
import { takeAwayDialog } from "../dialogs/take-away.js";
import { wrongWayView } from "./wrong-way.js";

/**
 * @typedef {object} Panel
 * @property {string} name  of its tab, in the page's hooks
 * @property {string} title  on its tab
 * @property {View} view
 */

/** One for each room. @type {WeakMap<import("../actions.js").StepActions, PanelActions>} */
const known = new WeakMap();

/** @param {import("../actions.js").StepActions} actions */
function own(actions) {
  const found = known.get(actions) ?? new PanelActions(actions);
  known.set(actions, found);
  return found;
}

/**
 * @param {import("../actions.js").StepActions} actions
 * @returns {Panel[]}
 */
export function panels(actions) {
  const mine = own(actions);
  return [
    { name: "step", title: "This step", view: threeParts(mine) },
    { name: "samples", title: "Samples → mean", view: samplesView(mine) },
    { name: "optimizer", title: "Optimizer", view: updateEquationsView(mine) },
    { name: "wrong", title: "The wrong way", view: wrongWayView(mine) },
    { name: "factors", title: "Factors", view: factorsView(mine) },
    { name: "code", title: "Code", view: codeView(mine, actions) },
  ];
}

/** Next, was it right, predict first: side by side. @param {PanelActions} actions @returns {View} */
function threeParts(actions) {
  const parts = [nextView(actions), rightView(actions), predictView(actions)];
  return {
    element: h("div", { class: "panel-three" }, ...parts.map((part) => part.element)),
    update(state) {
      for (const part of parts) part.update(state);
    },
  };
}

/**
 * What goes on whatever tab is open: an example arrives where it is to be looked at; questions end with their update.
 * @param {import("../actions.js").StepActions} actions
 * @returns {(state: AppState) => string | null}  a tab that something opens
 */
export function panelsWatch(actions) {
  const mine = own(actions);
  const looksAtAnother = memo();
  let questions = 0;
  return (state) => {
    mine.keepQuestions(state);
    // What is looked at anew is told of; afterwards the choice is free.
    const looked = lookedParameter(state);
    if (looked && looksAtAnother(looked.name, looked.row, looked.column)) mine.pick(looked);
    const { opening } = state.panels;
    const micro = opening && state.run?.run !== opening.before ? stepOf(state, opening.look) : null;
    if (micro !== null) mine.arrive(micro);
    const more = state.panels.asking.questions.length > questions;
    questions = state.panels.asking.questions.length;
    return more ? "step" : null;
  };
}

/** The room's keys that are the panels'. @param {import("../actions.js").StepActions} actions @returns {Record<string, () => void>} */
export function panelKeys(actions) {
  return { h: () => own(actions).hide() };
}

/** An example in the page's address. @param {import("../actions.js").StepActions} actions */
export function exampleLink(actions) {
  return { here: () => exampleHere() !== null, open: () => own(actions).openLinked() };
}

/**
 * What the bar has while one is in the room.
 * @param {import("../actions.js").StepActions} actions
 * @param {() => void} embed
 * @returns {HTMLElement[]}
 */
export function tools(actions, embed) {
  const mine = own(actions);
  const examples = examplesDialog(mine);
  const take = takeAwayDialog(mine, () => actions.state, embed);
  const button = (
    /** @type {string} */ hook,
    /** @type {string} */ words,
    /** @type {string} */ pictogram,
    /** @type {() => void} */ press,
  ) =>
    h(
      "button",
      { type: "button", class: "pill", title: words, aria: { label: words }, data: { testid: hook }, onclick: press },
      icon(pictogram),
      h("span", { class: "pill-label" }, words),
    );
  // The dialogs lie over the page, wherever in it they stand.
  return [
    button("examples", "Open an example", "experiments", examples.open),
    button("take", "Take it away", "export", take.open),
    examples.element,
    take.element,
  ];
}
