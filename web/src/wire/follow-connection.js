/**
 * The line of a page that looks on, `/mirror`: what the teacher's page is told and shown comes here, and nothing goes there but what
 * was painted.
 */

/** @import { Attached, Event as WireEvent } from "../protocol.js" */
/** @import { Connection, Frame } from "../types.js" */
/** @import { Handlers } from "./connection.js" */

import { delayBefore } from "../reconnect/backoff.js";
import { Silence } from "../reconnect/silence.js";
import { socketAt } from "../toolkit/address.js";
import { CommandError, SocketConnection } from "./connection.js";
import { decodeFrame } from "./frames.js";
import { LOOKING_ON } from "./followed.js";

/** Milliseconds that an attempt may take. */
const ATTEMPT = 12_000;
/** Milliseconds between two times that all is asked for anew. */
const ANEW = 5000;

export class FollowConnection extends SocketConnection {
  #own;
  #entry;
  /** @type {WebSocket | null} */
  #line = null;
  #tries = 0;
  #anew = 0;
  /** @type {number | undefined} */
  #due;
  #quiet = new Silence({
    expecting: () => false,
    ask: () => this.#say({ type: "ping" }),
    dead: () => this.#lose(),
  });

  /** @param {Handlers} handlers @param {{code: string, key: string}} entry */
  constructor(handlers, entry) {
    super(handlers);
    this.#own = handlers;
    this.#entry = entry;
  }

  /** @override */
  open() {
    clearTimeout(this.#due);
    this.#line?.close();
    const line = (this.#line = new WebSocket(socketAt("mirror")));
    line.binaryType = "arraybuffer";
    this.#tell("connecting");
    this.#due = window.setTimeout(() => this.#lose(), ATTEMPT);
    line.onopen = () => this.#say({ type: "follow", id: "follow", ...this.#entry });
    line.onmessage = ({ data }) => {
      if (line !== this.#line) return;
      this.#quiet.heard();
      if (typeof data === "string") this.#take(JSON.parse(data));
      else this.#own.frame(decodeFrame(data));
    };
    line.onclose = () => line === this.#line && this.#lose();
  }

  /** @param {WireEvent} event */
  #take(event) {
    if (event.type === "done") {
      if (event.command === "follow") this.#entered();
    } else if (event.type === "error") {
      if (event.id === "follow") this.#refused(event.message);
    } else if (event.type === "attached") {
      const how = { forgotten: false, unreadable: null, broken: false, reason: null };
      void this.#own.attached(/** @type {Attached} */ (event), how);
    } else this.#own.event(event);
  }

  #entered() {
    clearTimeout(this.#due);
    this.#tries = 0;
    this.#quiet.begin();
    this.#tell("open");
  }

  /** @param {string} words */
  #refused(words) {
    clearTimeout(this.#due);
    const line = this.#line;
    this.#line = null;
    line?.close();
    this.#own.status({ status: "superseded", retryAt: null, reason: "refused", words });
  }

  #lose() {
    clearTimeout(this.#due);
    this.#quiet.end();
    const line = this.#line;
    this.#line = null;
    line?.close();
    const delay = delayBefore(this.#tries, false);
    this.#tries += 1;
    this.#tell("lost", Date.now() + delay);
    this.#due = window.setTimeout(() => this.open(), delay);
  }

  /** @param {Record<string, unknown>} message */
  #say(message) {
    if (this.#line?.readyState === WebSocket.OPEN) this.#line.send(JSON.stringify(message));
  }

  /**
   * Nothing is sent. What somebody wished for is refused in words, what the page does by itself has no answer.
   * @override
   * @type {SocketConnection["send"]}
   */
  send = (command) => {
    if (command.type === "subscribe") {
      // Something is missing before what has come: all of it is told again.
      const { channels, grid } = /** @type {import("../protocol.js").Subscribe} */ (/** @type {unknown} */ (command));
      const missing = channels.length === 0 && grid === undefined;
      if (missing && performance.now() - this.#anew > ANEW) {
        this.#anew = performance.now();
        this.open();
      }
      return /** @type {Promise<never>} */ (Promise.resolve(undefined));
    }
    if (!navigator.userActivation?.isActive) return new Promise(() => {});
    const refusal = { type: "error", id: null, code: "read_only", message: LOOKING_ON, field: null, allowed: null };
    return Promise.reject(new CommandError(/** @type {import("../types.js").Refusal} */ (refusal)));
  };

  /** @override @param {Frame} frame */
  acknowledge({ channel, frame }) {
    this.#say({ type: "acknowledge", channel, frame });
  }

  /** @param {Connection["status"]} status @param {number | null} [retryAt] */
  #tell(status, retryAt = null) {
    this.#own.status({ status, retryAt, reason: null, words: "" });
  }
}
