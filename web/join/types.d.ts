/** What the joining page holds. Types only. */

import type { AnyFrame } from "../src/channels.js";
import type { Line, Refusal } from "../src/class/wire.js";
import type { MeEvent, Reveal, RoomEvent, RoomQuestion, Round } from "../src/room-protocol.js";

export type { Line, Refusal, Reveal, Round };

export type Answer = number | number[];

/** An answer that some may rather read than tap. */
export interface Described {
  text: string;
  answer: Answer;
}
export type Question = RoomQuestion & { described?: Described[] };

/** As it is told to all, and what is one's own. */
export type Room = Omit<RoomEvent, "type" | "state"> & Omit<MeEvent, "type">;

/** Of the channel `follow`. Which picture it is, its arrays say: `map` or `classes`, `train`, `heat`. */
export interface FollowMeta {
  kind: "map" | "curve" | "race" | "step" | "lesson" | "lab" | "none";
  step?: number | null;
  epoch?: number | null;
  status?: string;
  /** floats on the wire: one that is not finite is a string */
  train_loss?: unknown;
  test_loss?: unknown;
  accuracy?: unknown;
  /** plain text */
  caption?: string;
  /** HTML */
  words?: string;
  /** 0 or 1: one output */
  classes?: number;
  names?: string[];
  /** values of the levels 0 and 255, and the one drawn neutral */
  low?: number;
  high?: number;
  middle?: number;
  xs?: [number, number] | null;
  ys?: [number, number] | null;
  log?: boolean;
  lanes?: { name: string; colour: number; loss?: unknown; words?: string }[];
}

export type Follow = AnyFrame & { meta: FollowMeta };

export interface Member {
  code: string;
  key: string;
  name: string;
}

export interface State {
  /** whose place in a room it is; null: none yet */
  member: Member | null;
  /** as it was typed, or came with the address */
  code: string;
  /** a room is entered, or was: until it is left */
  entering: boolean;
  refusal: Refusal | null;
  line: Line | null;
  room: Room | null;
  /** when the room was told last, as `Date.now()` counts */
  told: number;
  frame: Follow | null;
  /** one's own answers to the present question, by round; null: I don't know */
  mine: Map<number, Answer | null>;
  theme: "light" | "dark";
}

export interface View {
  element: HTMLElement;
  update: (state: State) => void;
}

export type Send = (type: string, fields?: Record<string, unknown>, keep?: boolean) => Promise<unknown>;
