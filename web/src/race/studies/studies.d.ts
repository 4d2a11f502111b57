/** What the channel `study` tells: `server.race.studies`. */

import type { Plane } from "../../catalog.js";
import type { WireNumber } from "../../commands.js";
import type { AnyFrame } from "../../channels.js";
import type { Bound } from "../channels.js";

export type StudyKind = "seeds" | "rates" | "basins" | "compass" | "point" | "edge";

export interface StudyProgress<K extends StudyKind> {
  kind: K;
  /** counts the studies of a session */
  number: number;
  state: "running" | "done" | "cancelled" | "failed";
  share: number;
  message: string;
}

/** What was asked for. */
export interface Abouts {
  seeds: { lanes: number[]; seeds: number[]; steps: number; threshold: number };
  rates: { on: "network" | "surface"; lanes: number[]; steps: number; seeds: number };
  basins: { lane: number; side: number; steps: number; reach: number; domain: Plane; surface: string };
  compass: {
    lane: number;
    step: number;
    weights: [number, number];
    batch_size: number;
    number: number;
    names: [string, string];
  };
  point: { lanes: number[]; step: number };
  edge: { on: "sine" | "race"; lane: number | null; points: number; steps: number };
}

/** What was found, perhaps so far. */
export interface Founds {
  seeds: { lanes: { id: number; count: number; share: number; wins: number }[]; step: number };
  rates: { lanes: { id: number; best: number | null }[]; words: string };
  basins: { minima: { x: number; y: number; value: number }[]; counts: number[]; nowhere: number; diverged: number };
  compass: { spread: number; spread_of_four: number | null; samples: number };
  point: { lanes: LocalPoint[] };
  edge: { lane: number | null; rate: WireNumber; crossed: number | null; beyond: WireNumber | null };
}

/** `engine.race.local.Local`. */
export interface LocalPoint {
  id: number;
  step: number;
  rate: WireNumber;
  gradient_norm: WireNumber;
  newton_step: WireNumber;
  smallest: WireNumber;
  /** How far the extremes may be off. */
  error: WireNumber;
  /** Of activations and of an L1 penalty, at which the lane stands: the loss has no second derivative there. */
  corners: number;
  largest: WireNumber;
  condition: WireNumber | null;
  kind: string;
  exact: boolean;
  negative: number | null;
  bound: (Bound & { mathml: string }) | null;
  /** why it has none here, in words */
  unbounded: string | null;
  phase: { rule: string; momentum: number; growth: WireNumber; curvatures: number[] } | null;
}

interface Begun<K extends StudyKind> {
  study: StudyProgress<K>;
  about: Abouts[K];
}

export interface StudyBegun<K extends StudyKind> extends AnyFrame {
  channel: "study";
  meta: Begun<K>;
}

export interface StudyFound<K extends StudyKind> extends AnyFrame {
  channel: "study";
  meta: Begun<K> & Founds[K];
}

export type StudyFrameOf<K extends StudyKind> = StudyBegun<K> | StudyFound<K>;
export type StudyFrame = { [K in StudyKind]: StudyFrameOf<K> }[StudyKind];

/** The newest of each kind. */
export type Studies = { [K in StudyKind]?: StudyFrameOf<K> };
