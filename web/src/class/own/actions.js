/** A learner's own session takes part in the class: told to the server on each line, as soon as the session is there. */

/** @import { AppState, Host } from "../../types.js" */
/** @import { OwnScreen, PartInfo } from "./slice.js" */

import { handOut } from "../../frame/restrict.js";
import { memo } from "../../toolkit/dom.js";
import { sentencesOf } from "../../wire/refusals.js";
import { keptKey } from "./member.js";

const NEVER_JOINED = "This browser has not joined that class.";

export class OwnActions {
  #host;
  /** The line on which it takes part. */
  #taken = 0;
  #handed = memo();

  /** @param {Host} host */
  constructor(host) {
    this.#host = host;
  }

  get #own() {
    return this.#host.store.state.own;
  }

  /** @param {Partial<OwnScreen>} change */
  #set(change) {
    this.#host.store.set({ own: { ...this.#own, ...change } });
  }

  /** Called with every painting. @param {AppState} state */
  settle({ own, attachments, told, connection, run }) {
    if (this.#handed(own.part?.controls)) handOut(own.part?.controls ?? null);
    if (own.code === null || !told || !run || connection.status !== "open" || this.#taken === attachments) return;
    this.#taken = attachments;
    void this.#takePart(own.code);
  }

  /** @param {string} code */
  async #takePart(code) {
    const key = keptKey();
    if (key === null) return this.#set({ refused: NEVER_JOINED });
    try {
      await this.#host.sender.send({ type: "room_take_part", code, key });
      this.#set({ refused: "" });
    } catch (error) {
      this.#set({ refused: sentencesOf(error), part: null });
    }
  }

  /** The teacher's session is told of, too: that is no screen of one's own. @param {PartInfo} part */
  told(part) {
    if (this.#own.code !== null && part.role !== "lead") this.#set({ part });
  }

  /** @param {boolean} offered */
  async offer(offered) {
    const { part } = this.#own;
    if (!part) return;
    this.#set({ part: { ...part, offered }, unoffered: "" });
    try {
      await this.#host.sender.send({ type: "room_offer", offered });
    } catch (error) {
      const now = this.#own.part;
      this.#set({ part: now && { ...now, offered: !offered }, unoffered: sentencesOf(error) });
    }
  }
}
