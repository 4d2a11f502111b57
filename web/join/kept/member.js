/** Whose place in a class this browser has: kept here alone, under one name, and gone when it is left. */

/** @import { Member } from "../types.js" */

import { ofBrowser, ofTab } from "../../src/toolkit/storage.js";

const KEY = "chainrule.class";

/** @returns {Member | null} */
export function keptMember() {
  const text = ofBrowser.get(KEY) ?? ofTab.get(KEY);
  try {
    const found = /** @type {unknown} */ (JSON.parse(text ?? "null"));
    if (typeof found !== "object" || found === null || !("code" in found) || !("key" in found)) return null;
    const { code, key } = found;
    const name = "name" in found ? String(found.name) : "";
    return typeof code === "string" && typeof key === "string" ? { code, key, name } : null;
  } catch {
    return null;
  }
}

/** @param {Member | null} member */
export function keepMember(member) {
  if (member === null) {
    ofBrowser.remove(KEY);
    ofTab.remove(KEY);
    return;
  }
  const text = JSON.stringify(member);
  // Where the browser keeps nothing, the tab's own history does, through its reloads.
  if (ofBrowser.put(KEY, text) !== null) ofTab.set(KEY, text);
}

/** Signs of a code as they are compared: no case, no spaces. @param {string} text */
export const plainCode = (text) => text.toUpperCase().replace(/[^A-Z0-9]/g, "");

/** The code that the address carries, `/join#K7FQ`; empty where it carries none. */
export function codeHere() {
  const text = decodeHash();
  return /^[a-z0-9 -]{1,12}$/i.test(text) ? plainCode(text).slice(0, 8) : "";
}

function decodeHash() {
  try {
    return decodeURIComponent(location.hash.slice(1));
  } catch {
    return "";
  }
}
