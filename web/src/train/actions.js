/** Everything a person can do with the run in the Train room. What comes of it arrives as events and lands in the store. */

/** @import { Sent } from "../commands.js" */
/** @import { EditCommand, FreezeEditInput, RunSpecInput } from "../protocol.js" */
/** @import { Spec, Speed } from "../types.js" */

import { isLive, sameSpec, specOf, withField } from "../run/spec.js";
import { Newest } from "../wire/newest.js";
import { messageOf } from "../wire/refusals.js";
import { TrainViews } from "./view-actions.js";

/** The steps of the speed ladder. @type {{label: string, speed: Speed}[]} */
export const LADDER = [
  { label: "1 step/s", speed: { unit: "steps", rate: 1 } },
  { label: "1 epoch/s", speed: { unit: "epochs", rate: 1 } },
  { label: "10 epochs/s", speed: { unit: "epochs", rate: 10 } },
  { label: "100 epochs/s", speed: { unit: "epochs", rate: 100 } },
  { label: "flat out", speed: { unit: "flat", rate: 1 } },
];

/** Ten epochs a second: classes part within seconds, and no picture is skipped. */
const WATCHED_AT = LADDER[2].speed;

export class TrainActions extends TrainViews {
  /** @type {Newest<number>} */
  #seeks = new Newest((step) => this.sender.tell({ type: "seek", step }));
  /** @type {Promise<boolean>} */
  #beginning = Promise.resolve(true);
  /** Edits on their way: what begins a run builds on them. @type {Promise<unknown>} */
  #editing = Promise.resolve();

  // Where controls send their changes ------------------------------------------------------------------------------------

  /** @param {string} path */
  register(path) {
    this.sender.register(path);
  }

  /** @param {string} path @param {string} message */
  refuse(path, message) {
    this.sender.refuse(path, message);
  }

  // The clock ---------------------------------------------------------------------------------------------------------

  /** Plays; a run that is finished is given as many steps again, which is what "continue" means. */
  toggle() {
    const { clock } = this.store.state; // a run that has just begun has none yet, and stands
    if (clock?.status === "playing") this.#tell({ type: "pause" });
    else if (clock?.stop?.kind === "finished" && clock.step >= clock.max_steps) this.extend();
    else this.#goOn({ type: "play" });
  }

