/** Where one is, as an address: of the whole page, and of the embed that shows the same. */

/** @import { AppState, Part } from "../../types.js" */
/** @import { NamedRoom } from "../current-room.js" */
/** @import { Embed } from "./asked.js" */

import { roomKinds } from "../../registry.js";
import { embedOf } from "./asked.js";

/** Fields of an address that are somebody's own, and nothing that a frame shows. */
const OWN = ["class", "follow", "remote"];

/**
 * @typedef {object} Place
 * @property {string | null} url  of the whole page; null: there is none
 * @property {string} note  why, or what is to be said of it
 * @property {Embed | null} embed  what shows it alone; null: nothing
 * @property {string} title  in words
 */

/**
 * What is shown, as it stands. Rejects where the server does not tell it.
 * @param {Part[]} parts
 * @param {NamedRoom} room
 * @param {AppState} state
 * @returns {Promise<Place>}
 */
export async function placeNow(parts, room, state) {
  const subject = room.subject(state);
  const title = `chainrule: ${room.title}${subject ? `, ${subject}` : ""}`;
  for (const { beside } of parts) {
    const found = beside?.place?.(state);
    if (found) return { url: withView(found.url, null), note: "", embed: "lesson", title: `chainrule: ${found.title}` };
  }
  const { url, note } = (await room.place?.()) ?? { url: bare(), note: "" };
  const name = room.within ?? room.name;
  return { url: url && withView(url, room.name), note, embed: embedOf(name), title };
}

/** This page's address as it is, the whole page's. */
export const bare = () => `${location.origin}${location.pathname}${location.hash}`;

/** @param {string} url @param {string | null} view */
function withView(url, view) {
  const [page, fragment = ""] = url.split("#");
  const fields = new URLSearchParams(fragment);
  for (const name of OWN) fields.delete(name);
  if (view === null || view === roomKinds()[0].name) fields.delete("view");
  else fields.set("view", view);
  return `${page}${hash(fields)}`;
}

/** @param {string} url  of the whole page @param {Embed} embed @param {string} theme  empty: as each reader has it */
export function embedAddress(url, embed, theme) {
  const [page, fragment = ""] = url.split("#");
  const fields = new URLSearchParams(fragment);
  for (const name of ["view", "theme", "projector"]) fields.delete(name);
  return `${page}?embed=${embed}${theme ? `&theme=${theme}` : ""}${hash(fields)}`;
}

/** @param {URLSearchParams} fields */
function hash(fields) {
  const text = fields.toString().replaceAll("%2F", "/").replaceAll("%3A", ":").replaceAll("%2C", ",");
  return text ? `#${text}` : "";
}
