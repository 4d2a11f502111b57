/** The room that this browser's teacher has: its code, and the key that only this browser and the teacher's phone know. */

import { ofBrowser } from "../toolkit/storage.js";

const NAME = "chainrule.teach";

/** @typedef {{code: string, key: string}} Kept */

/** @returns {Kept | null} */
export function keptRoom() {
  try {
    const { code, key } = JSON.parse(ofBrowser.get(NAME) ?? "null") ?? {};
    return typeof code === "string" && typeof key === "string" ? { code, key } : null;
  } catch {
    return null;
  }
}

/** @param {Kept | null} room */
export function keepRoom(room) {
  if (room) ofBrowser.set(NAME, JSON.stringify({ code: room.code, key: room.key }));
  else ofBrowser.remove(NAME);
}
