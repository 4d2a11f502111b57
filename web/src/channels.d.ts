/**
 * The pictures that travel as frames: what each channel's `meta` holds. The channels' own statement is beside the functions
 * that make them: `server.channels`, `server.layer_channels`, `server.microscope.views`, `server.race`.
 */

import type { Interval, Plane } from "./catalog.js";
import type { WireNumber } from "./commands.js";
import type { Acknowledge } from "./protocol.js";
import type { StudyFrame } from "./race/studies/studies.js";
import type { Micro, Scope } from "./step/types.js";

export type Channel = Acknowledge["channel"];

export type Numbers = Float64Array<ArrayBuffer> | Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;

export interface NamedArray {
  data: Numbers;
  shape: number[];
}

/** A frame whatever it shows. */
export interface AnyFrame {
  channel: Channel;
  frame: number;
  /** of a run, or of a race */
  run: number;
  branch: number;
  step: number;
  arrays: Record<string, NamedArray>;
}

export interface FrameOf<C extends keyof Metas> extends AnyFrame {
  channel: C;
  meta: Metas[C];
}

export type Frame = { [C in keyof Metas]: FrameOf<C> }[keyof Metas] | StudyFrame;

/** The newest of each channel. */
export type Frames = { [C in keyof Metas]?: FrameOf<C> };

export interface Metas {
  data: Empty;
  inputs: UnitsOfMaps;
  series: { from: number; total: number; revision: number };
  parameters: Empty;
  gradients: Empty;
  updates: Empty;
  maps: UnitsOfMaps;
  deltas: { over: "train"; samples: number };
  evaluation: Evaluation;
  health: { layers: LayerHealth[] };
  weights: Empty;
  sample: SampleFollowed;
  rates: { rate: WireNumber; base: number; name: string; unit: "step" | "epoch" };
  flow: { ratio: number | null };
  preactivations: { samples: number; layers: LayerSpread[] };
  findings: { findings: Finding[] };
  microscope: Scope;
  microstep: Micro;
  race_surface: RaceSurface;
  race_trails: { lanes: TrailPart[]; more: boolean; change: number };
  race_standings: { lanes: RaceStanding[]; threshold: number; change: number };
  race_point: RacePoint;
  network_ways: NetworkWays;
  network_standings: { lanes: NetworkStanding[]; threshold: number; change: number };
  network_curves: { lanes: number[]; change: number };
  network_maps: { lanes: number[]; classes: boolean; change: number };
  network_surface: NetworkSurface;
}

type Empty = Record<string, never>;

export interface UnitMeta {
  layer: number;
  /** counted from 1 */
  unit: number;
  low: number;
  high: number;
}

interface UnitsOfMaps {
  units: UnitMeta[];
  domain: Interval[];
}

export type Split = "train" | "validation" | "test";

export interface Scores {
  loss: WireNumber;
  accuracy: WireNumber | null;
}

export type Evaluation = Record<Split, Scores | null> & {
  /** by split and class */
  recall: Partial<Record<Split, WireNumber[] | null>>;
  misread_split?: Split;
};

/** `engine.looks.LayerHealth`: null before the first update. */
export interface LayerHealth {
  layer: number;
  gradient: WireNumber | null;
  update: WireNumber | null;
  parameters: WireNumber;
  ratio: WireNumber | null;
}

export interface SampleFollowed {
  split: Split;
  index: number;
  /** of each layer's activation, where it has some */
  bounds: (Interval | null)[];
  loss: WireNumber;
  label: number | null;
  predicted: number | null;
}

export interface LayerSpread {
  layer: number;
  units: number;
  saturated: number | null;
  dead: number | null;
}

/** What ails a run: `engine.diagnostics.findings.Finding`. */
export interface Finding {
  name: string;
  title: string;
  summary: string;
  layer: number | null;
  evidence: Evidence[];
  remedies: { path: string; value: unknown; words: string }[];
}

export interface Evidence {
  name: string;
  value: WireNumber;
  threshold: number;
  side: "above" | "below";
  words: string;
  layer: number | null;
}

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
}

export interface NetworkStanding {
  id: number;
  step: number;
  loss: WireNumber;
  test: WireNumber | null;
  accuracy: WireNumber | null;
  diverged: number | null;
  reached: number | null;
  rate: WireNumber;
  epoch: number;
  /** why, in words */
  stopped: string | null;
}

export interface NetworkWays {
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
