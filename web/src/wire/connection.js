/**
 * The one WebSocket: attaches, answers command promises by id, hands events and frames on, and comes back by itself with all that
 * was under way.
 */

/** @import { Commands, CommandType, ResultOf, Sent } from "../commands.js" */
/** @import { Attached, Command, Event as WireEvent } from "../protocol.js" */
/** @import { AppState, Channel, Frame, Refusal, Connection } from "../types.js" */
/** @import { Asked } from "../reconnect/unanswered.js" */

import { socketAt } from "../toolkit/address.js";
import { decodeFrame } from "./frames.js";
import { refusalOfLength, tooLong } from "./length.js";
import { delayBefore } from "../reconnect/backoff.js";
import { Journal } from "../reconnect/catch-up.js";
import { Silence } from "../reconnect/silence.js";
import { fates } from "../reconnect/unanswered.js";
import * as tab from "./tab-sessions.js";

const SUPERSEDED = 4001;
const TOO_LARGE = 1009;
const MOVED = 4004;
/** What the code of a closed socket says of why. @type {Record<number, Connection["reason"]>} */
const REASONS = { 1001: "restart", 1012: "restart", 4002: "behind", [MOVED]: "moved" };

/** Milliseconds that an attempt may take to the end of attaching. */
const ATTEMPT = 12_000;
/** Attempts after which a session that moves is told of as any other line that is lost. */
const QUIET_TRIES = 4;
/** Characters from which on a command may be what breaks the line; where it broke twice under one, it is not sent again. */
const HEAVY = 100_000;
/** Milliseconds after which a line is taken for a good one. */
const STEADY = 2000;
/** Milliseconds after which a server that said it restarts is taken for gone. */
const RESTART = 90_000;

