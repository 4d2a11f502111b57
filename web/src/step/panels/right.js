/** Was it right? Slopes by finite differences beside backpropagation's, and what the update does to J beside what it was to do. */

/** @import { AppState, View } from "../../types.js" */

import { h } from "../../toolkit/dom.js";
import { toNumber } from "../../toolkit/maths.js";
import { scopeOf } from "../state.js";
import { lookedAt, parameterOf, parametersOf, presentStep } from "./looked.js";
import { entryName, number, wide } from "../../shared/panel-numbers.js";
import { shell } from "../../shared/shell.js";

/** Entries along a side of a matrix that are checked: as many as are shown of a folded one. */
const SIDE = 12;
/** Parameters up to which a network is checked without being asked. */
const SMALL = 500;
/** Where two relative slopes agree. */
const AGREES = 1e-6;

/** @param {import("./actions.js").PanelActions} actions @returns {View} */
export function rightView(actions) {
  let wanted = false;
  const view = shell("right", { empty: "", retry: () => actions.retry("right") }, draw);
  const button = h(
    "button",
    { type: "button", class: "quiet-button", data: { testid: "right-check" }, onclick: check },
    "check it",
  );
  return {
    element: h(
      "section",
      { class: "panel-part", aria: { label: "Was it right?" } },
      h("h3", { class: "panel-title" }, "Was it right?"),
      button,
      view.element,
    ),
    update(state) {
      const ended = Boolean(scopeOf(state)?.problem);
      const entries = ended ? [] : visible(state);
      const small = (state.run?.parameter_count ?? Infinity) <= SMALL;
      const answer = entries.length === 0 ? null : actions.answer(state, "right", { type: "verify", entries }, small || wanted);
      if (answer?.status !== "loading") wanted = false;
      const still = state.clock?.status !== "playing" && state.clock?.status !== "seeking";
      button.hidden = small || answer !== null || !still || entries.length === 0;
      view.show(
        answer,
        ended
          ? "This update cannot be made: nothing to compare."
          : still
            ? small
              ? "Waiting for the update."
              : "Differences of the weights shown, and the change of J."
            : "The run moves: pause it to look.",
      );
    },
  };

  function check() {
    wanted = true;
    actions.repaint();
  }
}

/**
 * The entries of the parameter that the micro-step is about, as far as they are shown.
 * @param {AppState} state
 */
function visible(state) {
  const step = presentStep(state);
  const at = lookedAt(state);
  const known = parametersOf(state);
  if (!step || !at) return [];
  const named = [at.name, ...step.results.map(nameOf), ...step.operands.map(nameOf)]
    .map(parameterOf)
    .filter((name) => name !== null);
  const place =
    known.find(({ name }) => name === (named.find((each) => /^[WP]/.test(each)) ?? named[0] ?? `W${step.layer}`)) ??
    known.findLast(({ name }) => name.startsWith("W"));
  if (!place) return [];
  const [rows, columns] = [some(place.rows, at.row), some(place.columns, at.column)];
  return rows.flatMap((row) => columns.map((column) => ({ name: place.name, index: place.vector ? [row] : [row, column] })));
}

/** @param {{name: string}} value */
const nameOf = (value) => value.name;

/** @param {number} count @param {number} chosen */
function some(count, chosen) {
  const first = Array.from({ length: Math.min(count, SIDE) }, (_, i) => i);
  return chosen < first.length || chosen >= count ? first : [...first.slice(0, -1), chosen];
}

/** @param {import("../answers.js").Verification} result */
function draw({ entries, error, kinks, zero, change }) {
  const tensor = entryName(entries[0].name, []).split(" ")[0];
  const apart = toNumber(error);
  const good = apart !== null && apart <= AGREES;
  const words =
    error === null
      ? "every unit crosses a kink here"
      : zero
        ? "both are 0, but for rounding"
        : good
          ? "finite differences agree to"
          : "differences are apart by";
  const verdict = h(
    "span",
    { class: good ? "verdict good" : "verdict bad" },
    number(error, { digits: 2, hook: "right-error" }),
  );
  const counted = `${entries.length === 1 ? "1 entry" : `${entries.length} entries`} of ${tensor}${kinks > 0 ? `, ${kinks} of them at a kink, where both are right and differ` : ""}`;
  return [
    row(words, error === null || zero ? "" : verdict),
    h("p", { class: "small" }, counted),
    row("ΔJ as g·Δ", number(change.linear, { hook: "change-linear" })),
    row("with ½ΔᵀHΔ added", number(change.predicted, { hook: "change-predicted" })),
    row("actual change", h("strong", {}, number(change.actual, { hook: "change-actual" }))),
    details(entries),
  ];
}

/** @param {string} words @param {Node | string} value */
function row(words, value) {
  return h("p", { class: "panel-row" }, h("span", {}, words), value);
}

/** @param {import("../answers.js").SlopeCheck[]} entries */
function details(entries) {
  const head = h(
    "tr",
    {},
    ...["entry", "backpropagation", "difference", "relative error"].map((words) => h("th", { scope: "col" }, words)),
  );
  const rows = entries.map(({ name, index, analytic, numeric, error, kink, zero }) =>
    h(
      "tr",
      {},
      h("th", { scope: "row" }, entryName(name, index)),
      h("td", {}, number(analytic)),
      h("td", {}, number(numeric)),
      h("td", {}, kink ? "kink" : zero ? "both 0, but for rounding" : number(error, { digits: 2 })),
    ),
  );
  return h(
    "details",
    { class: "panel-more", data: { testid: "right-entries" } },
    h("summary", {}, "each of them"),
    wide(h("table", { class: "panel-table" }, h("thead", {}, head), h("tbody", {}, ...rows))),
  );
}
