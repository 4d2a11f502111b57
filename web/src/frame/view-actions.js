/** How the page is looked at: its rooms, themes, axes. None of it changes a run. */

import { ofTab } from "../toolkit/storage.js";
import { enterEntry, entryHere, goBack as backInHistory, writeFragment } from "../url.js";
import { goBack } from "../wire/tab-sessions.js";
import { mayEnter, stays } from "./embed/rooms.js";
import { rememberLetters, rememberLinear } from "./preferences.js";
import { applyProjector } from "./projector.js";
import { applyTheme } from "./theme.js";

export class ViewActions {
  #first;

  /**
   * @param {import("../store.js").Store} store
   * @param {string} first  the room that an address need not name
   */
  constructor(store, first) {
    this.store = store;
    this.#first = first;
  }

  toggleTheme() {
    const theme = this.store.state.theme === "dark" ? "light" : "dark";
    applyTheme(theme, true);
    this.store.set({ theme });
  }

  toggleProjector() {
    const projector = !this.store.state.projector;
    applyProjector(projector, true);
    this.store.set({ projector });
  }

  /** Goes into a room; Escape and the browser's own button come back. @param {string} room */
  enter(room) {
    const here = this.store.state.room;
    if (room === here) return;
    if (!mayEnter(room, this.store.state)) return this.store.set({ notice: { kind: "info", text: stays() } });
    enterEntry(room, here, this.#inAddress(room));
    this.store.set({ room, cameFrom: here });
  }

  /** Back to the room one came from. */
  goBack() {
    if (entryHere()?.from) backInHistory();
  }

  /** From now on the room is where the browser's history stands. What else the address says stays as it is. */
  followHistory() {
    enterEntry(this.store.state.room, null, null);
    addEventListener("popstate", () => {
      const entry = entryHere();
      if (!entry) return;
      const { room: here } = this.store.state;
      writeFragment({ view: this.#inAddress(entry.room) });
      ofTab.carry();
      if (entry.room === here) return;
      for (const dialog of document.querySelectorAll("dialog")) dialog.close();
      this.store.set({ room: entry.room, cameFrom: here });
    });
  }

  /** @param {string} room */
  #inAddress(room) {
    return room === this.#first ? null : room;
  }

  /** To the run that this tab left for a link's; from there back to that. */
  otherRun() {
    if (!goBack()) this.store.set({ notice: { kind: "info", text: "This tab has no other run to go back to." } });
  }

  toggleLinear() {
    const linear = !this.store.state.linear;
    rememberLinear(linear);
    this.store.set({ linear });
  }

  /** @param {boolean} letters  whether single letters are keys */
  useLetters(letters) {
    rememberLetters(letters);
    this.store.set({ letters });
  }

  dismiss() {
    this.store.set({ notice: null });
  }
}
