/** What everybody's runs are made of: what comes of them in the event `room`, and in frames of the channel `wall`. */

import type { PutUpNow, Wall } from "../../room-protocol.js";

export type { Board, Collected, MemberNow, RoomEvent, Wall } from "../../room-protocol.js";
export type PutUp = PutUpNow;
/** The order of the pieces. */
export type Sort = Wall["sort"];

/** One learner's run, as the frames tell it. */
export interface PieceMeta {
  member: number;
  value: number | null;
  met: boolean | null;
  seed: number | null;
  /** its owner lets it be put on the screen */
  offered: boolean;
  /** only where names are on */
  name: string | null;
}

export interface Piece extends PieceMeta {
  /** 16 × 16 levels, the lowest y first; none where a curve is shown */
  map: Uint8Array | null;
  /** how many classes `map` tells apart by their numbers; 0: it has levels of the output */
  classes: number;
  /** the loss as its logarithm, along the run */
  curve: Float32Array | null;
}

/** A command of the room, by its name; it rejects with what was wrong. */
export type Command = (name: string, fields?: Record<string, unknown>) => Promise<unknown>;
