/**
 * The sessions of this tab: the one that it is attached to, and those that were left for a link's. None of them is lost: one goes
 * back to them in turn, each with the address it had.
 */

import { ofTab } from "../toolkit/storage.js";

const KEY = "chainrule.session";
const LEFT = "chainrule.left";
const ADDRESS = "chainrule.address";
/** As many as a tab knows the way back to. */
const MOST = 8;

/**
 * @typedef {object} Left
 * @property {string} id
 * @property {boolean} linked  whether it was begun for a link
 * @property {string} address  its fragment
 */

/** Once the page is on its way to another session, what comes of this one is late. */
let going = false;

/** The session that the tab is attached to, or comes to next; null: a new one. */
export const present = () => ofTab.get(KEY);

/** @param {string} id */
export const attachedTo = (id) => going || ofTab.set(KEY, id);

/** It is no more: the next attach begins another. */
export const forget = () => going || ofTab.remove(KEY);

/** Those that were left, the next to go back to first. @returns {Left[]} */
export function left() {
  try {
    const found = /** @type {unknown} */ (JSON.parse(ofTab.get(LEFT) ?? "[]"));
    return Array.isArray(found) ? found.filter((each) => typeof each?.id === "string") : [];
  } catch {
    return [];
  }
}

/** Leaves the session for a link's, which gets one of its own. */
export function leaveForLink() {
  const id = present();
  if (id !== null) keep([{ id, ...stood() }, ...left()]);
  forget();
  ofTab.set(ADDRESS, JSON.stringify({ linked: true, address: "" }));
}

/** Goes to the session that was left last; this one becomes the last to go back to. False where none was left. */
export function goBack() {
  const [next, ...others] = left();
  if (!next) return false;
  const id = present();
  keep(id === null ? others : [...others, { id, linked: stood().linked, address: location.hash }]);
  attachedTo(next.id);
  history.replaceState(history.state, "", location.pathname + location.search + next.address);
  ofTab.set(ADDRESS, JSON.stringify({ linked: next.linked, address: next.address }));
  going = true;
  location.reload();
  return true;
}

/** Remembers where the page stands, whose address is about to be another. @param {string} address  its fragment */
export function standsAt(address) {
  ofTab.set(ADDRESS, JSON.stringify({ linked: stood().linked, address }));
}

/** @returns {Omit<Left, "id">} */
function stood() {
  try {
    const { linked, address } = JSON.parse(ofTab.get(ADDRESS) ?? "{}");
    return { linked: linked === true, address: typeof address === "string" ? address : "" };
  } catch {
    return { linked: false, address: "" };
  }
}

/** @param {Left[]} sessions */
const keep = (sessions) => ofTab.set(LEFT, JSON.stringify(sessions.slice(0, MOST)));
