/** Everything a person can do. Views call these; what comes of it arrives as events and lands in the store. */

/** @import { Sent } from "../commands.js" */
/** @import { EditCommand, RunSpecInput, ScriptData } from "../protocol.js" */
/** @import { Spec, Speed } from "../types.js" */

import { CommandError } from "../connection.js";
import { Looking } from "../frame/view-actions.js";
import { isLive, specOf, withField } from "./spec.js";

/** The steps of the speed ladder. @type {{label: string, speed: Speed}[]} */
export const LADDER = [
  { label: "1 step/s", speed: { unit: "steps", rate: 1 } },
  { label: "1 epoch/s", speed: { unit: "epochs", rate: 1 } },
  { label: "10 epochs/s", speed: { unit: "epochs", rate: 10 } },
  { label: "flat out", speed: { unit: "flat", rate: 1 } },
];

/** As many runs as one can go back through; a script holds own data whole. */
const EARLIER = 5;

export class Actions extends Looking {
  #connection;
  /** @type {number | null} */
  #nextSeek = null;
  #seeking = false;
  /** @type {Set<string>} */
  #fields = new Set();
  /** @type {Promise<boolean>} */
  #beginning = Promise.resolve(true);
  /** Edits on their way: what begins a run builds on them. @type {Promise<unknown>} */
  #editing = Promise.resolve();

  /**
   * @param {import("../store.js").Store} store
   * @param {import("../connection.js").SocketConnection} connection
   */
  constructor(store, connection) {
    super(store);
    this.#connection = connection;
  }

  /**
   * Controls name the field they show, so that a refusal can be put beside it.
   * @param {string} path
   */
  register(path) {
    this.#fields.add(path);
  }

  // The clock ---------------------------------------------------------------------------------------------------------

  /** Plays; a run that is finished is given as many steps again, which is what "continue" means. */
  toggle() {
    const { clock } = this.store.state;
    if (!clock) return;
    if (clock.status === "playing") this.#tell({ type: "pause" });
    else if (clock.stop?.kind === "finished" && clock.step >= clock.max_steps) this.extend();
    else this.#goOn({ type: "play" });
  }

