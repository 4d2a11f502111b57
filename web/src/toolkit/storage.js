/**
 * What the browser keeps for the page, where it does: with cookies and site data blocked nothing is kept, with its room used up
 * nothing more. Then it lasts as long as the page. No other module touches the browser's storage.
 */

import { BASE_PATH } from "./address.js";

/** Several servers may be below paths of one host, whose storage is one. */
const OWN = BASE_PATH === "/" ? "" : BASE_PATH;

/**
 * Whether another page frames this one. A tab's frames share what the tab keeps, and each is a page of its own: there nothing is
 * kept for the tab but with the frame's place in the history.
 */
export const framed = window.parent !== window;

class Keeping {
  #name;
  /** What the browser did not take. @protected @type {Map<string, string>} */
  untaken = new Map();

  /** @param {"localStorage" | "sessionStorage" | null} name  null: the browser keeps nothing */
  constructor(name) {
    this.#name = name;
  }

  /** Null where it is blocked, or not there. @returns {Storage | null} */
  get #storage() {
    try {
      return this.#name === null ? null : (window[this.#name] ?? null);
    } catch {
      return null;
    }
  }

  /** @param {string} key @returns {string | null} */
  get(key) {
    try {
      return this.untaken.get(key) ?? this.#storage?.getItem(OWN + key) ?? null;
    } catch {
      return null;
    }
  }

  /** Keeps a value in the browser, or says why not. @param {string} key @param {string} value @returns {"full" | "blocked" | null} */
  put(key, value) {
    try {
      const storage = this.#storage;
      if (!storage) return "blocked";
      storage.setItem(OWN + key, value);
      this.untaken.delete(key);
      return null;
    } catch (error) {
      return error instanceof DOMException && error.name === "QuotaExceededError" ? "full" : "blocked";
    }
  }

  /** Keeps a value, for as long as it goes. @param {string} key @param {string} value */
  set(key, value) {
    if (this.put(key, value) !== null) this.untaken.set(key, value);
  }

  /** @param {string} key */
  remove(key) {
    this.untaken.delete(key);
    try {
      this.#storage?.removeItem(OWN + key);
    } catch {
      // what cannot be written is not there
    }
  }

  /** Of everything the browser keeps for this server. @returns {string[]} */
  keys() {
    try {
      const storage = this.#storage;
      const all = Array.from({ length: storage?.length ?? 0 }, (_, i) => storage?.key(i) ?? "");
      return all.filter((key) => key.startsWith(OWN)).map((key) => key.slice(OWN.length));
    } catch {
      return [];
    }
  }
}

/** What the browser does not take stays with the tab's place in its history: that comes through a reload. */
class TabKeeping extends Keeping {
  constructor() {
    super(framed ? null : "sessionStorage");
    const carried = /** @type {unknown} */ (history.state?.untaken);
    if (Array.isArray(carried)) this.untaken = new Map(carried);
  }

  /** @param {string} key @param {string} value */
  set(key, value) {
    super.set(key, value);
    this.carry();
  }

  /** @param {string} key */
  remove(key) {
    super.remove(key);
    this.carry();
  }

  /** To where the history is now. */
  carry() {
    const { untaken, ...others } = history.state ?? {};
    if (this.untaken.size > 0) history.replaceState({ ...others, untaken: [...this.untaken] }, "");
    else if (untaken) history.replaceState(others, "");
  }
}

/** For all pages of this address, until it is deleted. */
export const ofBrowser = new Keeping("localStorage");
/** For this tab, through its reloads. */
export const ofTab = new TabKeeping();
