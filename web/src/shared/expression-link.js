/**
 * An expression and the values of its inputs in the page's address: `#view=graph&f=sin(x^2)&x=1.5`. Whoever opens one writes it
 * there and goes into its room.
 */

import { writeFragment } from "../url.js";

/** @typedef {{text: string, values: Record<string, string>}} Expression */

const FUNCTIONS = new Set(["sin", "cos", "exp", "ln", "sqrt", "tanh", "sigmoid", "relu"]);
/** What an address says already: an input of such a name has another field, `v.s`. */
const TAKEN = new Set([
  "at",
  "e",
  "example",
  "f",
  "hidden",
  "hide",
  "kept",
  "lock",
  "n",
  "projector",
  "r",
  "s",
  "theme",
  "view",
]);
/** As many inputs as an expression may have. */
const MOST = 8;

/** The inputs of an expression, in the order in which they come. @param {string} text */
export function inputsOf(text) {
  const names = text.match(/(?<![A-Za-z_.])(?<!\d(?=[eE][+-]?\d))[A-Za-z][A-Za-z0-9]*\b(?!\s*\()/g) ?? [];
  return [...new Set(names)].filter((name) => !FUNCTIONS.has(name)).slice(0, MOST);
}

/** @param {string} name */
const field = (name) => (TAKEN.has(name) ? `v.${name}` : name);

/** What stands in this page's own address. @returns {Expression | null} */
export function expressionHere() {
  const fields = new URLSearchParams(location.hash.slice(1));
  const text = fields.get("f");
  if (text === null) return null;
  return { text, values: Object.fromEntries(inputsOf(text).map((name) => [name, fields.get(field(name)) ?? "1"])) };
}

/** The fields of an address. @param {Expression} expression @returns {Record<string, string>} */
export function fieldsOf({ text, values }) {
  return { f: text, ...Object.fromEntries(inputsOf(text).map((name) => [field(name), values[name] ?? "1"])) };
}

/** Puts an expression into the address in place of the one there; null: takes that out. @param {Expression | null} expression */
export function writeExpression(expression) {
  const before = expressionHere();
  const gone = before ? Object.keys(fieldsOf(before)).map((name) => [name, null]) : [];
  writeFragment({ ...Object.fromEntries(gone), ...(expression ? fieldsOf(expression) : {}) });
}