  extend() {
    const { clock } = this.store.state;
    if (!clock) return;
    this.#tell({ type: "edit", edit: { kind: "extend", max_steps: clock.max_steps * 2 } }).then(
      (done) => done && this.#tell({ type: "play" }),
    );
  }

  /**
   * Shows a network learn. Whoever has changed nothing yet is shown one that does so within seconds, at a speed at which it is
   * seen; what somebody has set up is played as it is.
   */
  async watch() {
    const { catalog, script, run } = this.store.state;
    const first = catalog?.first_look;
    const untouched = first && sameSpec(run?.spec, first.untouched) && script?.edits.length === 0;
    if (untouched) {
      const told = "Two hidden layers of 8 units, trained with Adam at learning rate 0.03.";
      if (!(await this.begin(() => first.watched, "network", told))) return;
      this.speed(WATCHED_AT);
    }
    this.#goOn({ type: "play" });
  }

  /** A rate a thousand times too high: what divergence looks like, and one press undoes it. */
  async breakIt() {
    const rate = Number(this.store.state.script?.spec.optimizer.lr ?? this.store.state.run?.spec.optimizer.lr);
    if (!Number.isFinite(rate)) return;
    if (!(await this.change("optimizer.lr", rate * 1000))) return;
    const text = `The rate is a thousand times what it was, ${rate * 1000}: watch the loss.`;
    this.store.set({ notice: { kind: "info", text, undo: true } });
    this.#tell({ type: "play" });
  }

  forward() {
    this.#goOn({ type: "step", count: 1 });
  }

  /** What is pressed after a change is meant for the run that the change begins. @param {Sent} command */
  async #goOn(command) {
    await this.#beginning.catch(() => false);
    await this.#tell(command);
  }

  back() {
    const { clock } = this.store.state;
    if (clock) this.seek(Math.max(0, (this.#seeks.wish ?? clock.step) - 1));
  }

  toStart() {
    this.seek(0);
  }

  toEnd() {
    const { clock } = this.store.state;
    if (clock) this.seek(clock.end);
  }

  /** Of the steps wished for while a seek is under way only the newest is gone to. @param {number} step */
  seek(step) {
    return this.#seeks.want(step);
  }

  /** @param {Speed} speed */
  speed(speed) {
    this.#tell({ type: "speed", speed });
  }

  /** A run that is settled plays on at a speed that is no hurry. @param {Speed} speed @param {string} why */
  slowDown(speed, why) {
    const text = `${why}: slowed to ${speed.rate} epoch${speed.rate === 1 ? "" : "s"}/s. “flat out” speeds it up again.`;
    this.store.set({ notice: { kind: "info", text } });
    this.speed(speed);
  }

  // Changes ------------------------------------------------------------------------------------------------------------

  /**
   * Changes one weight or bias, from here on.
   * @param {string} name
   * @param {number[]} index  counted from 0
   * @param {number} value
   * @returns {Promise<string | null>}  why it was refused
   */
  async weight(name, index, value) {
    try {
      await this.sender.send({ type: "edit", edit: { kind: "weight", name, index, value } });
      return null;
    } catch (error) {
      return messageOf(error);
    }
  }

  /**
   * Freezes weights and biases at their values, removes them, which is to freeze them at 0, or releases them, from here on.
   * @param {FreezeEditInput["action"]} action
   * @param {FreezeEditInput["entries"]} entries
   * @returns {Promise<string | null>}  why it was refused
   */
  async freeze(action, entries) {
    try {
      await this.sender.send({ type: "edit", edit: { kind: "freeze", action, entries } });
      return null;
    } catch (error) {
      return messageOf(error);
    }
  }

  #held = false;

  /** The clock stands while a weight is dragged: all of the drag is one change, at one step. */
  hold() {
    if (this.store.state.clock?.status !== "playing") return;
    this.#held = true;
    this.#tell({ type: "pause" });
  }

  release() {
    if (this.#held) this.#tell({ type: "play" });
    this.#held = false;
  }

  /**
   * Changes one setting: an edit of the live run where that is possible, else a new run. False where it was refused.
   * @param {string} path
   * @param {unknown} value
   * @returns {Promise<boolean>}
   */
  change(path, value) {
    if (path === "stop.max_steps") return this.#edit({ kind: "extend", max_steps: /** @type {number} */ (value) }, path);
    if (isLive(path)) return this.#edit({ kind: "set", path, value }, path);
    return this.begin((now) => withField(now, path, value), path);
  }

  /**
   * Begins a new run and says so. One begins after the other, each from the spec the one before has left: two quick changes
   * both count.
   * @param {(spec: Spec) => RunSpecInput} make
   * @param {string} path  the field whose change it is
   * @param {string} [told]  what to say of it
   * @returns {Promise<boolean>}
   */
  begin(make, path, told = `${words(path)} changed: a new run begins at step 0.`) {
    const before = Promise.all([this.#beginning.catch(() => false), this.#editing]);
    this.#beginning = before.then(() => this.#begin(make, path, told));
    return this.#beginning;
  }

  /**
   * An edit of the run that the changes before it begin.
   * @param {EditCommand["edit"]} edit
   * @param {string} path
   */
  #edit(edit, path) {
    const told = this.#beginning.catch(() => false).then(() => this.#tell({ type: "edit", edit }, path));
    this.#editing = Promise.all([this.#editing, told]);
    return told;
  }

  /** @param {(spec: Spec) => RunSpecInput} make @param {string} path @param {string} told */
  async #begin(make, path, told) {
    const spec = specOf(this.store.state);
    if (!spec) return false;
    // Both are sent at once, so that nothing comes between them: what is changed next builds on the new run.
    const present = this.present();
    const done = await this.#tell({ type: "configure", spec: make(spec) }, path);
    const before = await present;
    if (!done) return false;
    this.remember(before);
    this.store.set({ notice: { kind: "info", text: told, undo: before !== null } });
    return true;
  }

  /** @param {Sent} command @param {string | null} [path]  the field whose control sent it */
  #tell(command, path = null) {
    return this.sender.tell(command, path);
  }
}

/**
 * The part of a run that a field belongs to, in words.
 * @param {string} path
 */
function words(path) {
  /** @type {Record<string, string>} */
  const parts = { data: "Data", network: "Network", loss: "Loss", seed: "Seed" };
  return parts[path.split(".")[0]] ?? "Settings";
}
