/**
 * One state, one way: actions and events put patches in, views are told the newest state once a screen frame.
 * A patch replaces whole top-level fields, so a view knows by identity whether what it shows has changed.
 */

/** @import { AppState } from "./types.js" */

import { Press } from "./toolkit/press.js";

/** The page's own fields, to begin with. */
export const PAGE_STATE = {
  connection: { status: /** @type {const} */ ("connecting"), retryAt: null, reason: null, words: "" },
  attachments: 0,
  told: false,
  slow: false,
  unkept: null,
  catalog: null,
  figures: null,
  warmup: null,
  frames: {},
  errors: {},
  notice: null,
  theme: /** @type {const} */ ("light"),
  projector: false,
  room: "",
  cameFrom: null,
  linear: false,
  letters: true,
};

export class Store {
  /** @type {AppState} */
  state;

  #scheduled = false;
  #hurried = false;
  /** @type {((state: AppState) => void) | null} */
  #paint = null;
  /** While it lasts nothing is painted. @type {Press | null} */
  #press = null;

  /** @param {...Partial<AppState>} slices  the fields that each part keeps; all together they are the state */
  constructor(...slices) {
    this.state = /** @type {AppState} */ (Object.assign({}, ...slices));
  }

  /**
   * @param {(state: AppState) => void} paint  called at most once a screen frame, never while the page is hidden
   */
  onPaint(paint) {
    this.#paint = paint;
    this.#press = new Press(() => this.schedule());
    // A hidden page gets no animation frames; what came meanwhile is painted when it shows again.
    document.addEventListener("visibilitychange", () => this.schedule());
  }

  /** @param {Partial<AppState>} patch */
  set(patch) {
    this.state = { ...this.state, ...patch };
    this.schedule();
  }

  /**
   * Keeps what is on its way to the server and not on the screen: painted with whatever comes of it.
   * @param {Partial<AppState>} patch
   */
  keep(patch) {
    this.state = { ...this.state, ...patch };
  }

  /**
   * What someone waits for is painted at once: the next screen frame then has only to lay it out. Once a frame, and alone:
   * where more is to be painted, it is painted together.
   * @param {Partial<AppState>} patch
   */
  hurry(patch) {
    if (this.#hurried || this.#scheduled || this.#press?.held || document.hidden || !this.#paint) return this.set(patch);
    this.#hurried = true;
    requestAnimationFrame(() => (this.#hurried = false));
    this.keep(patch);
    this.#paint(this.state);
  }

  schedule() {
    if (this.#scheduled || document.hidden || !this.#paint) return;
    this.#scheduled = true;
    requestAnimationFrame(() => {
      this.#scheduled = false;
      if (!this.#press?.held) this.#paint?.(this.state);
    });
  }
}
