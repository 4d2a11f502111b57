/** Sends commands. One that is refused is told in one way: beside the control of the field it names, else in the notice line. */

/** @import { Sent } from "../commands.js" */

import { refusalOf, wordsOf } from "./refusals.js";

export class Sender {
  #store;
  #rooted;
  /** @type {Set<string>} */
  #fields = new Set();
  /** What was told last of a refusal that no control shows. @type {import("../types.js").Notice | null} */
  #complaint = null;

  /**
   * @param {import("../store.js").Store} store
   * @param {import("./connection.js").SocketConnection} connection
   * @param {boolean} [rooted]  whether its fields' paths begin with what they are of: `race.start`, `lane.optimizer.lr`
   */
  constructor(store, connection, rooted = false) {
    this.#store = store;
    this.#rooted = rooted;
    /** For one who tells of a refusal in a place of its own. */
    this.send = connection.send.bind(connection);
  }

  /**
   * Controls name the field they show, so that a refusal can be put beside it.
   * @param {string} path
   */
  register(path) {
    this.#fields.add(path);
  }

  /**
   * A wish that was refused before it was sent, such as a word where a number belongs.
   * @param {string} path
   * @param {string} message
   */
  refuse(path, message) {
    this.#store.set({ errors: { ...this.#store.state.errors, [path]: message } });
  }

  /**
   * Why a change of a field was refused.
   * @param {string} path
   */
  refusal(path) {
    const { errors, notice } = this.#store.state;
    return errors[path] ?? notice?.text ?? "It was refused.";
  }

  /** @param {string} text */
  say(text) {
    this.#store.set({ notice: { kind: "info", text } });
  }

  /** @param {string} text */
  complain(text) {
    this.#store.set({ notice: { kind: "error", text } });
  }

  /**
   * Sends a command; false where it was refused, which is told.
   * @param {Sent} command
   * @param {string | null} [path]  the field whose control sent it
   */
  async tell(command, path = null) {
    if (path !== null) this.#forget();
    return (await this.#settled(this.send(command), path)) !== undefined;
  }

  /**
   * What was answered; null where it was refused, which is told.
   * @template Result
   * @param {Promise<Result>} answer
   */
  async answered(answer) {
    return (await this.#settled(answer, null)) ?? null;
  }

  /**
   * A form of several fields has one line for what is refused: it names the field and the range.
   * @param {Sent} command
   * @param {string} path  the form's
   */
  async submit(command, path) {
    this.#forget();
    try {
      await this.send(command);
      return true;
    } catch (error) {
      this.refuse(path, wordsOf(error));
      return false;
    }
  }

  #forget() {
    if (Object.keys(this.#store.state.errors).length > 0) this.#store.set({ errors: {} });
  }

  /**
   * What was answered, null where that is nothing; undefined where it was refused. Once something is done, what was refused before
   * it is over, and no longer told.
   * @template Result
   * @param {Promise<Result>} answer
   * @param {string | null} path
   */
  async #settled(answer, path) {
    const before = this.#complaint;
    try {
      const found = (await answer) ?? null;
      if (before !== null && this.#store.state.notice === before) this.#store.set({ notice: null });
      return found;
    } catch (error) {
      const refusal = refusalOf(error);
      const field = refusal && this.#fieldFor(refusal.field ?? "", path);
      if (refusal?.code === "cancelled") this.say(refusal.message);
      else if (field) this.#store.set({ errors: { [field]: wordsOf(error, refusal?.field, field) } });
      else {
        this.complain(wordsOf(error));
        this.#complaint = this.#store.state.notice;
      }
      return undefined;
    }
  }

  /**
   * The control to put a refusal beside: the closest to the field it names, else the one that sent the command.
   * @param {string} field
   * @param {string | null} path
   */
  #fieldFor(field, path) {
    const root = this.#rooted ? `${path?.split(".")[0]}.` : "";
    const keys = field.replace(/^(spec|edit|lane)\./, "").split(".");
    for (let length = keys.length; length > 0; length--) {
      const candidate = root + keys.slice(0, length).join(".");
      if (this.#fields.has(candidate)) return candidate;
    }
    return path !== null && this.#fields.has(path) ? path : null;
  }
}
