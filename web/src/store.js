/**
 * One state, one way: actions and events put patches in, views are told the newest state once a screen frame.
 * A patch replaces whole top-level fields, so a view knows by identity whether what it shows has changed.
 */

/** @import { AppState } from "./types.js" */

import { NO_PANELS } from "./step/panels/state.js";
import { BEGINNING } from "./step/state.js";

/** @type {AppState} */
const EMPTY = {
  connection: { status: "connecting", retryAt: null, reason: null, words: "" },
  attachments: 0,
  slow: false,
  catalog: null,
  figures: null,
  warmup: null,
  run: null,
  clock: null,
  script: null,
  earlier: [],
  frames: {},
  series: null,
  errors: {},
  notice: null,
  theme: "light",
  projector: false,
  table: null,
  drawing: false,
  room: "train",
  cameFrom: null,
  page: "network",
  curve: "loss",
  compared: null,
  futures: [],
  withoutFutures: false,
  followed: null,
  linear: false,
  edges: "weights",
  units: "map",
  looks: { edges: 0, units: 0 },
  spread: null,
  opened: null,
  diagnosis: false,
  pointed: null,
  trial: null,
  rateTest: null,
  gradientCheck: null,
  step: BEGINNING,
  panels: NO_PANELS,
  race: null,
  raceClock: null,
  trails: null,
  network: null,
  networkClock: null,
  networkLook: { on: "surface", page: "plane", three: false, lane: null, edited: null, study: "seeds", preset: "" },
  studies: {},
  raceLook: { three: false, abscissa: "step", page: "surface", lane: null, edited: null, preset: null, plane: null },
  raceAnatomy: { open: false, lane: null, coordinate: "x", answer: null },
};

export class Store {
  /** @type {AppState} */
  state = { ...EMPTY };

  #scheduled = false;
  #hurried = false;
  /** @type {((state: AppState) => void) | null} */
  #paint = null;

  /**
   * @param {(state: AppState) => void} paint  called at most once a screen frame, never while the page is hidden
   */
  onPaint(paint) {
    this.#paint = paint;
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
    if (this.#hurried || this.#scheduled || document.hidden || !this.#paint) return this.set(patch);
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
      this.#paint?.(this.state);
    });
  }
}
