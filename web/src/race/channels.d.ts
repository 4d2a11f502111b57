/** What the channels of the two races hold in their `meta`. Types only: see `server.race`. */

import type { Interval, Plane } from "../catalog.js";
import type { WireNumber } from "../commands.js";

/** Contours: the first, the last, their distance. */
export interface Levels {
  start: number;
  end: number;
  size: number;
}

export interface SurfaceMinimum {
  x: number;
  y: number;
  value: number;
  kind: "global" | "local";
  level: WireNumber;
}

/** The height that is drawn: log₁₀(f − least + floor), or f itself. */
export interface Heights {
  colour: "log" | "linear";
  least: number;
  floor: number;
}

export interface RaceSurface extends Heights {
  domain: Plane;
  /** counts the surfaces */
  surface: number;
  ends: Interval;
  range: [WireNumber, WireNumber] | null;
  levels: Levels;
  minima: SurfaceMinimum[];
}

export interface TrailPart {
  id: number;
  from: number;
  count: number;
  diverged: number | null;
}

export interface Bound {
  rate: WireNumber;
  curvature: WireNumber;
  frozen: boolean;
}

export interface RaceStanding {
  id: number;
  step: number;
  x: WireNumber;
  y: WireNumber;
  loss: WireNumber;
  gradient_norm: WireNumber;
  diverged: number | null;
  reached: number | null;
  evaluations: number;
  rate: WireNumber;
  seconds: number;
  bound: (Bound & { formula: string }) | null;
}

export interface RacePoint {
  lane: number;
  leads: boolean;
  step: number;
  x: WireNumber;
  y: WireNumber;
  loss: WireNumber;
  diverged: number | null;
  gradient: WireNumber[];
  gradient_norm: WireNumber;
  eigenvalues: WireNumber[] | null;
  condition: WireNumber | null;
  kind: string;
  rate: WireNumber;
  bound: (Bound & { formula: string; mathml: string }) | null;
  /** whether its optimizer has a bound once it has made an update */
  bounded: boolean;
  /** why it has none here, in words */
  unbounded: string | null;
  /** whether its next update leaves it where it is */
  rests: boolean;
}

export interface NetworkStanding {
  id: number;
  step: number;
  loss: WireNumber;
  test: WireNumber | null;
  accuracy: WireNumber | null;
  /** the accuracy of always answering the largest class */
  baseline: WireNumber | null;
  diverged: number | null;
  reached: number | null;
  rate: WireNumber;
  epoch: number;
  /** why, in words */
  stopped: string | null;
}

export interface NetworkTrajectories {
  lanes: { id: number; count: number; diverged: number | null }[];
  chart: number;
  change: number;
  explained: WireNumber | null;
  /** who seems to climb on the picture, and why it does not */
  climbs: { lane: number; words: string }[];
  /** x, y and the loss there */
  minima: { lowest: [number, number, number]; reached: [number, number, number]; lane: number } | null;
}

export interface NetworkSurface {
  chart: number;
  plane: "weights" | "random" | "pca" | "points";
  names: [string, string];
  policy: string;
  cosine: WireNumber | null;
  offset: [number, number];
  domain: Plane;
  least: number;
  floor: number;
  centred: number;
  stride: number;
  /** whether a finer picture follows */
  more: boolean;
  words: string;
  levels: Levels;
}
