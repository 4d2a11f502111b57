/**
 * The teacher of a room: opens it, comes back to it after a reload, gives its commands. The page's own session becomes what the
 * class sees, at first and whenever it was attached to anew.
 */

/** @import { AppState, Host } from "../types.js" */
/** @import { Sent } from "../commands.js" */
/** @import { Room, Teaching } from "./slice.js" */

import { download } from "../toolkit/files.js";
import { memo } from "../toolkit/dom.js";
import { messageOf } from "../wire/refusals.js";
import { FRAME_TAKERS } from "./index.js";
import { keepRoom, keptRoom } from "./kept.js";
import { telling } from "./seen.js";
import { RoomError, RoomSocket } from "./wire.js";

/** What a refused key or code means: there is no such room any more. */
const GONE = ["unknown_room"];

/** Milliseconds after which a session that could not become what the class sees is asked again. */
const AGAIN = 3000;

/** In a sentence of its own, with what is allowed. @param {unknown} error */
export function wordsOf(error) {
  const message = messageOf(error);
  const allowed = error instanceof RoomError ? error.refusal.allowed : null;
  return allowed && !message.includes(allowed) ? `${message.replace(/\.$/, "")}; allowed: ${allowed}.` : message;
}

export class Teacher {
  /** @type {Host} */
  #host;
  /** @type {RoomSocket} */
  #socket;
  #room = keptRoom();
  /** Of a room that is being opened. @type {{title: string} | null} */
  #opening = null;
  #seen = telling((view) => void this.#socket.send("show", { view }).catch(() => {}));
  #led = memo();

