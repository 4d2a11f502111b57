/** Whose page this one shows: `/#follow=K7FQ` is the page of that class's teacher as it is, to look at. */

import { ofBrowser, ofTab } from "../toolkit/storage.js";

const CODE = /^[0-9A-Z]{4}$/;

const code = (new URLSearchParams(location.hash.slice(1)).get("follow") ?? "").toUpperCase();

/** The class of this page's address; null: the page is one's own. */
export const followed = CODE.test(code) ? code : null;

/** Why nothing can be changed here, in one sentence. */
export const LOOKING_ON = "You see the teacher’s page as it is; “own screen” gives you one to change.";

/** The key of one's place in the class, as the joining page left it; null where this browser never joined. */
export function keyHere() {
  try {
    const kept = JSON.parse(ofBrowser.get("chainrule.class") ?? ofTab.get("chainrule.class") ?? "null");
    return kept?.code === followed && typeof kept.key === "string" ? /** @type {string} */ (kept.key) : null;
  } catch {
    return null;
  }
}