/** A command the server refused; `refusal` names the field and the allowed range. */
export class CommandError extends Error {
  /** @param {Refusal} refusal */
  constructor(refusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

/** Of a command that there was no line for; what is said of it is over when there is one. */
export const NO_LINE = "There is no connection to the engine at the moment.";

/**
 * @typedef {object} Handlers
 * @property {(event: WireEvent) => void} event  everything but answers to commands
 * @property {(frame: Frame) => void} frame
 * @property {(attached: Attached, how: {forgotten: boolean, unreadable: string | null, broken: boolean, reason: Connection["reason"]}) => Promise<unknown>} attached
 *   resolves when the server has told all that commands before have done; `broken`: the line was lost, and nobody else has attached since
 * @property {(connection: Connection) => void} status
 * @property {() => AppState} now
 */

/**
 * A command on its way, whatever its result.
 * @typedef {Asked & {resolve: (result: unknown) => void, reject: (reason: Error) => void, size: number, sent: number}} Waiting
 */

/** @param {Command} command */
const textOf = (command) => JSON.stringify(command);

export class SocketConnection {
  /** @type {WebSocket | null} */
  #socket = null;
  #attached = false;
  #forgotten = false;
  /** Why the server cannot read what was kept of the session, in its words. @type {string | null} */
  #unreadable = null;
  #superseded = false;
  #nextId = 1;
  #tries = 0;
  /** @type {Connection["reason"]} */
  #reason = null;
  #words = "";
  #lostAt = 0;
  /** When the line broke that this one is in place of. */
  #brokenAt = 0;
  #attachedAt = 0;
  /** How often the session had been attached to when this page was. */
  #generation = 0;
  /** Bytes of a command that the server reads. */
  #longest = Infinity;
  /** @type {number | undefined} */
  #timer;
  /** @type {Map<number | string, Waiting>} */
  #pending = new Map();
  /** Of a line that broke. @type {Waiting[]} */
  #unanswered = [];
  /** Commands whose answer nobody waits for. @type {Set<number | string>} */
  #mentioned = new Set();
  #silence = new Silence({
    expecting: () => !document.hidden && (this.#pending.size > 0 || this.#handlers.now().clock?.status === "playing"),
    ask: () => this.#mention({ type: "ping" }),
    dead: () => this.#giveUp(),
  });
  /** @type {Handlers} */
  #handlers;
  /** What becomes of commands whose answer was lost, by their type. @type {Record<string, import("../reconnect/unanswered.js").Rule>} */
  rules = {};
  /** Types of commands that change what is kept. @type {Set<string>} */
  changing = new Set();
  /** Types of commands that move a clock. @type {Set<string>} */
  moving = new Set();
  /** Whether what a broken line has left undone is being made up for: what is done meanwhile comes after it. */
  #settling = false;
  #journal = new Journal();

  /** @param {Handlers} handlers */
  constructor(handlers) {
    this.#handlers = handlers;
    addEventListener("online", () => this.#retry());
    document.addEventListener("visibilitychange", () => (document.hidden ? this.#tellVisible() : this.#retry()));
  }

  /** Opens the socket, or opens it again: also how control is taken back from a newer page. */
  open() {
    this.#superseded = false;
    this.#leaveSocket();
    this.#keepUnanswered();
    this.#forgotten = false;
    this.#unreadable = null;
    const socket = new WebSocket(socketAt("ws"));
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    this.#tell("connecting");
    this.#timer = window.setTimeout(() => this.#giveUp(), ATTEMPT);
    socket.onopen = () => {
      // It survives a reload, and a duplicated tab takes control over.
      socket.send(textOf({ type: "attach", session: tab.present() }));
    };
    socket.onmessage = (message) => {
      if (socket !== this.#socket) return;
      this.#silence.heard();
      if (typeof message.data === "string") this.#onEvent(/** @type {WireEvent} */ (JSON.parse(message.data)));
      else this.#handlers.frame(decodeFrame(message.data));
    };
    socket.onclose = (event) => {
      if (socket === this.#socket) this.#onClose(event.code);
    };
  }

  /**
   * Sends a command; resolves when it took effect, with what it asked for; rejects with CommandError where it was refused.
   * @template {CommandType} T
   * @param {Commands[T] & {type: T}} command
   * @param {boolean} [ahead]  of what is done while what is left undone is made up for
   * @returns {Promise<ResultOf<T>>}
   */
  send(command, ahead = false) {
    // A session that moves is back in a moment: nobody need know.
    if (!this.#isOpen && this.#reason !== "moved") return Promise.reject(new Error(NO_LINE));
    const later = this.#settling && !ahead && (this.changing.has(command.type) || this.moving.has(command.type));
    return new Promise((resolve, reject) => {
      const answered = /** @type {(result: unknown) => void} */ (resolve); // the server keeps to `Results`
      const waiting = { command, before: this.#handlers.now(), resolve: answered, reject, size: 0, sent: 0 };
      if (this.#isOpen && !later) this.#post(waiting);
      else this.#unanswered.push(waiting);
    });
  }

  /**
   * Tells the server that a frame is on the screen; the channel's newest state follows. Has no answer.
   * @param {Frame} frame
   */
  acknowledge(frame) {
    if (this.#isOpen)
      this.#socket?.send(textOf({ type: "acknowledge", channel: /** @type {Channel} */ (frame.channel), frame: frame.frame }));
  }

  /** What was made, and asked for, when the line broke. @returns {import("../reconnect/catch-up.js").Broken} */
  underway() {
    const waiting = new Set(this.#unanswered.map(({ command }) => /** @type {string} */ (command.type)));
    return { at: this.#brokenAt, made: this.#journal.before(this.#brokenAt), waiting };
  }

  get #isOpen() {
    return this.#attached && this.#socket?.readyState === WebSocket.OPEN;
  }

  /** @param {Waiting} waiting */
  #post(waiting) {
    const id = this.#nextId++;
    const text = textOf({ ...waiting.command, id });
    const refusal = tooLong(waiting.command, text, this.#longest);
    if (refusal) {
      waiting.reject(new CommandError(refusal));
      return;
    }
    waiting.size = text.length;
    waiting.sent += 1;
    this.#pending.set(id, waiting);
    this.#socket?.send(text);
  }

  /** Sends a command whose answer nobody waits for. @param {Sent} command */
  #mention(command) {
    if (!this.#isOpen) return;
    const id = this.#nextId++;
    this.#mentioned.add(id);
    this.#socket?.send(textOf({ ...command, id }));
  }

  /** Whether anybody sees the page: what nobody sees is not drawn, and after a while rests. */
  #tellVisible() {
    this.#mention({ type: "visible", visible: !document.hidden });
  }

  /** There is reason to hope: at once, where the next attempt is waited for. */
  #retry() {
    if (this.#attached) {
      this.#tellVisible();
      this.#silence.doubt();
    } else if (!this.#socket && !this.#superseded) this.open();
  }

  /** @param {WireEvent} event */
  #onEvent(event) {
    if (event.type === "attached") {
      this.#onAttached(event);
      return;
    }
    if (event.type === "error" && !this.#attached) {
      this.#onRefused(event);
      return;
    }
    if ((event.type === "done" || event.type === "error") && event.id !== null && event.id !== undefined) {
      if (this.#mentioned.delete(event.id)) return;
      const waiting = this.#pending.get(event.id);
      this.#pending.delete(event.id);
      if (waiting) {
        if (event.type === "done") {
          const { command, before } = waiting;
          if (this.changing.has(command.type)) this.#journal.note({ command, before, after: this.#handlers.now() });
          waiting.resolve(event.result);
        } else waiting.reject(new CommandError(event));
        return;
      }
    }
    if (event.type !== "done") this.#handlers.event(event);
  }

  /** @param {Attached} event */
  async #onAttached(event) {
    // Whoever else held the session meanwhile has the last word.
    const broken = this.#lostAt > 0 && event.generation <= this.#generation + 1;
    const how = { forgotten: this.#forgotten, unreadable: this.#unreadable, broken, reason: this.#reason };
    const socket = this.#socket;
    clearTimeout(this.#timer);
    this.#attached = true;
    this.#attachedAt = Date.now();
    if (broken) this.#brokenAt = this.#lostAt;
    this.#lostAt = 0;
    this.#generation = event.generation;
    this.#longest = event.longest_message ?? Infinity; // which a server of an earlier version does not tell
    this.#reason = null;
    tab.attachedTo(event.session);
    this.#silence.begin();
    this.#settling = broken && event.resumed;
    const told = this.#handlers.attached(event, how);
    this.#tell("open");
    if (document.hidden) this.#tellVisible();
    if (!event.resumed) this.#loseUnanswered();
    await told;
    if (socket !== this.#socket) return;
    this.#settling = false;
    if (this.#unanswered.length === 0) return;
    const unanswered = this.#unanswered.splice(0);
    fates(unanswered, this.#handlers.now(), this.rules).forEach((fate, i) => {
      if (fate === "again") this.#post(unanswered[i]);
      else if (fate === "done") unanswered[i].resolve(undefined);
      else unanswered[i].reject(new Error("The connection was lost before the answer came."));
    });
  }

  /** Attaching was refused. @param {Refusal} refusal */
  #onRefused(refusal) {
    if (refusal.code === "unknown_session" || refusal.code === "unreadable_session") {
      // It has expired, or the server was begun anew without it, or a newer one kept it.
      tab.forget();
      this.#forgotten = true;
      this.#unreadable = refusal.code === "unreadable_session" ? refusal.message : null;
      this.#socket?.send(textOf({ type: "attach", session: null }));
      return;
    }
    this.#reason = refusal.code === "limit" ? "full" : "refused";
    this.#words = (this.#reason === "full" && refusal.allowed) || refusal.message;
    this.#leaveSocket();
    this.#wait();
  }

  /** @param {number} code */
  #onClose(code) {
    // Of an attempt that failed only what the server said itself is news: one that restarts does not answer for a while.
    if (this.#attached || code in REASONS || this.#reason === "full" || this.#reason === "refused")
      this.#reason = REASONS[code] ?? null;
    this.#leaveSocket();
    this.#dropHeavy(code === TOO_LARGE);
    this.#keepUnanswered();
    if (code === SUPERSEDED) {
      this.#superseded = true;
      this.#loseUnanswered();
      this.#tell("superseded");
    } else this.#wait();
  }

  /** An attempt that takes too long, or a line that is silent. */
  #giveUp() {
    if (this.#attached) this.#reason = null;
    this.#leaveSocket();
    this.#keepUnanswered();
    this.#wait();
  }

  /** What the socket still has to say is no longer listened to: on a dead line it may take minutes to close. */
  #leaveSocket() {
    clearTimeout(this.#timer);
    this.#silence.end();
    const socket = this.#socket;
    // A line that breaks as soon as it is there is no new beginning.
    if (this.#attached && Date.now() - this.#attachedAt > STEADY) this.#tries = 0;
    this.#socket = null;
    this.#attached = false;
    socket?.close();
  }

  #wait() {
    const now = Date.now();
    this.#lostAt ||= now;
    if (this.#reason === "restart" && now - this.#lostAt > RESTART) this.#reason = null;
    const delay = this.#reason === "moved" && this.#tries === 0 ? 0 : delayBefore(this.#tries, this.#reason === "full");
    this.#tries += 1;
    if (this.#reason === "moved" && this.#tries > QUIET_TRIES) this.#reason = null;
    this.#tell("lost", now + delay);
    this.#timer = window.setTimeout(() => this.open(), delay);
  }

  /** What broke the line is not sent again: the longest where it was too long, else one under which it broke before. @param {boolean} tooLarge */
  #dropHeavy(tooLarge) {
    const longest = Math.max(0, ...[...this.#pending.values()].map(({ size }) => size));
    for (const [id, { command, size, sent, reject }] of this.#pending) {
      if (!(tooLarge ? size === longest : size > HEAVY && sent > 1)) continue;
      this.#pending.delete(id);
      const words = tooLarge ? "it is too long for the line to the server" : "the connection broke twice while it was sent";
      reject(new CommandError(refusalOfLength(command, words, null)));
    }
  }

  #keepUnanswered() {
    this.#unanswered.push(...this.#pending.values());
    this.#pending.clear();
    this.#mentioned.clear();
  }

  /** Answers that can no longer come. */
  #loseUnanswered() {
    for (const { reject } of this.#unanswered.splice(0)) reject(new Error("The connection was lost before the answer came."));
  }

  /** @param {Connection["status"]} status @param {number | null} [retryAt] */
  #tell(status, retryAt = null) {
    // A session that moves is back before anybody could read of it.
    if (this.#reason === "moved" && status !== "open") return;
    this.#handlers.status({ status, retryAt, reason: this.#reason, words: this.#words });
  }
}