  /** @param {Host} host */
  constructor(host) {
    this.#host = host;
    this.#socket = new RoomSocket({
      entry: () => this.#entry(),
      entered: (result) => this.#entered(result),
      event: (event) => this.#told(event),
      frame: (frame) => FRAME_TAKERS.forEach((take) => take(frame)),
      line: ({ status }) => this.#onLine(status),
      refused: (refusal) => this.#refused(refusal),
    });
    if (this.#room) {
      this.set({ line: "opening" });
      this.#socket.open();
    }
  }

  get store() {
    return this.#host.store;
  }

  get host() {
    return this.#host;
  }

  get teaching() {
    return this.store.state.teaching;
  }

  /** The room's code and key, for the teacher's other devices. */
  get kept() {
    return this.#room;
  }

  /** @param {Partial<Teaching>} change */
  set(change) {
    this.store.set({ teaching: { ...this.teaching, ...change } });
  }

  // Coming and going --------------------------------------------------------------------------------------------------

  /** @param {string} title */
  open(title) {
    this.#opening = { title };
    this.set({ line: "opening", refused: "", room: null, shown: true });
    this.#socket.open();
  }

  /** This browser has no room any more; what the server keeps of it stays as it is. */
  forget() {
    keepRoom(null);
    this.#room = this.#opening = null;
    this.#seen.end();
    this.#socket.close();
    if (this.teaching.unseen === "" && this.teaching.line === "open") void this.#part();
    this.set({ line: "none", room: null, refused: "", unseen: "", shown: true, picking: false, joining: false });
  }

  #entry() {
    if (this.#room) return { type: "enter", code: this.#room.code, key: this.#room.key, as: "screen" };
    return { type: "open", ...(this.#opening?.title ? { title: this.#opening.title } : {}) };
  }

  /** @param {unknown} result */
  #entered(result) {
    const { code, key } = /** @type {{code?: string, key?: string}} */ (result ?? {});
    if (!this.#room && code && key) this.#room = { code, key };
    if (this.#room) keepRoom(this.#room);
    if (this.#opening) this.set({ joining: true });
    this.#opening = null;
    this.#seen.anew();
    this.#led(); // a room that was led before is led anew
    this.set({ line: "open", refused: "" });
  }

  /** @param {import("./wire.js").Line["status"]} status */
  #onLine(status) {
    if (status === "lost" && this.teaching.line !== "refused") this.set({ line: this.teaching.room ? "lost" : "opening" });
  }

  /** @param {import("./wire.js").Refusal} refusal */
  #refused(refusal) {
    const gone = this.#room !== null && GONE.includes(refusal.code);
    if (gone) {
      this.forget();
      this.#host.sender.say("The class of this browser is over: its room is no longer there.");
      return false;
    }
    this.set({ line: this.#room ? "lost" : "refused", refused: wordsOf(new RoomError(refusal)) });
    return this.#room !== null;
  }

  /** @param {import("./wire.js").Message} event */
  #told(event) {
    if (event.type !== "room") return;
    const room = /** @type {Room} */ (/** @type {unknown} */ (event));
    const before = this.teaching.room;
    if (this.#room && room.code !== null && room.code !== this.#room.code) {
      this.#room = { ...this.#room, code: room.code };
      keepRoom(this.#room);
    }
    // A new question, and a vote that begins or ends, is what everybody is to see.
    const now = before?.question?.number !== room.question?.number || before?.phase !== room.phase;
    // Once something happens, the way in is no longer what all look at.
    const begun = room.question || (room.turn && !before?.turn) || (room.wall && !before?.wall);
    this.set({
      room,
      since: performance.now(),
      ...(now ? { shown: true } : {}),
      ...(begun ? { joining: false } : {}),
    });
  }

  // What the class sees -----------------------------------------------------------------------------------------------

  /** Called with every painting. @param {AppState} state */
  follow(state) {
    const { teaching, connection, told, attachments } = state;
    if (teaching.line !== "open" || !this.#room || teaching.room?.state === "ended") return;
    this.#seen.follow(state);
    if (connection.status !== "open" || !told) return;
    if (this.#led(this.#room.code, attachments)) void this.#lead();
  }

  async #lead() {
    if (!this.#room) return;
    try {
      await this.#host.connection.send(/** @type {Sent} */ (/** @type {unknown} */ ({ type: "room_lead", ...this.#room })));
      this.set({ unseen: "" });
    } catch (error) {
      this.set({ unseen: messageOf(error) });
      setTimeout(() => {
        this.#led();
        this.store.schedule();
      }, AGAIN);
    }
  }

  async #part() {
    await this.#host.connection.send(/** @type {Sent} */ (/** @type {unknown} */ ({ type: "room_part" }))).catch(() => {});
  }

  // Commands ----------------------------------------------------------------------------------------------------------

  /**
   * Rejects where it is refused.
   * @param {string} name
   * @param {Record<string, unknown>} [fields]
   */
  command = (name, fields = {}) => this.#socket.send(name, fields);

  /** Tells of a refusal in the notice line. @param {string} name @param {Record<string, unknown>} [fields] */
  async tell(name, fields = {}) {
    try {
      await this.command(name, fields);
      return true;
    } catch (error) {
      this.#host.sender.complain(wordsOf(error));
      return false;
    }
  }

  /** What comes next with a question. @param {import("./stage/acts.js").Act} act */
  act({ command, fields }) {
    return this.tell(command, fields);
  }

  eyesUp() {
    return this.tell("eyes_up", { on: this.teaching.room?.eyes_up === null });
  }

  /** Everybody's runs on the screen, or away with them. */
  wall() {
    const on = !this.teaching.room?.wall;
    if (on) this.set({ shown: true });
    return this.tell("wall", { on });
  }

  // Dialogs: each is put here by its own part -------------------------------------------------------------------------

  /** What can be done with the class. @type {(section?: string) => void} */
  menu = () => {};
  /** @type {() => void} */
  ask = () => {};
  /** A number was picked on the page; null: none. @type {(found: import("./ask/measures.js").InView | null) => void} */
  picked = () => {};

  /** @param {"csv" | "page"} format */
  async results(format) {
    const file = /** @type {{name: string, type: string, text: string}} */ (await this.command("results", { format }));
    download(file.name, new Blob([file.text], { type: file.type }));
  }
}
