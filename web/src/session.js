/**
 * The page's session with the server: hands events and frames to the parts that they concern, keeps the newest frame of every
 * channel, and says which channels are watched.
 */

/** @import { Event as WireEvent, Subscribe } from "./protocol.js" */
/** @import { AppState, Attached, Channel, Connection, Frame, Part, Room, RunInfo } from "./types.js" */

import { at } from "./toolkit/address.js";
import { followed, keyHere } from "./wire/followed.js";
import { FollowConnection } from "./wire/follow-connection.js";
import { wordsOfLoss } from "./reconnect/loss.js";
import { memo } from "./toolkit/dom.js";
import { entryHere } from "./url.js";
import { NO_LINE, SocketConnection } from "./wire/connection.js";
import { messageOf } from "./wire/refusals.js";
import { isOpening, leaveForLink, standsAt } from "./wire/tab-sessions.js";

const BEHIND = "This page did not keep up with what it was sent, and was let go; it is back where it was.";

export class Session {
  #store;
  /** @type {Part[]} */
  #parts = [];
  /** @type {() => Room} */
  #room;
  /** Frames that came since the last painting; they are acknowledged after it. @type {Map<string, Frame>} */
  #unpainted = new Map();
  /** What a session tells of itself on coming to it, until it has told its run. @type {Set<string> | null} */
  #arriving = null;
  #watched = memo();
  /** What the page knew when the line broke, until all of it is there again. @type {AppState | null} */
  #owed = null;
  /** The address is another than the page's, which it is about to be. */
  #readdressed = false;

  /**
   * @param {import("./store.js").Store} store
   * @param {() => Room} room  the one that one is in
   */
  constructor(store, room) {
    this.#store = store;
    this.#room = room;
    /** @type {import("./wire/connection.js").Handlers} */
    const handlers = {
      event: (event) => this.#onEvent(event),
      frame: (frame) => this.#onFrame(frame),
      attached: (event, how) => this.#onAttached(event, how),
      status: (connection) => this.#onStatus(connection),
      now: () => store.state,
    };
    const key = followed === null ? null : keyHere();
    this.connection =
      followed !== null && key !== null
        ? new FollowConnection(handlers, { code: followed, key })
        : new SocketConnection(handlers);
  }

