/**
 * What a teacher's link hides or locks: `#hide=data,optimizer.lr&lock=network`. A name is a part of the page (`data-part`, one
 * word or several) or a setting (`data-field`, with all that lies below it). Hidden controls are gone; locked ones are seen and
 * cannot be used. On the diagram `weights`, `layers`, `units` and `activations` go by name, `diagram` is all of them.
 * While a card of a lesson is open, only the settings that it names can be changed.
 */

import { setAttribute } from "../toolkit/dom.js";
import { LOOKING_ON, followed } from "../wire/followed.js";
import { readFragment } from "../url.js";

const NAME = /^[a-z0-9_.]+$/;

const { hide, lock } = readFragment();

/** What a card of a lesson leaves open; null: no card is open. @type {readonly string[] | null} */
let left = null;
/** The same of the state that a teacher handed out; null: nothing was, or all of it is open. @type {readonly string[] | null} */
let handed = null;

/** @param {readonly string[] | null} names */
export function leaveOpen(names) {
  left = names;
}

/** Holds where no card is open. @param {readonly string[] | null} names */
export function handOut(names) {
  handed = names;
}

const namedOpen = () => (followed === null ? (left ?? handed) : []);

/** Whether what goes by one of these names can be changed: no link hides or locks it, no card either. @param {...string} names */
export function allows(...names) {
  const card = namedOpen();
  if (card && !names.some((name) => card.includes(name))) return false;
  return !names.some((name) => hide.includes(name) || lock.includes(name));
}

/** Whether a link hides none of what goes by these names: keys and lines lead to what is seen alone. @param {...string} names */
export function shows(...names) {
  return !names.some((name) => hide.includes(name));
}

/** Whether weights and biases can be changed; where the network is locked, they are too. */
export const editable = () => allows("weights", "diagram") && !lock.includes("network");

/** Why something cannot be changed. */
export const lockedBy = () =>
  followed !== null ? LOOKING_ON : left ? "locked by this card" : handed ? "locked by your teacher" : "locked by this link";

/** @param {string[]} names */
function selector(names) {
  const known = names.filter((name) => NAME.test(name));
  return known.map((name) => `[data-part~="${name}"], [data-field="${name}"], [data-field^="${name}."]`).join(", ");
}

/** Whose controls are settings: what a card does not name there is locked. */
const SETTINGS = [
  ".settings > *",
  '.network [data-part~="network"]',
  '[data-part="race-choice"]',
  '[data-part="race-settings"]',
  '[data-part="race-tuner"]',
  ".lane-editor",
  ".race-rates",
  "[data-testid$='-add']:is([data-testid^='race'], [data-testid^='network'])",
  "[data-remedy]",
  // Where one looks on: what leads elsewhere, too, and the answers, for the class votes.
  ...(followed === null ? [] : [".doors", ".bar > .tools", ".room-transport > *", ".lesson-question", ".lesson-dashes"]),
  ...(followed === null ? [] : [".lesson-foot", ".lesson-leave", ".lesson-task"]),
].join(", ");

/** What a card has locked. @type {Set<Element>} */
const locked = new Set();

/**
 * Locks the largest parts in which nothing is left open.
 * @param {Element} part
 * @param {string} open
 * @param {Set<Element>} found
 */
function lockIn(part, open, found) {
  if (open && part.matches(open)) return;
  if (!open || part.querySelector(open) === null) found.add(part);
  else for (const child of part.children) lockIn(child, open, found);
}

function lockSettings() {
  const left = namedOpen();
  // Where nothing in it can be pressed, it is scrolled by keys all the same.
  for (const page of document.querySelectorAll(".page.settings")) setAttribute(page, "tabindex", left ? "0" : null);
  /** @type {Set<Element>} */
  const found = new Set();
  if (left) {
    const open = selector([...left]);
    for (const part of document.querySelectorAll(SETTINGS)) if (!open || !part.closest(open)) lockIn(part, open, found);
  }
  for (const part of locked) {
    if (found.has(part)) continue;
    part.removeAttribute("inert");
    part.removeAttribute("title");
    locked.delete(part);
  }
  for (const part of found) {
    if (part.hasAttribute("inert")) continue;
    lockOne(part);
    locked.add(part);
  }
}

/** @param {Element} part */
function lockOne(part) {
  part.setAttribute("inert", "");
  part.setAttribute("title", lockedBy());
}

/** @returns {() => void}  to be called after each painting: controls come and go with the rows they are made from */
export function restrictions() {
  const [hidden, always] = [selector(hide), selector(lock)];
  return () => {
    if (hidden) for (const element of document.querySelectorAll(hidden)) element.setAttribute("hidden", "");
    lockSettings();
    if (always) for (const element of document.querySelectorAll(always)) lockOne(element);
  };
}
