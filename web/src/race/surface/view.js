/** The Race view: the surface and the losses in the middle, the race's settings and its standings to the side. */

/** @import { View } from "../../types.js" */

import { h, memo, setAttribute, setText } from "../../toolkit/dom.js";
import { formatNumber, toNumber } from "../../toolkit/maths.js";
import { updateDialog } from "./update-equations.js";
import { lossView } from "./curves.js";
import { pointView } from "./point.js";
import { settingsView } from "./settings.js";
import { standingsView } from "./standings.js";
import { surfaceView } from "./contours.js";
import { threeView } from "../three.js";
import { surfaceInThree } from "./three.js";

/** @type {["surface" | "standings", string][]} */
const PAGES = [
  ["surface", "Surface"],
  ["standings", "Standings"],
];

/** What the shades mean: high is paper. @param {import("../../channels.js").FrameOf<"race_surface"> | undefined} frame @param {string} theme */
function scaleWords(frame, theme) {
  if (!frame?.meta.range) return "";
  const [low, high] = frame.meta.range.map((each) => formatNumber(toNumber(each), 3));
  const what = frame.meta.colour === "linear" ? "f" : "log f";
  return theme === "dark" ? `${what}: light ${low}, dark ${high}` : `${what}: dark ${low}, light ${high}`;
}

/**
 * @param {import("./actions.js").SurfaceRaceActions} actions
 * @returns {View}
 */
export function raceView(actions) {
  const look = (/** @type {boolean} */ three, /** @type {string} */ words) =>
    h(
      "button",
      {
        type: "button",
        class: "race-choice",
        data: { look: three ? "3d" : "contour" },
        onclick: () => actions.look({ three }),
      },
      words,
    );
  const looks = [look(false, "contour"), look(true, "3-D")];
  const colour = h("span", { class: "small" });
  const [flat, three, loss, settings, standings, point] = [
    surfaceView(actions),
    threeView(surfaceInThree),
    lossView(actions),
    settingsView(actions),
    standingsView(actions),
    pointView(actions),
  ];
  const anatomy = updateDialog(actions);
  const waiting = h("p", { class: "small race-waiting" }, "The race is coming …");
  const tabs = PAGES.map(([name, title]) =>
    h(
      "button",
      {
        type: "button",
        class: "tab",
        role: "tab",
        aria: { selected: false, controls: `race-${name}` },
        data: { tab: name },
        onclick: () => actions.look({ page: name }),
      },
      title,
    ),
  );
  const element = h(
    "main",
    { class: "race", data: { ready: false } },
    h("div", { class: "tabs race-tabs", role: "tablist", aria: { label: "Pages" } }, ...tabs),
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
          h("div", { class: "race-choices", role: "group", aria: { label: "How the surface is drawn" } }, ...looks),
          colour,
        ),
      ),
      h("div", { class: "race-stage" }, flat.element, three.element, waiting),
      loss.element,
    ),
    h("div", { class: "race-right", id: "race-standings" }, settings.element, standings.element, point.element),
    anatomy.element,
  );
  const [changed, grounded] = [memo(), memo()];
  return {
    element,
    update(state) {
      actions.open();
      const { raceLook, race, catalog } = state;
      if (changed(raceLook.page)) {
        setAttribute(element, "data-page", raceLook.page);
        PAGES.forEach(([name], i) => setAttribute(tabs[i], "aria-selected", String(raceLook.page === name)));
      }
      setAttribute(looks[0], "aria-pressed", String(!raceLook.three));
      setAttribute(looks[1], "aria-pressed", String(raceLook.three));
      flat.element.hidden = raceLook.three;
      three.element.hidden = !raceLook.three;
      const frame = state.frames.race_surface;
      waiting.hidden = frame !== undefined;
      if (grounded(frame, state.theme)) setText(colour, scaleWords(frame, state.theme));
      setAttribute(element, "data-change", race && String(race.change));
      setAttribute(element, "data-ready", String(race !== null && catalog !== null && frame !== undefined));
      for (const view of [raceLook.three ? three : flat, loss, settings, standings, point, anatomy]) view.update(state);
    },
  };
}
