/** What the rule of a lane does in its next update: opened from the lane's point, asked for anew at every step. */

/** @import { AppState } from "../../types.js" */
/** @import { Answer } from "../../shared/answer.js" */

import { h, memo, setAttribute, setText } from "../../toolkit/dom.js";
import { rowNamed } from "../../run/spec.js";
import { raceFrameOf } from "../frames.js";
import { updateTable } from "../../shared/update-table.js";
import { answerOf } from "../../shared/answer.js";
import { shell } from "../../shared/shell.js";
import { stepSheet } from "../../shared/sheet.js";
import { surfaceNames } from "./names.js";

/** @type {["x", "y"]} */
const COORDINATES = ["x", "y"];

/**
 * Opens it for the chosen lane, or the leader; a race that plays is paused, to be looked at.
 * @param {import("./actions.js").SurfaceRaceActions} actions
 */
export function openUpdate(actions) {
  const { state } = actions;
  const lanes = state.race?.lanes ?? [];
  const told = state.raceLook.lane ?? raceFrameOf(state, "race_point")?.meta.lane;
  const lane = lanes.find(({ id }) => id === told) ?? lanes[0];
  actions.showUpdate({ open: true, lane: lane?.id ?? null, answer: null });
  if (state.raceClock?.status === "playing") actions.tell({ type: "race_pause" });
}

/** @param {import("./actions.js").SurfaceRaceActions} actions */
export function updateDialog(actions) {
  const choices = COORDINATES.map((coordinate) =>
    h(
      "button",
      { type: "button", class: "race-choice", data: { coordinate }, onclick: () => actions.showUpdate({ coordinate }) },
      coordinate,
    ),
  );
  const move = (/** @type {string} */ hook, /** @type {string} */ words, /** @type {() => void} */ go) =>
    h(
      "button",
      { type: "button", class: "quiet-button", title: words, aria: { label: words }, data: { testid: hook }, onclick: go },
      hook === "anatomy-back" ? "← step" : "step →",
    );
  const moves = [
    move("anatomy-back", "One step back, of all lanes", () => actions.back()),
    move("anatomy-forward", "One step forward, of all lanes", () => actions.forward()),
  ];
  /** @type {import("../../types.js").OptimizerRow[]} */
  let rules = [];
  const view = shell(
    "race-anatomy",
    {
      empty: "There is no lane yet: close this and add one (n).",
      moves: "The race moves: pause it to look.",
      retry: () => actions.showUpdate({ answer: null }),
    },
    (result) => updateTable(result, rowNamed(rules, result.rule)?.title ?? result.rule),
  );
  const head = h(
    "div",
    { class: "race-anatomy-head" },
    h("div", { class: "race-choices", role: "group", aria: { label: "Coordinate" } }, ...choices),
    h("div", { class: "race-choices", role: "group", aria: { label: "Step" } }, ...moves),
  );
  const sheet = stepSheet("race-anatomy", "The next update", head, view.element);
  sheet.element.addEventListener("close", () => actions.showUpdate({ open: false, answer: null }));
  sheet.element.addEventListener("keydown", (event) => {
    // A table that scrolls keeps its arrows.
    const scrolls = event.target instanceof Element && event.target.closest(".panel-wide[tabindex]");
    if (scrolls || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "ArrowRight") actions.forward();
    else if (event.key === "ArrowLeft") actions.back();
    else return;
    event.preventDefault();
  });
  const [named, chosen] = [memo(), memo()];
  return {
    element: sheet.element,
    /** @param {AppState} state */
    update(state) {
      const { open, lane, coordinate } = state.raceUpdate;
      if (!open) {
        if (sheet.element.open) sheet.close();
        return;
      }
      sheet.open();
      rules = state.catalog?.optimizers ?? [];
      if (named(state.race, state.catalog, lane)) {
        const name = lane === null ? undefined : surfaceNames(state).get(lane);
        setText(sheet.heading, name === undefined ? "The next update" : `${name}: the next update`);
      }
      if (chosen(coordinate))
        COORDINATES.forEach((each, i) => setAttribute(choices[i], "aria-pressed", String(each === coordinate)));
      const { raceClock: clock } = state;
      for (const button of moves) button.disabled = lane === null;
      moves[0].disabled ||= clock?.step === 0;
      moves[1].disabled ||= clock?.step === clock?.max_steps;
      head.hidden = lane === null;
      view.show(lane === null ? null : answerNow(actions, state, lane));
    },
  };
}

/**
 * The answer for the present step; asked for where it is not there. While the race moves, the one before.
 * @param {import("./actions.js").SurfaceRaceActions} actions
 * @param {AppState} state
 * @param {number} lane
 * @returns {Answer<import("../../commands.js").Dissection> | null}
 */
function answerNow(actions, { race, raceClock: clock, connection, raceUpdate: { coordinate, answer } }, lane) {
  const rests = race && clock && connection.status === "open" && clock.status !== "playing" && clock.status !== "seeking";
  if (!rests) return { key: "", status: "old", result: answer?.result ?? null, message: "" };
  const key = JSON.stringify([race.race, race.change, clock.step, lane, coordinate]);
  if (answer?.key === key) return answer;
  /** @type {Answer<import("../../commands.js").Dissection>} */
  const loading = { key, status: "loading", result: answer?.result ?? null, message: "" };
  actions.showUpdate({ answer: loading });
  const question = () => actions.ask({ type: "race_dissect", lane, coordinate });
  const failed = "the server could not answer. The race is as it was.";
  actions.answers.ask(
    "update",
    key,
    () => answerOf(key, question, failed),
    (found) => actions.showUpdate({ answer: found }),
  );
  return loading;
}
