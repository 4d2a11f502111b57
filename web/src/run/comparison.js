/** A run kept as it stands beside the live one: its pictures, its curves, and its script, by which a link opens it again. */

/** @import { AppState, Compared, Host, KeptRun } from "../types.js" */

import { reasonOf } from "../wire/refusals.js";
import { formatCount } from "../toolkit/maths.js";
import { frameOf } from "./selectors.js";
import { lastOf, scores, thinned } from "./sharing.js";

/** How its curves are known as what is compared with. */
const KEPT = "kept";
/** Milliseconds after which pictures are no longer waited for. */
const PATIENCE = 10_000;
/** What is kept of what is drawn. */
const PICTURES = /** @type {const} */ (["data", "maps", "deltas", "evaluation"]);

export class Comparison {
  #store;
  #sender;
  /** @type {Promise<boolean> | null} */
  #keeping = null;
  /** What is done once all is drawn. @type {(() => void) | null} */
  #drawn = null;

  /** @param {Pick<Host, "store" | "sender">} host */
  constructor({ store, sender }) {
    this.#store = store;
    this.#sender = sender;
  }

  /** Keeps the run where none is kept; else shows the two, or shows them no more. */
  toggle() {
    const { comparing, kept } = this.#store.state;
    if (comparing) this.close();
    else if (kept) this.#store.set({ comparing: true, compared: kept.compared });
    else this.keep();
  }

  close() {
    this.#store.set({ comparing: false });
  }

  /**
   * Keeps the run as it stands, in place of one kept before; a run that plays goes on afterwards.
   * @returns {Promise<boolean>}  whether it is kept
   */
  keep() {
    this.#keeping ??= this.#keep().finally(() => (this.#keeping = null));
    return this.#keeping;
  }

  remove() {
    const { kept, comparing, compared } = this.#store.state;
    if (!kept) return;
    this.#store.set({
      kept: null,
      comparing: false,
      compared: compared?.id === KEPT ? null : compared,
      notice: { kind: "info", text: "The kept run is removed.", undo: true, back: { kept, comparing, compared } },
    });
  }

  /** To the step at which the kept run stands, so that the two are told at the same one. */
  toItsStep() {
    const { kept, clock } = this.#store.state;
    if (!kept || !clock) return;
    const { step } = kept.clock;
    if (step <= clock.end) this.#sender.tell({ type: "seek", step });
    else this.#sender.tell({ type: "step", count: step - clock.step });
  }

  /** After each painting. @param {AppState} state */
  look(state) {
    if (this.#drawn && allDrawn(state)) this.#drawn();
  }

  async #keep() {
    const { clock, kept, compared, comparing } = this.#store.state;
    if (!clock) return false;
    const plays = clock.status === "playing";
    const before = { kept, compared, comparing };
    this.#store.set({ comparing: true });
    try {
      if (plays) await this.#sender.send({ type: "pause" });
      await this.#allDrawn();
      const found = await this.#taken();
      const text = `This run is kept at step ${formatCount(found.clock.step)}. What is changed now is compared with it.`;
      this.#store.set({
        kept: found,
        compared: found.compared,
        notice: { kind: "info", text, undo: true, back: before },
      });
      return true;
    } catch (error) {
      this.#store.set({ ...before, comparing: kept !== null });
      this.#sender.complain(`This run cannot be kept: ${reasonOf(error)}.`);
      return false;
    } finally {
      if (plays) this.#sender.tell({ type: "play" });
    }
  }

  /** @returns {Promise<void>} */
  #allDrawn() {
    if (allDrawn(this.#store.state)) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        this.#drawn = null;
        reject(new Error("its pictures did not come"));
      }, PATIENCE);
      this.#drawn = () => {
        clearTimeout(late);
        this.#drawn = null;
        resolve();
      };
    });
  }

  /** @returns {Promise<KeptRun>} */
  async #taken() {
    const { state } = this.#store;
    const { run, clock, script } = state;
    if (!run || !clock || !script) throw new Error("there is none");
    const frames = Object.fromEntries(PICTURES.map((name) => [name, state.frames[name]]));
    const [shared, { columns: recorded }] = await Promise.all([
      this.#sender.send({ type: "share" }),
      this.#sender.send({ type: "compare" }),
    ]);
    if (JSON.parse(shared.script).step !== clock.step) throw new Error("it went on meanwhile");
    const columns = thinned(recorded);
    /** @type {Compared} */
    const compared = { id: KEPT, name: "kept run", columns, final: scores(state) ?? lastOf(columns) };
    return { run, clock, script, frames, text: shared.script, compared };
  }
}

/** Whether what is kept of a run is drawn of the step at which it stands. @param {AppState} state */
function allDrawn(state) {
  const { run, clock } = state;
  if (!run || !clock || clock.run !== run.run || clock.status === "playing" || clock.status === "seeking") return false;
  const flat = run.kind === "plane" || run.kind === "line";
  const moving = flat
    ? /** @type {const} */ (["maps", "deltas", "evaluation"])
    : /** @type {const} */ (["deltas", "evaluation"]);
  return moving.every((name) => frameOf(state, name)?.step === clock.step) && (!flat || frameOf(state, "data") !== null);
}
