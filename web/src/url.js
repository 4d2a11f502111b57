/**
 * The page's address: what a link may say of how a run is looked at, `#view=race&theme=dark&projector=1&hide=data&lock=optimizer.lr`,
 * and the rooms, and the cards of a lesson, as entries of the browser's history.
 */

import { framed } from "./toolkit/storage.js";

/** The fragment as it is: the history brings older ones. */
let fragment = location.hash;

/**
 * @returns {{view: string | null, theme: "light" | "dark" | null, projector: boolean, hide: string[], lock: string[]}}
 */
export function readFragment() {
  const fields = new URLSearchParams(location.hash.slice(1));
  const theme = fields.get("theme") ?? new URLSearchParams(location.search).get("theme"); // an embed's stands there, too
  const names = (/** @type {string} */ field) => (fields.get(field) ?? "").split(",").filter(Boolean);
  return {
    view: fields.get("view"),
    theme: theme === "light" || theme === "dark" ? theme : null,
    projector: fields.get("projector") === "1",
    hide: names("hide"),
    lock: names("lock"),
  };
}

/**
 * Changes fields of the fragment without adding to the history.
 * @param {Record<string, string | null>} fields
 */
export function writeFragment(fields) {
  history.replaceState(history.state, "", addressWith(fields));
  fragment = location.hash;
}

/** @param {Record<string, string | null>} fields */
function addressWith(fields) {
  const all = new URLSearchParams(fragment.slice(1));
  for (const [name, value] of Object.entries(fields)) {
    if (value === null) all.delete(name);
    else all.set(name, value);
  }
  const text = all.toString().replaceAll("%2F", "/").replaceAll("%3A", ":").replaceAll("%2C", ","); // as a person would write it
  return text ? `#${text}` : location.pathname + location.search;
}

/** Of this page, from when it was loaded: what an earlier load or a person put into the history is opened as an address is. */
const PAGE = performance.timeOrigin;

/**
 * What stands in the history: a room, the one that it was entered from, the card of a lesson, an experiment with its choices and
 * whether one came to it from their gallery.
 * @typedef {object} Entry
 * @property {number} page
 * @property {string} room
 * @property {string | null} from
 * @property {string | null} [card]
 * @property {string | null} [lab]
 * @property {string | null} [x]
 * @property {string | null} [gallery]
 */

/** Where the history stands; null where this page did not put it there. */
export function entryHere() {
  const entry = /** @type {Entry | null} */ (history.state);
  return entry?.page === PAGE ? entry : null;
}

/** In a frame the history is that of the page around it, which gets no entries of ours. @type {{state: unknown, address: string}[]} */
const behind = [];

/** @param {unknown} entry @param {string} address */
function push(entry, address) {
  if (!framed) return history.pushState(entry, "", address);
  behind.push({ state: history.state, address: location.href });
  history.replaceState(entry, "", address);
}

/** One entry back, as by the browser's own button. */
export function goBack() {
  if (!framed) return history.back();
  const before = behind.pop();
  if (!before) return;
  history.replaceState(before.state, "", before.address);
  dispatchEvent(new PopStateEvent("popstate", { state: before.state }));
}

/**
 * A room becomes an entry of the history: a new one, or, where one came from nowhere, the one that is there.
 * @param {string} room
 * @param {string | null} from
 * @param {string | null} view  what the address says of it
 */
export function enterEntry(room, from, view) {
  const entry = { ...history.state, page: PAGE, room, from };
  if (from === null) history.replaceState(entry, "");
  else push(entry, addressWith({ view }));
  fragment = location.hash;
}

/** The card of a lesson that the address names. @returns {string | null} */
export const readCard = () => new URLSearchParams(location.hash.slice(1)).get("l");

/**
 * The address names a card from now on, or none.
 * @param {string | null} card
 * @param {Entered | null} entered  as a new entry of the history, with its room
 */
export const writeCard = (card, entered) => writePlace({ l: card }, { card }, entered);

/** @typedef {{room: string, from: string | null, view: string | null}} Entered */

/**
 * A place within a room: the fields that name it in the address, and what an entry of the history keeps of it.
 * @param {Record<string, string | null>} fields
 * @param {Record<string, string | null>} kept
 * @param {Entered | null} entered  as a new entry, with its room
 */
export function writePlace(fields, kept, entered) {
  if (entered === null) history.replaceState({ ...history.state, ...kept }, "", addressWith(fields));
  else {
    const { room, from, view } = entered;
    push({ ...history.state, page: PAGE, room, from, ...kept }, addressWith({ ...fields, view }));
  }
  fragment = location.hash;
}
