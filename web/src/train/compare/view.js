/** Two runs side by side: the kept one as it stood, and the live one, on the same scales; in the network's place. */

/** @import { AppState, KeptRun, View } from "../../types.js" */

import { h, memo, setText } from "../../toolkit/dom.js";
import { formatCount, formatNumber, formatPercent, toNumber } from "../../toolkit/maths.js";
import { frameOf } from "../../run/selectors.js";
import { confusionView } from "../output/confusion.js";
import { fitView } from "../output/fit.js";
import { regionsView, targetReach } from "../output/regions.js";
import { icon } from "../../toolkit/icons.js";
import { deltaBars } from "./delta-bars.js";
import { differences } from "./differences.js";

/**
 * @param {import("../actions.js").TrainActions} actions
 * @param {import("../../run/comparison.js").Comparison} comparison
 * @returns {View}
 */
export function compareView(actions, comparison) {
  const button = (/** @type {string} */ name, /** @type {string} */ label, /** @type {() => void} */ press) =>
    h("button", { type: "button", class: "text-button", data: { testid: name }, onclick: press }, label);
  const anew = button("keep-anew", "keep this run instead", () => comparison.keep());
  const remove = button("remove-kept", "remove", () => comparison.remove());
  const cross = h(
    "button",
    {
      type: "button",
      class: "round small",
      title: "back to the network (b, Esc)",
      aria: { label: "Back to the network" },
      data: { testid: "close-compare" },
      onclick: () => comparison.close(),
    },
    icon("close"),
  );
  const waiting = h("p", { class: "small", role: "status" }, "Keeping the run as it stands …");
  let reach = 0;
  const reached = memo();
  const options = (/** @type {string} */ name) => ({ name, reach: () => reach });
  const kept = sideView(actions, "kept", "Kept run", options("kept-regions"));
  kept.pictures.inert = true; // its samples are not those that can be followed
  const live = sideView(actions, "live", "This run", options("live-regions"));
  const toStep = button("to-kept-step", "", () => comparison.toItsStep());
  const bars = deltaBars();
  const table = h("table", { class: "compare-table", data: { testid: "compare-table" } });
  const sides = h("div", { class: "compare-sides" }, kept.element, live.element);
  const element = h(
    "section",
    {
      class: "compare",
      hidden: true,
      aria: { label: "Two runs side by side" },
      data: { testid: "compare-runs", part: "compare" },
    },
    h("div", { class: "compare-head" }, h("h2", { class: "panel-title" }, "Two runs"), toStep, anew, remove, cross),
    waiting,
    sides,
    h("div", { class: "compare-facts" }, table, bars.element),
  );
  const tabled = memo();
  return {
    element,
    update(state) {
      comparison.look(state);
      element.hidden = !state.comparing;
      if (!state.comparing) return;
      const found = state.kept;
      waiting.hidden = found !== null;
      for (const part of [sides, table, bars.element, toStep, anew, remove]) part.hidden = found === null;
      if (!found || !state.run || !state.clock || !state.script || !state.catalog) return;
      const past = asItStood(state, found);
      if (reached(frameOf(past, "data"), frameOf(state, "data")))
        reach = Math.max(...[past, state].map((each) => targetReach(frameOf(each, "data"))));
      kept.update(past);
      live.update(state);
      bars.update([past, state]);
      const { step } = found.clock;
      toStep.hidden = step === state.clock.step || state.clock.status === "playing";
      setText(toStep, `go to step ${formatCount(step)}`);
      if (tabled(found, state.clock, frameOf(state, "evaluation"), state.script))
        table.replaceChildren(...rows(past, state, differences([found.script, state.script], state.catalog)));
    },
  };
}

/** The page's state, had it the kept run. @param {AppState} state @param {KeptRun} kept @returns {AppState} */
function asItStood(state, { run, clock, script, frames }) {
  return { ...state, run, clock, script, frames, followed: null };
}

/**
 * @param {import("../actions.js").TrainActions} actions
 * @param {string} name
 * @param {string} title
 * @param {{name: string, reach: () => number}} options
 */
function sideView(actions, name, title, options) {
  const regions = regionsView(actions, options);
  const fit = fitView(actions, `${name}-fit`);
  const confusion = confusionView(actions, `${name}-confusion`);
  const unseen = h("p", { class: "small" }, "More than two inputs: there is no map of it.");
  const where = h("span", { class: "moment" });
  const pictures = h("div", {}, regions.element, fit.element, confusion.element, unseen);
  const element = h(
    "section",
    { class: `compare-side ${name}`, aria: { label: title }, data: { testid: `${name}-side` } },
    h("div", { class: "title-row" }, h("h3", {}, h("i", { class: "stroke-sign", aria: { hidden: true } }), title), where),
    pictures,
  );
  return {
    element,
    pictures,
    /** @param {AppState} state */
    update(state) {
      const { run, clock } = state;
      const kind = run?.kind ?? "plane";
      const flat = kind === "plane" || kind === "line";
      regions.element.hidden = kind !== "plane";
      fit.element.hidden = kind !== "line";
      confusion.element.hidden = flat || run?.task === "regression";
      unseen.hidden = flat || run?.task !== "regression";
      setText(where, `after step ${formatCount(clock?.step ?? 0)}`);
      for (const view of [regions, fit, confusion]) view.update(state);
    },
  };
}

/**
 * @param {AppState} past
 * @param {AppState} state
 * @param {import("./differences.js").Difference[]} different
 */
function rows(past, state, different) {
  const row = (/** @type {string} */ name, /** @type {string[]} */ values) =>
    h("tr", {}, h("th", { scope: "row" }, name), ...values.map((value) => h("td", {}, value)));
  const scores = /** @type {const} */ ([
    ["loss, train set", "train", "loss"],
    ["loss, test set", "test", "loss"],
    ["test accuracy", "test", "accuracy"],
    ["R², test set", "test", "r_squared"],
  ]).flatMap(([name, split, score]) => {
    const values = [past, state].map((each) => toNumber(frameOf(each, "evaluation")?.meta[split]?.[score]));
    if (values.every((value) => value === null)) return [];
    return [
      row(
        name,
        values.map((value) => (score === "accuracy" ? formatPercent(value) : formatNumber(value, 3, 1e-3))),
      ),
    ];
  });
  const settings = different.map(({ name, values }) => row(name, values));
  const same = h("tr", {}, h("td", { colspan: 3, class: "small" }, "The same settings. Change one, and see what differs."));
  return [
    h("thead", {}, h("tr", {}, h("td"), h("th", { scope: "col" }, "kept run"), h("th", { scope: "col" }, "this run"))),
    h("tbody", {}, ...scores, ...(settings.length > 0 ? settings : [same])),
  ];
}
