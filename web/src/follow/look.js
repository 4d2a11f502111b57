/**
 * How a page looks at what it is shown, as far as that is no matter of its own window: what the teacher's page tells, and how a page
 * that looks on takes it up. Nothing of it is HTML, and what is of another kind than the page's own is left out.
 */

/** @import { AppState } from "../types.js" */

import { roomKinds } from "../registry.js";

/** Fields of the state, and what of them is told. @type {Partial<Record<keyof AppState, readonly string[] | null>>} */
const TOLD = {
  room: null,
  linear: null,
  followed: null,
  curve: null,
  edges: null,
  units: null,
  spread: null,
  opened: null,
  diagnosis: null,
  step: ["look", "part", "brought"],
  raceLook: ["three", "stretched", "arrows", "abscissa", "lane", "curvature", "plane"],
  networkLook: ["on", "three", "lane", "study"],
  expression: ["text", "values", "at"],
  labLook: ["open", "step"],
};

/** @typedef {Record<string, unknown>} Look */

/** @param {AppState} state @returns {Look} */
export function lookOf(state) {
  return Object.fromEntries(Object.entries(TOLD).map(([field, names]) => [field, part(read(state, field), names)]));
}

/** What is to be changed for the page to look as told; null: it does. @param {AppState} state @param {Look} look @returns {Partial<AppState> | null} */
export function lookedAt(state, look) {
  /** @type {Record<string, unknown>} */
  const patch = {};
  for (const [field, names] of Object.entries(TOLD)) {
    const [own, told] = [read(state, field), look[field]];
    if (told === undefined || same(part(own, names), told)) continue;
    if (names === null) {
      if (alike(own, told) && (field !== "room" || roomKinds().some(({ name }) => name === told))) patch[field] = told;
    } else if (isObject(own) && isObject(told)) {
      const found = names.filter((name) => name in told && alike(own[name], told[name])).map((name) => [name, told[name]]);
      const whole = { ...own, ...Object.fromEntries(found) };
      if (!same(part(whole, names), part(own, names))) patch[field] = whole;
    }
  }
  return Object.keys(patch).length > 0 ? /** @type {Partial<AppState>} */ (patch) : null;
}

/** @param {AppState} state @param {string} field */
const read = (state, field) => /** @type {Record<string, unknown>} */ (/** @type {unknown} */ (state))[field];

/** @param {unknown} value @param {readonly string[] | null} names */
function part(value, names) {
  if (names === null || !isObject(value)) return value ?? null;
  return Object.fromEntries(names.map((name) => [name, value[name] ?? null]));
}

/** @param {unknown} value @returns {value is Record<string, unknown>} */
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** @param {unknown} a @param {unknown} b */
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/** Of one kind, as far as it is known: what is empty may be anything that has no HTML in it. @param {unknown} own @param {unknown} told */
const alike = (own, told) =>
  own === null || told === null || (typeof own === typeof told && Array.isArray(own) === Array.isArray(told));
