/** The Race view: the surface and the losses in the middle, the race's settings and its standings to the side. */

/** @import { View } from "../../types.js" */

import { h, memo, setAttribute, setText } from "../../toolkit/dom.js";
import { formatNumber, toNumber } from "../../toolkit/maths.js";
import { pageTabs, threeChoice } from "../choices.js";
import { updateDialog } from "./update-equations.js";
import { lossView } from "./curves.js";
import { pointView } from "./point.js";
import { settingsView } from "./settings.js";
import { standingsView } from "./standings.js";
import { surfaceView } from "./contours.js";
import { threeView } from "../plots/three.js";
import { surfaceInThree } from "./three.js";

const PAGES = /** @type {const} */ ([
  ["surface", "race-surface", "Surface"],
  ["standings", "race-standings", "Standings"],
]);

/** What the shades mean: high is paper. @param {import("../../channels.js").FrameOf<"race_surface"> | undefined} frame @param {string} theme */
function scaleWords(frame, theme) {
  if (!frame?.meta.range) return "";
  const [low, high] = frame.meta.range.map((each) => formatNumber(toNumber(each), 3));
  const what = frame.meta.colour === "linear" ? "f" : "f (log scale)";
  return theme === "dark" ? `${what}: light ${low}, dark ${high}` : `${what}: dark ${low}, light ${high}`;
}

/**
 * @param {import("./actions.js").SurfaceRaceActions} actions
 * @returns {View}
 */
export function raceView(actions) {
  const looks = threeChoice("look", "How the surface is drawn", (three) => actions.look({ three }));
  const colour = h("span", { class: "small" });
  const [flat, three, loss, settings, standings, point] = [
    surfaceView(actions),
    threeView(surfaceInThree),
    lossView(actions),
    settingsView(actions),
    standingsView(actions),
    pointView(actions),
  ];
  const update = updateDialog(actions);
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
        h("div", { class: "race-choices" }, looks.element, colour),
      ),
      h("div", { class: "race-stage" }, flat.element, three.element, waiting),
      loss.element,
    ),
    h("div", { class: "race-right", id: "race-standings" }, settings.element, standings.element, point.element),
    update.element,
  );
  const grounded = memo();
  return {
    element,
    update(state) {
      actions.open();
      const { raceLook, race, catalog } = state;
      tabs.update(raceLook.page, element);
      looks.update(raceLook.three);
      flat.element.hidden = raceLook.three;
      three.element.hidden = !raceLook.three;
      const frame = state.frames.race_surface;
      waiting.hidden = frame !== undefined;
      if (grounded(frame, state.theme)) setText(colour, scaleWords(frame, state.theme));
      setAttribute(element, "data-change", race && String(race.change));
      setAttribute(element, "data-ready", String(race !== null && catalog !== null && frame !== undefined));
      for (const view of [raceLook.three ? three : flat, loss, settings, standings, point, update]) view.update(state);
    },
  };
}
