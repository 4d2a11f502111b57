/** What the teacher's phone holds. Types only. */

import type { RoomEvent } from "../../src/room-protocol.js";

export type { Counts, Round, RoomEvent } from "../../src/room-protocol.js";

/** A block of the page. */
export interface Block {
  element: HTMLElement;
  update: (room: RoomEvent) => void;
}
