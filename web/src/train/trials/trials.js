/** The trials that are made on a copy of the run: the learning-rate finder and the gradient check. */

/** @import { Host } from "../../types.js" */
/** @import { Tested, Trial } from "../types.js" */

import { refusalOf, wordsOf } from "../../wire/refusals.js";

export class Trials {
  #store;
  #sender;

  /** @param {Pick<Host, "store" | "sender">} host */
  constructor({ store, sender }) {
    this.#store = store;
    this.#sender = sender;
  }

  /** @param {{low: number, high: number, updates: number | null}} range */
  async findRate({ low, high, updates }) {
    const rateTest = await this.#make("find_rate", () => this.#sender.send({ type: "find_rate", low, high, updates }));
    if (rateTest) this.#store.set({ rateTest });
  }

  async checkGradient() {
    const gradientCheck = await this.#make("check_gradient", () => this.#sender.send({ type: "check_gradient" }));
    if (gradientCheck) this.#store.set({ gradientCheck });
  }

  /**
   * A stretch of the run as a file that plays by itself; rejects where it was refused or cancelled.
   * @param {import("../../shared/replay/dialog.js").Stretch} stretch
   * @param {string | null} link
   */
  async record(stretch, link) {
    const { theme } = this.#store.state;
    try {
      return await this.#sender.send({ type: "replay", ...stretch, theme, link });
    } finally {
      this.#store.set({ trial: null });
    }
  }

  stopRecording() {
    this.#sender.send({ type: "cancel" }).catch(() => {});
  }

  cancel() {
    if (this.#store.state.trial) this.#sender.send({ type: "cancel" }).catch(() => {});
  }

  /**
   * @template Result
   * @param {Trial["command"]} command
   * @param {() => Promise<Result>} send
   * @returns {Promise<Tested<Result> | null>}  null where it was cancelled
   */
  async #make(command, send) {
    if (this.#store.state.trial) return null;
    this.#store.set({ trial: { type: "trial", command, done: 0, total: 1 } });
    /** @type {Tested<Result>["refusal"]} */
    let refusal = null;
    /** @type {Result | null} */
    let result = null;
    try {
      result = await send();
    } catch (error) {
      const told = refusalOf(error);
      if (told?.code === "cancelled") return null;
      refusal = { field: told?.field ?? null, message: wordsOf(error) };
    } finally {
      this.#store.set({ trial: null });
    }
    const { run, clock } = this.#store.state;
    return { run: run?.run ?? 0, step: clock?.step ?? 0, result, refusal };
  }
}
