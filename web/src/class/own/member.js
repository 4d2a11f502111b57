/** Who one is in the class that the address names, `#…&class=K7FQ`: the joining page left it in the browser. */

import { at } from "../../toolkit/address.js";
import { ofBrowser, ofTab } from "../../toolkit/storage.js";

const KEY = "chainrule.class";
const CODE = /^[0-9A-Z]{4}$/;

/** The class of this page's address; null: none. */
export function classHere() {
  const code = new URLSearchParams(location.hash.slice(1)).get("class")?.toUpperCase() ?? "";
  return CODE.test(code) ? code : null;
}

/**
 * The key of one's own votes and work there; null where this browser never joined. The code may be another by now than the one it
 * was joined with.
 * @returns {string | null}
 */
export function keptKey() {
  try {
    const kept = JSON.parse(ofBrowser.get(KEY) ?? ofTab.get(KEY) ?? "null");
    return typeof kept?.key === "string" ? kept.key : null;
  } catch {
    return null;
  }
}

/** Where the class is followed: one comes back as who one was there. @param {string} code */
export const joinAddress = (code) => (keptKey() === null ? at(`join#${code}`) : at("join"));
