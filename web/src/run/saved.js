/** Named experiments, kept by this browser: each a script, and what is needed to compare with it. */

import { ofBrowser } from "../toolkit/storage.js";

/**
 * @typedef {object} Saved
 * @property {string} id
 * @property {string} name
 * @property {string} when  ISO date and time
 * @property {string} subject  what was run, in words
 * @property {number} step
 * @property {string} script  JSON text
 * @property {Record<string, (number | null)[]>} columns  the recorded series, thinned
 * @property {Record<string, number | null>} final  the scores where it stands
 */

const PREFIX = "chainrule.experiment.";

/** All there are, the newest first; what cannot be read is left alone and not listed. @returns {Saved[]} */
export function savedAll() {
  const found = ofBrowser.keys().flatMap((key) => (key.startsWith(PREFIX) ? (readOne(key) ?? []) : []));
  return found.sort((a, b) => b.when.localeCompare(a.when));
}

/** @param {string} key @returns {Saved | null} */
function readOne(key) {
  try {
    /** @type {Partial<Saved> | null} */
    const entry = JSON.parse(ofBrowser.get(key) ?? "null");
    const fits = entry && typeof entry.name === "string" && typeof entry.script === "string" && entry.columns && entry.final;
    return fits ? /** @type {Saved} */ ({ ...entry, id: key.slice(PREFIX.length) }) : null;
  } catch {
    return null;
  }
}

/**
 * Keeps an experiment; throws an Error in words where the browser has no room for it.
 * @param {Saved} entry
 */
export function keep(entry) {
  const refused = ofBrowser.put(PREFIX + entry.id, JSON.stringify(entry));
  if (refused === "full")
    throw new Error("This browser has no room left for it. Delete an experiment, or export the script as a file.");
  if (refused) throw new Error("This browser does not let the page keep anything. Export the script as a file instead.");
}

/** @param {string} id */
export function discard(id) {
  ofBrowser.remove(PREFIX + id);
}

/**
 * A name that no other experiment has: "spiral", "spiral 2", …
 * @param {string} wished
 * @param {string | null} [own]  the id of the one that is named
 */
export function freeName(wished, own = null) {
  const taken = new Set(savedAll().flatMap((entry) => (entry.id === own ? [] : [entry.name])));
  const base = wished.trim().slice(0, 80) || "experiment";
  let name = base;
  for (let i = 2; taken.has(name); i++) name = `${base} ${i}`;
  return name;
}
