/** What can be done with the run from wherever one is: take changes back, begin a ready run and come back from it. */

/** @import { Host } from "../types.js" */
/** @import { ScriptData } from "../protocol.js" */

import { ViewActions } from "../frame/view-actions.js";

/** As many runs as one can go back through; a script holds own data whole. */
const EARLIER = 5;

export class RunActions extends ViewActions {
  #connection;

  /**
   * @param {Pick<Host, "store" | "sender" | "connection">} host
   * @param {string} first  the room that an address need not name
   */
  constructor({ store, sender, connection }, first) {
    super(store, first);
    this.sender = sender;
    this.#connection = connection;
  }

  reconnect() {
    this.#connection.open();
  }

  undo() {
    const { script, earlier, notice } = this.store.state;
    if (notice?.back) this.store.set({ notice: null, ...notice.back });
    else if (script?.can_undo) {
      this.store.set({ notice: null });
      this.sender.tell({ type: "undo" });
    } else if (script && earlier.length > 0) this.#returnTo(earlier[earlier.length - 1]);
  }

  /** The run before a new one was begun, at the step where it stood. @param {string} before  its script */
  async #returnTo(before) {
    this.store.set({ notice: null, earlier: this.store.state.earlier.slice(0, -1) });
    await this.sender.tell({ type: "load", script: before });
  }

  /** Begins a ready run in place of the present one, to which `comeBack` goes back. @param {ScriptData} script */
  async open(script) {
    const before = this.present();
    await this.sender.send({ type: "load", script });
    this.remember(await before);
  }

  /** The run as it stands, to come back to: its script; null where the server does not tell it. @protected */
  present() {
    return this.sender.send({ type: "share" }).then(
      ({ script }) => script,
      () => null,
    );
  }

  /** @protected @param {string | null} script  of a run that another took the place of */
  remember(script) {
    if (script !== null) this.store.set({ earlier: [...this.store.state.earlier, script].slice(-EARLIER) });
  }

  /** The run before the present one, whatever was changed since: undo would take those changes back one by one. */
  comeBack() {
    const { earlier } = this.store.state;
    return earlier.length > 0 ? this.#returnTo(earlier[earlier.length - 1]) : Promise.resolve();
  }

  redo() {
    if (this.store.state.script?.can_redo) this.sender.tell({ type: "redo" });
  }
}