  extend() {
    const { clock } = this.store.state;
    if (!clock) return;
    this.#tell({ type: "edit", edit: { kind: "extend", max_steps: clock.max_steps * 2 } }).then(
      (done) => done && this.#tell({ type: "play" }),
    );
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
    if (clock) this.seek(Math.max(0, (this.#nextSeek ?? clock.step) - 1));
  }

  toStart() {
    this.seek(0);
  }

  toEnd() {
    const { clock } = this.store.state;
    if (clock) this.seek(clock.end);
  }

  /**
   * One seek is under way and the newest wish is remembered; those in between are never asked for.
   * @param {number} step
   */
  async seek(step) {
    this.#nextSeek = step;
    if (this.#seeking) return;
    this.#seeking = true;
    while (this.#nextSeek !== null) {
      /** @type {number} */
      const target = this.#nextSeek;
      const done = await this.#tell({ type: "seek", step: target });
      if (!done || this.#nextSeek === target) this.#nextSeek = null;
    }
    this.#seeking = false;
  }

  /** @param {Speed} speed */
  speed(speed) {
    this.#tell({ type: "speed", speed });
  }

  // The script --------------------------------------------------------------------------------------------------------

  undo() {
    const { script, earlier } = this.store.state;
    if (script?.can_undo) {
      this.store.set({ notice: null });
      this.#tell({ type: "undo" });
    } else if (script && earlier.length > 0) this.#returnTo(earlier[earlier.length - 1]);
  }

  /** The run before a new one was begun, at the step where it stood. @param {string} before  its script */
  async #returnTo(before) {
    this.store.set({ notice: null, earlier: this.store.state.earlier.slice(0, -1) });
    await this.#tell({ type: "load", script: before });
  }

  /** Begins a ready run in place of the present one, to which `comeBack` goes back. @param {ScriptData} script */
  async open(script) {
    const shared = this.#connection.send({ type: "share" }).catch(() => null);
    await this.#connection.send({ type: "load", script });
    const before = await shared;
    if (before) this.store.set({ earlier: [...this.store.state.earlier, before.script].slice(-EARLIER) });
  }

  /** The run before the present one, whatever was changed since: undo would take those changes back one by one. */
  comeBack() {
    const { earlier } = this.store.state;
    return earlier.length > 0 ? this.#returnTo(earlier[earlier.length - 1]) : Promise.resolve();
  }

  redo() {
    if (this.store.state.script?.can_redo) this.#tell({ type: "redo" });
  }

  /**
   * Changes one weight or bias, from here on.
   * @param {string} name
   * @param {number[]} index  counted from 0
   * @param {number} value
   * @returns {Promise<string | null>}  why it was refused
   */
  async weight(name, index, value) {
    try {
      await this.#connection.send({ type: "edit", edit: { kind: "weight", name, index, value } });
      return null;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
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

  /** @param {string} text */
  warn(text) {
    this.store.set({ notice: { kind: "error", text } });
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
    const shared = this.#connection.send({ type: "share" }).catch(() => null);
    const done = await this.#tell({ type: "configure", spec: make(spec) }, path);
    const before = await shared;
    if (!done) return false;
    const { earlier } = this.store.state;
    if (before) this.store.set({ earlier: [...earlier, before.script].slice(-EARLIER) });
    this.store.set({ notice: { kind: "info", text: told, undo: before !== null } });
    return true;
  }

  /**
   * A wish that was refused before it was sent, such as a word where a number belongs.
   * @param {string} path
   * @param {string} message
   */
  refuse(path, message) {
    this.store.set({ errors: { ...this.store.state.errors, [path]: message } });
  }

  /**
   * Why a change of a field was refused.
   * @param {string} path
   */
  refusal(path) {
    const { errors, notice } = this.store.state;
    return errors[path] ?? notice?.text ?? "It was refused.";
  }

  // The connection ----------------------------------------------------------------------------------------------------

  reconnect() {
    this.#connection.open();
  }

  /**
   * Sends a command; a refusal goes beside the field it names, else into the notice line.
   * @param {Sent} command
   * @param {string | null} [path]  the field whose control sent it
   * @returns {Promise<boolean>}
   */
  async #tell(command, path = null) {
    const { errors } = this.store.state;
    if (path !== null && Object.keys(errors).length > 0) this.store.set({ errors: {} });
    try {
      await this.#connection.send(command);
      return true;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const refusal = error instanceof CommandError ? error.refusal : null;
      const allowed = refusal?.allowed;
      const field = this.#fieldFor(refusal?.field ?? null, path, refusal !== null);
      // Beside its field a message need not repeat the field's path.
      const names = field ? [`${refusal?.field}: `, `${field}: `] : [];
      const plain = message.slice(names.find((name) => message.startsWith(name))?.length ?? 0);
      const text = allowed && !message.includes(allowed) ? `${plain}; allowed: ${allowed}` : plain;
      if (field) this.store.set({ errors: { [field]: text } });
      else this.store.set({ notice: { kind: "error", text } });
      return false;
    }
  }

  /**
   * The control to put a refusal beside: the closest to the field it names, else the one that sent the command.
   * @param {string | null} field
   * @param {string | null} path
   * @param {boolean} refused
   */
  #fieldFor(field, path, refused) {
    if (!refused) return null;
    const keys = (field ?? "").replace(/^(spec|edit)\./, "").split(".");
    for (let length = keys.length; length > 0; length--) {
      const candidate = keys.slice(0, length).join(".");
      if (this.#fields.has(candidate)) return candidate;
    }
    return path !== null && this.#fields.has(path) ? path : null;
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
