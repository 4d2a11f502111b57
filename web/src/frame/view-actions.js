/** How the page is looked at: its rooms, themes, axes. None of it changes a run. */

import { writeFragment } from "../url.js";
import { goBack } from "../wire/tab-sessions.js";
import { rememberLinear } from "./preferences.js";
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

  /** Goes into a room; Escape comes back. @param {string} room */
  enter(room) {
    const here = this.store.state.room;
    if (room === here) return;
    writeFragment({ view: room === this.#first ? null : room });
    this.store.set({ room, cameFrom: here });
  }

  /** Back to the room one came from. */
  goBack() {
    const { cameFrom } = this.store.state;
    if (cameFrom === null) return;
    this.enter(cameFrom);
    this.store.set({ cameFrom: null });
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

  dismiss() {
    this.store.set({ notice: null });
  }
}
