/**
 * The socket of a class, `/room`: enters, answers commands by id, hands on what the room is and its pictures, and comes back by
 * itself to the same place. Of the teacher's page and of the joining page, which is small: so it takes little.
 */

import { delayBefore } from "../reconnect/backoff.js";
import { Silence } from "../reconnect/silence.js";
import { socketAt } from "../toolkit/address.js";
import { decodeFrame } from "../wire/frames.js";

/** Milliseconds that an attempt may take to the end of entering. */
const ATTEMPT = 12_000;
/** Milliseconds after which a line is taken for a good one. */
const STEADY = 2000;
/** Codes of a closed socket that say that the server itself ends, or begins anew. */
const RESTART = [1001, 1012];

/**
 * @typedef {{code: string, field?: string | null, allowed?: string | null, message: string}} Refusal
 *
 * @typedef {object} Line
 * @property {"connecting" | "open" | "lost" | "closed"} status  closed: nobody tries any more
 * @property {number | null} retryAt  when the next attempt begins, as `Date.now()` counts
 * @property {boolean} restart  the server said itself that it ends
 *
 * @typedef {{type: string, [field: string]: unknown}} Message
 *
 * @typedef {object} Owner
 * @property {() => Message} entry  the first message of each line: `open` or `enter`; the second time with the key it was given
 * @property {(result: unknown) => void} entered
 * @property {(event: Message) => void} event  all but answers
 * @property {(frame: import("../channels.js").AnyFrame & {meta: unknown}) => void} frame
 * @property {(line: Line) => void} line
 * @property {(refusal: Refusal) => boolean} refused  why one may not enter; whether it is tried again after a while
 *
 * @typedef {{message: Message, keep: boolean, resolve: (result: unknown) => void, reject: (why: Error) => void}} Waiting
 */

/** A command that the server refused. */
export class RoomError extends Error {
  /** @param {Refusal} refusal */
  constructor(refusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

export class RoomSocket {
  #owner;
  /** @type {WebSocket | null} */
  #socket = null;
  #entered = false;
  #enteredAt = 0;
  #closed = true;
  #restart = false;
  #tries = 0;
  #nextId = 1;
  /** @type {number | null} */
  #entryId = null;
  /** @type {number | undefined} */
  #timer;
  /** @type {Map<number, Waiting>} */
  #pending = new Map();
  /** What waits for a line. @type {Waiting[]} */
  #kept = [];
  #silence = new Silence({
    expecting: () => !document.hidden && this.#pending.size > 0,
    ask: () => this.#post({ type: "ping" }),
    dead: () => this.#lose(),
  });

  /** @param {Owner} owner */
  constructor(owner) {
    this.#owner = owner;
    addEventListener("online", () => this.#hope());
    addEventListener("offline", () => this.#entered && this.#silence.doubt());
    document.addEventListener("visibilitychange", () => !document.hidden && this.#hope());
  }

  /** Enters, or enters anew: with another code, or after it was closed. */
  open() {
    this.#leave();
    this.#closed = false;
    const socket = new WebSocket(socketAt("room"));
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    this.#tell("connecting");
    this.#timer = window.setTimeout(() => this.#lose(), ATTEMPT);
    socket.onopen = () => {
      this.#entryId = this.#post(this.#owner.entry());
    };
    socket.onmessage = ({ data }) => {
      if (socket !== this.#socket) return;
      this.#silence.heard();
      if (typeof data === "string") this.#heard(JSON.parse(data));
      else this.#owner.frame(/** @type {ReturnType<typeof decodeFrame> & {meta: unknown}} */ (decodeFrame(data)));
    };
    socket.onclose = ({ code }) => {
      if (socket !== this.#socket) return;
      if (this.#entered || RESTART.includes(code)) this.#restart = RESTART.includes(code);
      this.#lose();
    };
  }

  /** For good; what waits is given up. */
  close() {
    this.#closed = true;
    this.#leave();
    for (const { reject } of this.#kept.splice(0)) reject(new Error("The room was left."));
    this.#tell("closed");
  }

  /**
   * Resolves with the command's result; rejects with a `RoomError` where it is refused, and with another where the line is lost.
   * @param {string} type
   * @param {Record<string, unknown>} [fields]
   * @param {boolean} [keep]  said again on the next line where this one is lost: of what is the same said once or twice
   * @returns {Promise<unknown>}
   */
  send(type, fields = {}, keep = false) {
    return new Promise((resolve, reject) => {
      const waiting = { message: { type, ...fields }, keep, resolve, reject };
      if (this.#entered) this.#pending.set(this.#post(waiting.message), waiting);
      else if (keep && !this.#closed) this.#kept.push(waiting);
      else reject(new Error("There is no line to the room at the moment."));
    });
  }

  /** @param {Message} message @returns {number} its id */
  #post(message) {
    const id = this.#nextId++;
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify({ ...message, id }));
    return id;
  }

  /** @param {Message} event */
  #heard(event) {
    const answer = event.type === "done" || event.type === "error";
    if (!answer) return this.#owner.event(event);
    if (event.id === this.#entryId) return this.#answered(event);
    const waiting = this.#pending.get(Number(event.id));
    this.#pending.delete(Number(event.id));
    if (event.type === "done") waiting?.resolve(event.result);
    else waiting?.reject(new RoomError(/** @type {Refusal} */ (/** @type {unknown} */ (event))));
  }

  /** To the first message. @param {Message} event */
  #answered(event) {
    this.#entryId = null;
    clearTimeout(this.#timer);
    if (event.type === "error") {
      const again = this.#owner.refused(/** @type {Refusal} */ (/** @type {unknown} */ (event)));
      if (again) this.#lose();
      else this.close();
      return;
    }
    this.#entered = true;
    this.#enteredAt = Date.now();
    this.#restart = false;
    this.#silence.begin();
    this.#owner.entered(event.result);
    this.#tell("open");
    for (const waiting of this.#kept.splice(0)) this.#pending.set(this.#post(waiting.message), waiting);
  }

  /** There is reason to: a page that is shown again, a network that is back. */
  #hope() {
    if (this.#closed) return;
    if (this.#entered) this.#silence.doubt();
    else if (!this.#socket) this.open();
  }

  #lose() {
    this.#leave();
    const delay = delayBefore(this.#tries, false);
    this.#tries += 1;
    this.#tell("lost", Date.now() + delay);
    this.#timer = window.setTimeout(() => this.open(), delay);
  }

  /** What the socket has still to say is no longer listened to: on a dead line it may take minutes to close. */
  #leave() {
    clearTimeout(this.#timer);
    this.#silence.end();
    const socket = this.#socket;
    if (this.#entered && Date.now() - this.#enteredAt > STEADY) this.#tries = 0;
    [this.#socket, this.#entered, this.#entryId] = [null, false, null];
    for (const waiting of this.#pending.values()) {
      if (waiting.keep && !this.#closed) this.#kept.push(waiting);
      else waiting.reject(new Error("The line was lost before the answer came."));
    }
    this.#pending.clear();
    socket?.close();
  }

  /** @param {Line["status"]} status @param {number | null} [retryAt] */
  #tell(status, retryAt = null) {
    this.#owner.line({ status, retryAt, restart: this.#restart });
  }
}