  /** @param {Part[]} parts */
  begin(parts) {
    // Whoever has no place in the class yet takes one first.
    if (followed !== null && keyHere() === null) {
      location.replace(at(`join#${followed}`));
      return;
    }
    this.#parts = parts;
    Object.assign(this.connection.rules, ...parts.map(({ unanswered }) => unanswered));
    this.connection.changing = new Set(parts.flatMap(({ changing }) => changing ?? []));
    this.connection.moving = new Set(parts.flatMap(({ moving }) => moving ?? []));
    // A link is opened in a session of its own: what stands in this tab's is nobody else's.
    if (this.#linked() && !isOpening(location.hash)) leaveForLink();
    // Pasted into a page that is open already, an address changes nothing but the fragment, and is opened as in any other tab.
    addEventListener("hashchange", ({ oldURL }) => {
      if (entryHere()) return; // one goes back or forward through the rooms
      this.#readdressed = true;
      standsAt(new URL(oldURL).hash);
      location.reload();
    });
    addEventListener("pagehide", () => this.#readdressed || standsAt(location.hash));
    this.connection.open();
  }

  #linked() {
    return this.#parts.some(({ links }) => links?.some((link) => link.here()));
  }

  // What is watched ---------------------------------------------------------------------------------------------------

  /** @param {boolean} [fresh]  not watched for a moment, the channels then come from their beginning */
  watch(fresh = false) {
    if (fresh) this.connection.send({ type: "subscribe", channels: [] }).catch(() => {});
    return this.connection
      .send({ type: "subscribe", channels: this.#channels(), grid: 50, ahead: 1, ...this.#details() })
      .catch(() => {});
  }

  #channels() {
    // One that came with its room need not be among those that `protocol.d.ts` knows.
    const beside = this.#parts.flatMap((part) => part.beside?.channels?.(this.#store.state) ?? []);
    return /** @type {Channel[]} */ ([...this.#room().channels(this.#store.state), ...beside]);
  }

  /** @returns {Partial<Subscribe>} */
  #details() {
    return Object.assign({}, ...this.#parts.map((part) => part.watching?.(this.#store.state)));
  }

  /** Before a painting: what is going to be on the screen is watched. */
  prepare() {
    const wanted = this.#channels();
    if (!this.#watched(wanted.join(), ...Object.values(this.#details()))) return;
    this.watch();
    // A picture that is watched no more is old when it is shown again.
    const { frames } = this.#store.state;
    const kept = Object.entries(frames).filter(([name]) => wanted.includes(/** @type {Channel} */ (name)));
    if (kept.length < Object.keys(frames).length) this.#store.set({ frames: Object.fromEntries(kept) });
  }

  /** After a painting: what came is on the screen, and the next may come. */
  acknowledge() {
    for (const frame of this.#unpainted.values()) this.connection.acknowledge(frame);
    this.#unpainted.clear();
  }

  // Coming to a session -----------------------------------------------------------------------------------------------

  /** @param {Connection} connection */
  #onStatus(connection) {
    this.#store.set({ connection });
    if (connection.status === "open" && this.#store.state.notice?.text === NO_LINE) this.#store.set({ notice: null });
  }

  /**
   * @param {Attached} event
   * @param {{forgotten: boolean, unreadable: string | null, broken: boolean, reason: Connection["reason"]}} how
   */
  async #onAttached(event, { forgotten, unreadable, broken, reason }) {
    const store = this.#store;
    const before = store.state;
    const owed = event.resumed && broken ? (this.#owed ??= before) : (this.#owed = null);
    store.set({ attachments: before.attachments + 1, told: false, slow: false, unkept: null });
    if (event.resumed) this.#arriving = new Set();
    // Of another session nothing that was drawn holds; one that was found again tells what it has.
    else this.#forget(new Set());
    if (!event.resumed) store.set({ frames: {}, series: null, batchLosses: null });
    if (forgotten) this.#bringBack(before, unreadable);
    else if (reason === "behind") store.set({ notice: { kind: "info", text: BEHIND } });
    await this.#subscribe();
    if (!owed) return;
    const { attachments } = store.state;
    const under = this.connection.underway();
    for (const command of this.#parts.flatMap((part) => part.catchUp?.(owed, store.state, under) ?? [])) {
      await this.connection.send(command, true).catch(() => {});
      if (store.state.attachments !== attachments) return;
    }
    this.#owed = null;
  }

  #subscribe() {
    // A new socket has its own frame counters; what was painted from the old one stays on the screen.
    this.#unpainted.clear();
    for (const part of this.#parts) part.beforeWatching?.();
    const watched = this.watch();
    for (const link of this.#parts.flatMap(({ links }) => links ?? [])) if (link.here()) link.open();
    return watched;
  }

  /**
   * Begins again what the server has forgotten, as far as the page knows it.
   * @param {import("./types.js").AppState} before
   * @param {string | null} why  what was kept could not be read, in the server's words
   */
  async #bringBack(before, why) {
    this.#store.set({ notice: { kind: "info", text: wordsOfLoss(before, why) } });
    const commands = before.run && before.clock ? this.#parts.flatMap((part) => part.remembered?.(before) ?? []) : [];
    try {
      for (const command of commands) await this.connection.send(command);
    } catch (error) {
      this.#store.set({ notice: { kind: "error", text: `The run could not be brought back: ${messageOf(error)}` } });
    }
  }

  /** What a session has not told of is empty. @param {Set<string>} told */
  #forget(told) {
    for (const [event, fields] of this.#parts.flatMap((part) => Object.entries(part.told ?? {})))
      if (!told.has(event)) this.#store.set(fields);
  }

  // What comes --------------------------------------------------------------------------------------------------------

  /** @param {WireEvent} event */
  #onEvent(event) {
    this.#arriving?.add(event.type);
    if (event.type === "run" && !this.#isNew(event)) return;
    const before = this.#store.state.run;
    for (const { events } of this.#parts) {
      /** @type {Record<string, ((event: WireEvent) => void) | undefined> | undefined} */
      const takers = /** @type {{}} */ (events); // each takes the event that it is named by
      takers?.[event.type]?.(event);
    }
    if (event.type !== "run") return;
    this.#store.set({ told: true });
    for (const part of this.#parts) part.newRun?.(before);
  }

  /** The run is told last by a session that one comes to; how one looks at it stays where it goes on. @param {RunInfo} run */
  #isNew(run) {
    const told = this.#arriving;
    this.#arriving = null;
    if (!told) return true;
    this.#forget(told);
    this.#store.set({ told: true });
    return JSON.stringify(run) !== JSON.stringify(this.#store.state.run);
  }

  /** @param {Frame} frame */
  #onFrame(frame) {
    this.#unpainted.set(frame.channel, frame);
    const part = this.#parts.find(({ frames }) => frames?.[frame.channel]);
    if (part) part.frames?.[frame.channel](frame);
    else this.#store.set({ frames: { ...this.#store.state.frames, [frame.channel]: frame } });
  }
}
