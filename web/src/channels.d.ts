/**
 * The pictures that travel as frames: what each channel's `meta` holds. The channels' own statement is beside the functions
 * that make them, on the server. A room adds its own to `Metas` in its `slice.d.ts`.
 */

import type { Interval, Plane } from "./catalog.js";
import type { WireNumber } from "./commands.js";
import type { Acknowledge } from "./protocol.js";

export type Channel = Acknowledge["channel"];

export type Numbers = Float64Array<ArrayBuffer> | Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;

export interface NamedArray {
  data: Numbers;
  shape: number[];
}

/** A frame whatever it shows. */
export interface AnyFrame {
  /** by its name, which need not be one of `protocol.d.ts` */
  channel: string;
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

/** Frames of channels whose `meta` takes several forms. */
export interface OtherFrames {}

export type Frame = { [C in keyof Metas]: FrameOf<C> }[keyof Metas] | OtherFrames[keyof OtherFrames];

/** The newest of each channel. */
export type Frames = { [C in keyof Metas]?: FrameOf<C> };

/** By parameter, stretches of entries, row by row, that no update changes: the first, and how many. */
export type Frozen = Record<string, [number, number][]>;

/** By channel: of the run, and what each room adds. */
export interface Metas {
  data: Empty;
  inputs: UnitsOfMaps;
  series: Lacking;
  batch_losses: Lacking;
  parameters: { frozen: Frozen };
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
}

type Empty = Record<string, never>;

/** Points of a line: of those that are there all from `from` on go. */
interface Lacking {
  from: number;
  total: number;
  revision: number;
}

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
  /** the accuracy of always answering the largest class */
  baseline: WireNumber | null;
  balanced_accuracy: WireNumber | null;
  /** of a regression */
  r_squared: WireNumber | null;
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
