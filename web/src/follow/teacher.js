/** The teacher's page: its class may see it as it is, and while anybody does it tells how it looks at what it is shown. */

/** @import { AppState, Host } from "../types.js" */

import { keptRoom } from "../class/kept.js";
import { memo } from "../toolkit/dom.js";
import { lookOf } from "./look.js";

/** Milliseconds between two tellings. */
const APART = 100;

export class Shown {
  #host;
  #offered = memo();
  #told = "";
  /** @type {number | undefined} */
  #timer;

  /** @param {Host} host */
  constructor(host) {
    this.#host = host;
  }

  /** Called with every painting. @param {AppState} state */
  follow({ teaching, connection, told, attachments, follow }) {
    const room = teaching.line === "open" && teaching.room?.state !== "ended" ? keptRoom() : null;
    if (connection.status !== "open" || !told) return;
    if (this.#offered(room?.code, attachments)) {
      this.#told = "";
      if (room) void this.#send({ type: "mirror", code: room.code, key: room.key });
      else if (follow.seen) void this.#send({ type: "mirror_off" });
    }
    if (!room || !follow.seen) {
      this.#told = "";
      return;
    }
    this.#timer ??= window.setTimeout(() => this.#tell(), APART);
  }

  #tell() {
    this.#timer = undefined;
    const look = lookOf(this.#host.store.state);
    const text = JSON.stringify(look);
    if (text === this.#told) return;
    this.#told = text;
    void this.#send({ type: "mirror_look", look });
  }

  /** What is refused is of no concern to the teacher: the class has its own pictures. @param {import("../commands.js").Sent} command */
  #send(command) {
    return this.#host.connection.send(command).catch(() => {});
  }
}
