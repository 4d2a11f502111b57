/** What a replay is made of: the recording as the server wrote it, and the views that draw its frames. */

import type { NamedArray } from "../src/channels.js";

export interface Slot {
  name: string;
  start: number;
  shape: number[];
  layer: number;
}

/** What every recording tells of itself. */
export interface Told {
  kind: "run" | "race" | "update";
  title: string;
  seconds: number;
  link: string | null;
}

export interface RunMeta extends Told {
  sizes: number[];
  activations: string[];
  inputs: string[];
  outputs: string[];
  classes: string[];
  columns: string[];
  task: "classification" | "regression";
  /** How the data lie: in the plane, along a line, or neither. */
  shape: string;
  domain: [number, number][];
  loss: string;
  samples: Record<string, number>;
  slots: Slot[];
  edits: { step: number; label: string }[];
}

export interface RaceLane {
  id: number;
  name: string;
  colours: { light: string; dark: string };
  dash: "solid" | "dash" | "dot" | "dashdot";
  reached: number | null;
  arrived: number | null;
  diverged: number | null;
}

export interface RaceMeta extends Told {
  on: "surface" | "network";
  lanes: RaceLane[];
  axes: [string, string];
  domain: [[number, number], [number, number]];
  /** Values of f at which contours are drawn, rising. */
  contours: number[];
  finish: number;
  minima: [number, number][];
  value: string;
  note: string;
  /** Whether some lanes ask for more gradients than one a step. */
  solvers: boolean;
  outcome: { title: string; words: string } | null;
}

export interface MicroTable {
  caption: string;
  symbol: string;
  name: string;
  rows: string[];
  columns: string[];
  /** The layer whose units the rows are; null of what is no layer's. */
  layer: number | null;
  /** Whether it is of one sample: an activation, an error signal. */
  of_sample: boolean;
  /** Null is withheld. */
  cells: (number | string | null)[][];
  /** MathML of entries written out, row by row; what is not there is null. */
  entries: (string | null)[];
}

export interface MicroStep {
  phase: "forward" | "loss" | "backward" | "update";
  title: string;
  why: string;
  note: string;
  rule: string;
  layer: number;
  backward: boolean;
  operands: MicroTable[];
  results: MicroTable[];
  large: string[];
}

export interface UpdateMeta extends Told {
  update: number;
  sample: number;
  batch: number;
  notation: string;
  problem: string | null;
  sizes: number[];
  inputs: string[];
  outputs: string[];
  weights: (number | string | null)[][][];
  steps_told: MicroStep[];
}

export interface Recording<Meta extends Told = Told> {
  meta: Meta;
  frames: number;
  steps: ArrayLike<number>;
  arrays: Record<string, NamedArray>;
}

/** A kind of recording on the page. */
export interface Player {
  element: HTMLElement;
  /** What a frame is called in a sentence: "after update 120". */
  moment: (frame: number) => string;
  /** Draws it; `theme` is "light" or "dark". */
  draw: (frame: number, theme: string) => void;
  /** How long a frame stands, in seconds, where that is not the recording's length shared out. */
  pace?: number;
}
