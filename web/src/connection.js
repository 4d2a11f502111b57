/**
 * The one WebSocket: attaches, answers command promises by id, hands events and frames on, and comes back by itself.
 */

/** @import { Event as WireEvent, Frame, Refusal, Attached } from "./types.js" */

import { decodeFrame } from "./frames.js";

const SUPERSEDED = 4001;
const SESSION_KEY = "chainrule.session";
const FIRST_DELAY = 250;
const LONGEST_DELAY = 8000;

/** A command the server refused; `refusal` names the field and the allowed range. */
export class CommandError extends Error {
  /** @param {Refusal} refusal */
  constructor(refusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

/**
 * @typedef {object} Handlers
 * @property {(event: WireEvent) => void} event  everything but answers to commands
 * @property {(frame: Frame) => void} frame
 * @property {(attached: Attached) => void} attached
 * @property {(status: "connecting" | "open" | "lost" | "superseded", retryAt: number | null) => void} status
 */

export class SocketConnection {
  /** @type {WebSocket | null} */
  #socket = null;
  #attached = false;
  #nextId = 1;
  #delay = FIRST_DELAY;
  /** @type {number | undefined} */
  #timer;
  /** @type {Map<number | string, {resolve: (result: any) => void, reject: (reason: Error) => void}>} */
  #pending = new Map();
  /** @type {Handlers} */
  #handlers;

  /** @param {Handlers} handlers */
  constructor(handlers) {
    this.#handlers = handlers;
    window.addEventListener("online", () => this.#socket || this.open());
  }

  /** Opens the socket, or opens it again: also how control is taken back from a newer page. */
  open() {
    clearTimeout(this.#timer);
    this.#socket?.close();
    this.#forget();
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws`);
    socket.binaryType = "arraybuffer";
    this.#socket = socket;
    this.#attached = false;
    this.#handlers.status("connecting", null);
    socket.onopen = () => {
      // sessionStorage belongs to one tab; its copy survives a reload, and a duplicated tab takes control over.
      const session = sessionStorage.getItem(SESSION_KEY);
      socket.send(JSON.stringify({ type: "attach", session }));
    };
    socket.onmessage = (message) => {
      if (socket !== this.#socket) return;
      if (typeof message.data === "string") this.#onEvent(JSON.parse(message.data));
      else this.#handlers.frame(decodeFrame(message.data));
    };
    socket.onclose = (event) => {
      if (socket === this.#socket) this.#onClose(event.code);
    };
  }

  /** The next attach begins a session of its own. */
  leave() {
    sessionStorage.removeItem(SESSION_KEY);
  }

  /**
   * Sends a command; resolves when it took effect, with what it asked for; rejects with CommandError where it was refused.
   * @param {Record<string, unknown>} command
   * @returns {Promise<any>}
   */
  send(command) {
    const socket = this.#socket;
    if (!this.#attached || !socket || socket.readyState !== WebSocket.OPEN) {
      return Promise.reject(new Error("There is no connection to the engine at the moment."));
    }
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      socket.send(JSON.stringify({ ...command, id }));
    });
  }

  /**
   * Tells the server that a frame is on the screen; the channel's newest state follows. Has no answer.
   * @param {Frame} frame
   */
  acknowledge(frame) {
    if (this.#attached && this.#socket?.readyState === WebSocket.OPEN) {
      this.#socket.send(JSON.stringify({ type: "acknowledge", channel: frame.channel, frame: frame.frame }));
    }
  }

  /** @param {WireEvent} event */
  #onEvent(event) {
    if (event.type === "attached") {
      this.#attached = true;
      this.#delay = FIRST_DELAY;
      sessionStorage.setItem(SESSION_KEY, event.session);
      this.#handlers.attached(event);
      this.#handlers.status("open", null);
      return;
    }
    if (event.type === "error" && !this.#attached && event.code === "unknown_session") {
      // The server has forgotten this session (it was restarted without a store): begin a new one.
      sessionStorage.removeItem(SESSION_KEY);
      this.#socket?.send(JSON.stringify({ type: "attach", session: null }));
      return;
    }
    if ((event.type === "done" || event.type === "error") && event.id !== null && event.id !== undefined) {
      const waiting = this.#pending.get(event.id);
      this.#pending.delete(event.id);
      if (waiting) {
        if (event.type === "done") waiting.resolve(event.result);
        else waiting.reject(new CommandError(event));
        return;
      }
    }
    if (event.type !== "done") this.#handlers.event(event);
  }

  /** Answers that can no longer come. */
  #forget() {
    for (const { reject } of this.#pending.values()) reject(new Error("The connection was lost before the answer came."));
    this.#pending.clear();
  }

  /** @param {number} code */
  #onClose(code) {
    this.#socket = null;
    this.#attached = false;
    this.#forget();
    if (code === SUPERSEDED) {
      this.#handlers.status("superseded", null);
      return;
    }
    // Jitter keeps a whole class from coming back in the same instant.
    const delay = this.#delay * (0.75 + Math.random() / 2);
    this.#delay = Math.min(this.#delay * 2, LONGEST_DELAY);
    this.#handlers.status("lost", Date.now() + delay);
    this.#timer = window.setTimeout(() => this.open(), delay);
  }
}
