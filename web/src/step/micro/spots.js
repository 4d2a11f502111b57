/** What is pointed at, in equation, matrices and diagram alike: an entry of a named array is also a unit or an edge. */

/** @import { Described, Seen, Spot } from "../types.js" */

import { leavesOf, termsOf } from "./trees.js";

/** @type {Spot} */
const NOWHERE = { kind: "entry", name: "", row: -1, column: -1, layer: -1, unit: -1, source: -1, from: -1 };

/** @param {Described} value @param {number} row @param {number} column @returns {Spot} */
export function entrySpot({ name, rows, columns }, row, column) {
  const spot = { ...NOWHERE, name, row, column };
  if (rows.kind !== "unit" || rows.layer === null) return spot;
  if (columns.kind === "unit" && columns.layer !== null) {
    return { ...spot, kind: "edge", layer: rows.layer, unit: row, source: columns.layer, from: column };
  }
  return { ...spot, kind: "unit", layer: rows.layer, unit: row };
}

/** A named array as a whole. @param {Described} value @returns {Spot} */
export function arraySpot(value) {
  return entrySpot(value, -1, -1);
}

/** Whether all of an array is meant. @param {Spot} spot */
export const isWhole = ({ name, row }) => name !== "" && row < 0;

/** @param {number} layer @param {number} unit @returns {Spot} */
export function unitSpot(layer, unit) {
  return { ...NOWHERE, kind: "unit", layer, unit };
}

/** @param {number} layer @param {number} unit @param {number} source @param {number} from @returns {Spot} */
export function edgeSpot(layer, unit, source, from) {
  return { ...NOWHERE, kind: "edge", layer, unit, source, from };
}

/**
 * Whether two speak of the same: by name and place where both have one, else by unit or edge. An array as a whole speaks of each
 * of its entries.
 * @param {Spot} a
 * @param {Spot} b
 */
export function matches(a, b) {
  const whole = isWhole(a) || isWhole(b);
  if (a.name && b.name) return a.name === b.name && (whole || (a.row === b.row && a.column === b.column));
  if (a.kind === "entry" || a.kind !== b.kind) return false;
  return a.layer === b.layer && a.source === b.source && (whole || (a.unit === b.unit && a.from === b.from));
}

/** @type {WeakMap<Element, {spot: Spot, term: number | null}>} */
const places = new WeakMap();

/** Elements that light up. */
export function lights() {
  /** @type {Map<Element, Spot>} */
  let all = new Map();
  /** @type {Element[]} */
  let lit = [];
  return {
    clear() {
      for (const element of all.keys()) places.delete(element);
      all = new Map();
      lit = [];
    },
    /** @param {Element} element @param {Spot} spot @param {number | null} [term]  of the equation's sum that it belongs to */
    add(element, spot, term = null) {
      all.set(element, spot);
      places.set(element, { spot, term });
    },
    /** @param {Spot | null} spot */
    show(spot) {
      for (const element of lit) element.classList.remove("lit");
      lit = [];
      if (spot === null) return;
      for (const [element, own] of all) if (matches(own, spot)) lit.push(element);
      for (const element of lit) element.classList.add("lit");
    },
  };
}

/**
 * Points at what the pointer or the focus touches inside a container, and picks it on a click.
 * @param {HTMLElement} container
 * @param {import("../actions.js").StepActions} actions
 */
export function listen(container, actions) {
  const placeAt = (/** @type {Event} */ event) => {
    for (
      let element = /** @type {Element | null} */ (event.target);
      element && element !== container;
      element = element.parentElement
    ) {
      const found = places.get(element);
      if (found) return found;
    }
    return null;
  };
  container.addEventListener(
    "pointerover",
    (event) => event.pointerType !== "touch" && actions.spot(placeAt(event)?.spot ?? null),
  );
  container.addEventListener("pointerleave", () => actions.spot(null));
  container.addEventListener("focusin", (event) => actions.spot(placeAt(event)?.spot ?? null));
  container.addEventListener("focusout", () => actions.spot(null));
  container.addEventListener("click", (event) => {
    const place = placeAt(event);
    if (!place || String(getSelection() ?? "")) return;
    if (place.term === null) actions.choose(place.spot);
    else actions.term(place.term);
    actions.spot(place.spot);
  });
}

/**
 * What picking a spot means in a micro-step: an entry of a result, or a term of the entry's sum.
 * @param {Seen} seen
 * @param {Spot} spot
 * @returns {{name: string | null, row: number, column: number} | {term: number} | null}
 */
export function choiceOf(seen, spot) {
  if (isWhole(spot)) return null;
  const { step, micro } = seen;
  const named = step.results.find(({ name }) => spot.name === name);
  if (named) return { name: named.name, row: spot.row, column: spot.column };
  const result = step.results.find(({ name }) => name === micro.name);
  if (!result) return null;
  const operand = step.operands.find(({ name }) => spot.name === name);
  const perSample = operand?.columns.kind === "sample";
  if (perSample && result.columns.kind !== "sample" && result.of !== "sample") return { term: spot.column };
  const column = perSample && result.columns.kind === "sample" ? spot.column : micro.column;
  const { layer } = result.rows;
  if (result.rows.kind !== "unit" || layer === null) return null;
  if (spot.kind === "edge") {
    if (result.columns.kind === "unit")
      return spot.layer === layer ? { name: result.name, row: spot.unit, column: spot.from } : null;
    if (spot.layer === layer)
      return spot.unit === micro.row ? byTerm(seen, spot) : { name: result.name, row: spot.unit, column };
    if (spot.source === layer)
      return spot.from === micro.row ? byTerm(seen, spot) : { name: result.name, row: spot.from, column };
    return null;
  }
  if (spot.kind !== "unit") return null;
  if (spot.layer === layer)
    return { name: result.name, row: spot.unit, column: result.columns.kind === "unit" ? micro.column : column };
  if (result.columns.kind === "unit" && spot.layer === result.columns.layer)
    return { name: result.name, row: micro.row, column: spot.unit };
  return byTerm(seen, spot);
}

/** The term that the spot is a factor of. @param {Seen} seen @param {Spot} spot @returns {{term: number} | null} */
function byTerm({ step, micro }, spot) {
  const { equation } = micro;
  if (!equation || equation.terms < 2) return null;
  const terms = termsOf(equation.whole ?? equation.expression);
  const found = terms.find(({ tree }) =>
    leavesOf(tree).some((leaf) => {
      const value = step.operands.find(({ name }) => name === leaf.name);
      return value !== undefined && leaf.place !== null && matches(entrySpot(value, ...leaf.place), { ...spot, name: "" });
    }),
  );
  if (found) return { term: found.at };
  // Of a long sum not all is here; its last terms are those of the units, in order.
  const units = step.operands.find(
    ({ rows }) => rows.kind === "unit" && rows.layer === (spot.kind === "edge" ? spot.source : spot.layer),
  )?.shape[0];
  const first = equation.terms - (units ?? Infinity);
  return first >= 0 ? { term: first + (spot.kind === "edge" ? spot.from : spot.unit) } : null;
}
