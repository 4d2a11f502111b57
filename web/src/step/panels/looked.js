/** What is looked at, read from the microscope's two channels. */

/** @import { Commands } from "../../commands.js" */
/** @import { AppState } from "../../types.js" */
/** @import { Picked } from "./types.js" */

import { isWhole } from "../micro/spots.js";
import { scopeOf, seenOf } from "../state.js";

const PARAMETER = /^(?:.*\.|d)?((?:W|b|P|gamma|beta|alpha)\d+)$/;

/** The micro-steps of the coming update. @param {AppState} state */
export const stepsOf = (state) => scopeOf(state)?.steps ?? [];

/** Where the microscope stands. @param {AppState} state */
export const lookedAt = (state) => seenOf(state)?.micro ?? null;

/** @param {AppState} state */
export const presentStep = (state) => seenOf(state)?.step ?? null;

/** @param {AppState} state */
export function nextStep(state) {
  const seen = seenOf(state);
  return seen ? (seen.scope.steps[seen.micro.micro + 1] ?? null) : null;
}

/**
 * The micro-step of a kind and layer, once the update under the microscope is that of the present run.
 * @param {AppState} state
 * @param {{kind: string, layer: number}} look
 */
export function stepOf(state, { kind, layer }) {
  const seen = seenOf(state);
  if (!seen || seen.scope.step !== state.clock?.step) return null;
  return seen.scope.steps.find((step) => step.kind === kind && step.layer === layer)?.index ?? 0;
}

/** The entry that is looked at, as `ask` wants it. @param {AppState} state @returns {Omit<Commands["ask"], "type"> | null} */
export function chosenEntry(state) {
  const at = lookedAt(state);
  if (!at || at.name === null) return null;
  return { micro: at.micro, name: at.name, row: at.row, column: at.column, sample: at.sample_column };
}

/**
 * The entry that is pointed at in matrices, equation or diagram, as `ask` wants it; else the one that is looked at.
 * @param {AppState} state
 * @returns {Omit<Commands["ask"], "type"> | null}
 */
export function pointedEntry(state) {
  const chosen = chosenEntry(state);
  const [seen, spot] = [seenOf(state), state.step.spot];
  if (!seen || !spot) return chosen;
  const { micro, sample_column: column, nodes } = seen.micro;
  if (isWhole(spot)) return chosen;
  if (spot.name) {
    const known = [...seen.step.results, ...seen.step.operands].some(({ name }) => name === spot.name);
    return known ? { micro, name: spot.name, row: spot.row, column: spot.column, sample: column } : chosen;
  }
  const node = spot.kind === "unit" ? nodes[spot.layer] : null;
  if (!node || node.mean) return chosen;
  // What a node shows may have been made by an earlier micro-step.
  const maker = seen.scope.steps.findLast(
    (step) => step.index <= micro && [...step.results, ...step.operands].some(({ name }) => name === node.name),
  );
  const made = maker && [...maker.results, ...maker.operands].find(({ name }) => name === node.name);
  if (!maker || !made) return chosen;
  return {
    micro: maker.index,
    name: node.name,
    row: spot.unit,
    column: made.columns.kind === "sample" ? column : 0,
    sample: column,
  };
}

/**
 * Every parameter of the network, in the order of the tape, with its shape (rows, columns).
 * @param {AppState} state
 * @returns {{name: string, rows: number, columns: number, vector: boolean}[]}
 */
export function parametersOf(state) {
  const found = new Map();
  for (const step of stepsOf(state)) {
    if (step.kind !== "update") continue;
    const value = step.results[0];
    found.set(value.name, {
      name: value.name,
      rows: value.shape[0],
      columns: value.shape[1],
      vector: value.columns.kind === "one",
    });
  }
  const order = (/** @type {string} */ name) => [
    Number(name.match(/\d+$/)?.[0]),
    ["W", "b"].findIndex((kind) => name.startsWith(kind)) >>> 0,
  ];
  return [...found.values()].sort((a, b) => {
    const [left, right] = [order(a.name), order(b.name)];
    return left[0] - right[0] || left[1] - right[1];
  });
}

/** The parameter that a named array is about: of dW1, W1 and m.W1 that is W1. @param {string | null | undefined} name */
export const parameterOf = (name) => name?.match(PARAMETER)?.[1] ?? null;

/**
 * The parameter entry that the panels tell of: what is looked at where that is one, else what was picked last, else the first.
 * @param {AppState} state
 * @returns {Picked | null}
 */
export function pickedOf(state) {
  const known = parametersOf(state);
  /** @param {Picked | null} picked */
  const fits = (picked) => {
    const place = picked && known.find(({ name }) => name === picked.name);
    return place && picked.row < place.rows && picked.column < place.columns ? picked : null;
  };
  const first = known[0];
  return fits(state.panels.picked) ?? (first ? { name: first.name, row: 0, column: 0 } : null);
}

/** The entry of a parameter that is looked at, if it is one. @param {AppState} state @returns {Picked | null} */
export function lookedParameter(state) {
  const at = lookedAt(state);
  const name = parameterOf(at?.name);
  const place = name && parametersOf(state).find((each) => each.name === name);
  if (!at || !place) return null;
  return { name, row: Math.min(at.row, place.rows - 1), column: Math.min(at.column, place.columns - 1) };
}

/** Its index as the engine wants it: one number for a vector. @param {AppState} state @param {Picked} picked */
export function indexOf(state, { name, row, column }) {
  return parametersOf(state).find((each) => each.name === name)?.vector ? [row] : [row, column];
}
