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
  /** the values of f at which contours are drawn, of the part that is looked at */
  contours: number[];
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
  /** the step at which it first came to the finish */
  reached: number | null;
  /** the step since which it has stayed there */
  arrived: number | null;
  /** of the gradient */
  evaluations: number;
  /** null: a lane that finds its steps by itself */
  rate: WireNumber | null;
  seconds: number;
  bound: (Bound & { formula: string }) | null;
}

/** What is measured along a lane's path. */
/** One lane's path: its arrays are told in `server/race/surface/curvature.py`. */
export interface RaceCurvature {
  lane: number;
  change: number;
  at: "minimum" | "point";
  minimum: { x: number; y: number; value: number; kind: "global" | "local" } | null;
  factors: WireNumber[] | null;
}

/** Why the lanes arrive as they do, in words, and what kind of reason it is; null while there is none to tell. */
export interface RaceOutcome {
  reason: { told: string; first: number; other: number | null } | null;
  title: string;
  words: string;
  change: number;
}

/** One part of a lane's next update: what `engine.race.path.arrows.UpdateArrow` has. */
export interface RaceArrow {
  role: "gradient" | "memory" | "scale" | "step";
  mathml: string;
  words: string;
  x: WireNumber;
  y: WireNumber;
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
  newton_step: WireNumber;
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
  arrived: number | null;
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
  /** the losses at which contours are drawn */
  contours: number[];
}
