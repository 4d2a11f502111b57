/** What a class adds to what the page holds, on the teacher's page. */

import type { MemberNow, Reveal, RoomEvent, RoomQuestion, Round } from "../room-protocol.js";

export type { Reveal, Round };
export type Member = MemberNow;
export type Question = RoomQuestion;
/** The event `room`, as the teacher's page is told it. */
export type Room = RoomEvent;

export interface Teaching {
  /** none: no room is this browser's */
  line: "none" | "opening" | "open" | "lost" | "refused";
  /** why the room could not be opened or entered */
  refused: string;
  room: Room | null;
  /** when it was told, as `performance.now()` counts: a clock goes on from there */
  since: number;
  /** whether what is asked covers the page, where something is */
  shown: boolean;
  /** why this page is not what the class sees; empty where it is */
  unseen: string;
  /** the way in, in large letters, covers the page */
  joining: boolean;
  /** a number is being picked on the page */
  picking: boolean;
}

declare module "../types.js" {
  interface AppState {
    teaching: Teaching;
  }
}
