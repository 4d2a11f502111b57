/**
 * An experiment in the page's address: `#lab=batch&x=rate:0.1,sizes:8`, the choices that are not the defaults; about a run it has
 * the run's script beside it.
 */

/** @import { Setting } from "../catalog.js" */
/** @import { Parameter } from "../types.js" */
/** @import { Choices } from "./slice.js" */

import { entryHere, writePlace } from "../url.js";

const NAME = /^[a-z0-9_-]{1,40}$/;

/** @typedef {{experiment: string, choices: Choices, text: string | null}} Reference */

/** What the address says. @returns {Reference | null} */
export function here() {
  const fields = new URLSearchParams(location.hash.slice(1));
  return referenceOf(fields.get("lab"), fields.get("x"));
}

/** What an entry of the history says. @returns {Reference | null} */
export function entryOfHistory() {
  const entry = entryHere();
  return referenceOf(entry?.lab ?? null, entry?.x ?? null);
}

/** @param {string | null} experiment @param {string | null} text @returns {Reference | null} */
function referenceOf(experiment, text) {
  return experiment !== null && NAME.test(experiment) ? { experiment, choices: readChoices(text ?? ""), text } : null;
}

/**
 * The address says which experiment is open, and how it is chosen.
 * @param {string | null} experiment
 * @param {string | null} text  of its choices
 * @param {import("../url.js").Entered | null} [entered]  null: no new entry of the history
 * @param {boolean} [gallery]  of a new one: whether the entry before it is the gallery's
 */
export function tellAddress(experiment, text, entered = null, gallery = false) {
  const x = experiment ? text || null : null;
  writePlace({ lab: experiment, x }, { lab: experiment, x, ...(entered ? { gallery: gallery ? "yes" : null } : {}) }, entered);
}

/** The address of the lab without a run, to share. @param {Record<string, string>} fields */
export function addressWithout(fields) {
  const now = new URLSearchParams(location.hash.slice(1));
  const kept = ["theme", "projector", "hide", "lock"].flatMap((name) => (now.has(name) ? [[name, now.get(name) ?? ""]] : []));
  const text = new URLSearchParams([...Object.entries(fields), ...kept])
    .toString()
    .replaceAll("%3A", ":")
    .replaceAll("%2C", ",");
  return `${location.origin}${location.pathname}#${text}`;
}

/** Choices as text: those that are not the defaults. @param {Choices} choices @param {Parameter[]} parameters */
export function textOf(choices, parameters) {
  return parameters
    .filter(({ name, default: usual }) => name in choices && JSON.stringify(choices[name]) !== JSON.stringify(usual))
    .map(({ name }) => `${name}:${written(choices[name])}`)
    .join(",");
}

/** @param {Setting} value */
function written(value) {
  const plain = typeof value === "string" && typeof read(value) === "string" ? value : JSON.stringify(value);
  return plain.replace(/[%,:]/g, encodeURIComponent);
}

/** @param {string} text @returns {Choices} */
function readChoices(text) {
  /** @type {Choices} */
  const choices = {};
  for (const part of text.split(",")) {
    const at = part.indexOf(":");
    if (at > 0) choices[part.slice(0, at)] = read(decoded(part.slice(at + 1)));
  }
  return choices;
}

/** @param {string} text */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // the server says what is wrong with it
  }
}

/** A number, a yes or no, a pair, or else a word. @param {string} text @returns {Setting} */
function read(text) {
  try {
    const value = /** @type {Setting} */ (JSON.parse(text));
    return value !== null && typeof value === "object" && !Array.isArray(value) ? text : value;
  } catch {
    return text;
  }
}
