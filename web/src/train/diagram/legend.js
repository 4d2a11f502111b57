/** The diagram's head: what edges and units show, by two switches, and the scales they are drawn at. */

/** @import { AppState } from "../../types.js" */
/** @import { EdgesShow, UnitsShow } from "../types.js" */

import { h, memo, setAttribute, setText } from "../../toolkit/dom.js";
import { formatCount, formatSetting } from "../../toolkit/maths.js";
import { heldCounts } from "./weights/frozen.js";

/** @type {{value: EdgesShow, label: string, key: string, symbol: string}[]} */
export const EDGES = [
  { value: "weights", label: "weights", key: "w", symbol: "w" },
  { value: "gradients", label: "gradients", key: "g", symbol: "∂𝓛/∂w" },
  { value: "updates", label: "last update", key: "u", symbol: "Δw" },
];

/** @type {{value: UnitsShow, label: string, key: string}[]} */
export const UNITS = [
  { value: "map", label: "map", key: "m" },
  { value: "delta", label: "δ", key: "d" },
  { value: "sample", label: "h", key: "choose a point of the output" },
];

/** What a unit has inside, by the kind of data. @type {Record<string, string>} */
const INSIDE = { plane: "map", line: "response", image: "weights, bias", table: "bias" };

/** @param {import("../actions.js").TrainActions} actions */
export function legendView(actions) {
  const edges = choice("edges", "Edges show", EDGES, (value) => actions.showEdges(value));
  const units = choice("units", "Units show", UNITS, (value) => actions.showUnits(value));
  const edgeScale = h("span", { data: { testid: "scale" } });
  const unitScale = h("span", { data: { testid: "unit-scale" } });
  const held = h("span", { data: { testid: "held-words" } });
  const element = h(
    "div",
    { class: "legend" },
    h("span", { class: "switches" }, edges.element, units.element),
    h(
      "span",
      { class: "signs" },
      h("i", { class: "swatch positive" }),
      "positive",
      h("i", { class: "swatch negative" }),
      "negative",
    ),
    h("span", { class: "scale" }, edgeScale, unitScale, held),
  );
  const changed = memo();
  return {
    element,
    /**
     * @param {AppState} state
     * @param {number | null} edge  what one pixel of width stands for
     * @param {string} unit  the scale of what the units show, in words
     */
    update(state, edge, unit) {
      const { run } = state;
      const { frozen, removed } = heldCounts(state);
      if (!run || !changed(state.edges, state.units, edge, unit, run.kind, frozen, removed)) return;
      edges.update(state.edges);
      units.update(state.units);
      setText(units.buttons[0], INSIDE[run.kind] ?? "map");
      const { symbol } = EDGES.find(({ value }) => value === state.edges) ?? EDGES[0];
      setText(edgeScale, edge === null ? "no update made yet" : `line width 1 px = |${symbol}| ${short(edge)}`);
      // There is an h to show while a sample is followed.
      units.buttons[2].hidden = state.units !== "sample";
      unitScale.hidden = unit === "";
      setText(unitScale, unit);
      held.hidden = frozen + removed === 0;
      setText(held, heldWords(frozen, removed));
    },
  };
}

/** What is frozen, and how that looks. @param {number} frozen @param {number} removed */
function heldWords(frozen, removed) {
  const words = [
    frozen ? `dashed, with a lock: ${formatCount(frozen)} frozen` : "",
    removed ? `dotted: ${formatCount(removed)} removed` : "",
  ];
  return ` · ${words.filter(Boolean).join(", ")}`;
}

/** What a full square stands for. @param {number | null} delta */
export function deltaWords(delta) {
  return delta === null ? "" : ` · full square = mean |δ| ${short(delta)}, train set`;
}

/** @param {number} scale */
function short(scale) {
  return formatSetting(Number(scale.toPrecision(3)));
}

/**
 * One of several, as words side by side.
 * @template {string} V
 * @param {string} words
 * @param {string} label
 * @param {{value: V, label: string, key: string}[]} rows
 * @param {(value: V) => void} choose
 */
function choice(words, label, rows, choose) {
  const buttons = rows.map((row) =>
    h(
      "button",
      {
        type: "button",
        role: "radio",
        class: "rung",
        title: `${label.toLowerCase()} ${row.label === "map" ? "what they answer" : row.label} (${row.key}; again: fit the scale anew)`,
        aria: { checked: false },
        data: { show: row.value },
        onclick: () => choose(row.value),
      },
      row.label,
    ),
  );
  return {
    buttons,
    element: h(
      "span",
      { class: "switch", role: "radiogroup", aria: { label } },
      words,
      h("span", { class: "show" }, " show"),
      ...buttons,
    ),
    /** @param {V} current */
    update(current) {
      rows.forEach(({ value }, i) => setAttribute(buttons[i], "aria-checked", String(value === current)));
    },
  };
}
