/** The Race view: the surface and the losses in the middle, the race's settings and its standings to the side. */

/** @import { AppState, View } from "../../types.js" */

import { h, setAttribute, setText } from "../../toolkit/dom.js";
import { formatCount } from "../../toolkit/maths.js";
import { choiceButton, pageTabs, threeChoice } from "../choices.js";
import { curvatureDialog } from "../curvature/dialog.js";
import { fanWords } from "../fan/paths.js";
import { raceFrameOf } from "../frames.js";
import { round } from "../ground/start.js";
import { dotEvery } from "../ground/trail-line.js";
import { partOf } from "../ground/update-parts.js";
import { updateDialog } from "./update-equations.js";
import { lossView } from "./curves.js";
import { tunerView } from "../lanes/tuner.js";
import { outcomeView, surfaceOutcome } from "../outcome/view.js";
import { componentsView } from "./components.js";
import { surfaceNames } from "./names.js";
import { pointView } from "./point.js";
import { settingsView } from "../settings/view.js";
import { standingsView } from "./standings.js";
import { surfaceView } from "./contours.js";
import { threeView } from "../scene/view.js";
import { surfaceInThree } from "./three.js";

const PAGES = /** @type {const} */ ([
  ["surface", "race-surface", "Surface"],
  ["standings", "race-standings", "Standings"],
]);

/** What a dot on a trail means. @param {number} step  at which the race stands */
export function dotWords(step) {
  const every = dotEvery(step);
  return every === 1 ? "a dot every step" : `a dot every ${formatCount(every)} steps`;
}

/** What else is drawn at the head of the told lane. @param {AppState} state */
function partWords(state) {
  const frame = raceFrameOf(state, "race_arrows");
  if (!frame) return [];
  return [partOf(frame, "memory") ? "thin: memory" : "", partOf(frame, "scale") ? "cross: divisor" : ""].filter(Boolean);
}

/** What is drawn besides the lanes. @param {AppState} state */
function legendWords(state) {
  const { race, trails, raceLook } = state;
  const fan = raceFrameOf(state, "race_fan");
  if (fan && fan.meta.lane !== null) return fanWords(fan, surfaceNames(state).get(fan.meta.lane) ?? "");
  if (raceLook.brush) return "stroke over the surface: many starts of the chosen lane, or the leader";
  const words = [dotWords(trails?.step ?? 0), race?.least === null ? "" : "flag: minimum"];
  const arrows = ["dashed: −∇f", "thick: next step", ...partWords(state)];
  return (raceLook.arrows ? arrows : words).filter(Boolean).join(" · ");
}

/**
 * @param {import("./actions.js").SurfaceRaceActions} actions
 * @returns {View}
 */
export function raceView(actions) {
  const looks = threeChoice("look", "How the surface is drawn", (three) => actions.look({ three }));
  const legend = h("span", { class: "small race-legend", data: { testid: "race-legend" } });
  const equal = choiceButton(
    "equal axes",
    { testid: "race-equal" },
    () => actions.toggleStretched(),
    "a unit of x is as long as one of y, and contours of a round bowl are circles (e)",
  );
  const arrows = choiceButton(
    "arrows",
    { testid: "race-arrows" },
    () => actions.toggleArrows(),
    "at each head: downhill, and its next step (a)",
  );
  const many = choiceButton(
    "many starts",
    { testid: "race-brush" },
    () => actions.toggleBrush(),
    "a brush: strokes over the surface set up to 200 starts for the chosen lane, or the leader (b)",
  );
  const clear = choiceButton("clear", { testid: "race-fan-clear" }, () => actions.clearFan(), "without these starts");
  const settings = settingsView(actions);
  const [flat, three, loss, standings, outcome, tuner, components, point] = [
    surfaceView(actions),
    threeView(
      surfaceInThree,
      () => actions.look({ three: false }),
      (x, y, { xs, ys }) => actions.start(round(x, xs), round(y, ys)),
    ),
    lossView(actions),
    standingsView(actions),
    outcomeView("race", surfaceOutcome),
    tunerView(actions),
    componentsView(),
    pointView(actions),
  ];
  const [update, curvature] = [updateDialog(actions), curvatureDialog(actions)];
  const waiting = h("p", { class: "small race-waiting" }, "The race is coming …");
  const tabs = pageTabs(PAGES, "", (page) => actions.look({ page }));
  const element = h(
    "main",
    { class: "race", data: { ready: false } },
    tabs.element,
    h(
      "div",
      { class: "race-left", id: "race-surface" },
      h(
        "div",
        { class: "title-row" },
        h("h2", { class: "panel-title" }, "Surface"),
        h(
          "div",
          { class: "race-choices" },
          legend,
          h("div", { class: "race-choices race-ways" }, equal, arrows, many, clear),
          looks.element,
        ),
      ),
      h("div", { class: "race-stage" }, flat.element, three.element, waiting),
      loss.element,
    ),
    h(
      "div",
      { class: "race-right", id: "race-standings" },
      settings.choice,
      standings.element,
      outcome.element,
      tuner.element,
      components.element,
      point.element,
      settings.element,
    ),
    update.element,
    curvature.element,
  );
  return {
    element,
    update(state) {
      actions.open();
      const { raceLook, race, catalog } = state;
      for (const button of [equal, arrows, many]) button.hidden = raceLook.three;
      clear.hidden = raceLook.three || (raceFrameOf(state, "race_fan")?.meta.lane ?? null) === null;
      setAttribute(many, "aria-pressed", String(raceLook.brush));
      legend.hidden = raceLook.three;
      setText(legend, legendWords(state));
      setAttribute(equal, "aria-pressed", String(!raceLook.stretched));
      setAttribute(arrows, "aria-pressed", String(raceLook.arrows));
      tabs.update(raceLook.page, element);
      looks.update(raceLook.three);
      flat.element.hidden = raceLook.three;
      three.element.hidden = !raceLook.three;
      const frame = state.frames.race_surface;
      waiting.hidden = frame !== undefined;
      setAttribute(element, "data-change", race && String(race.change));
      setAttribute(element, "data-ready", String(race !== null && catalog !== null && frame !== undefined));
      for (const view of [
        raceLook.three ? three : flat,
        loss,
        settings,
        standings,
        outcome,
        tuner,
        components,
        point,
        update,
        curvature,
      ])
        view.update(state);
    },
  };
}
