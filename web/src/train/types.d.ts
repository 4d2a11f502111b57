/** What the Train room holds. Types only. */

import type { WireNumber } from "../commands.js";
import type { Trial } from "../protocol.js";

export type { Trial } from "../protocol.js";

export type EdgesShow = "weights" | "gradients" | "updates";
export type UnitsShow = "map" | "delta" | "sample";
export type Page = "settings" | "network" | "output";

/** What a trial gave, or why it gave nothing. */
export interface Tested<Result> {
  run: number;
  /** where the run stood */
  step: number;
  result: Result | null;
  refusal: { field: string | null; message: string } | null;
}

export interface Pointed {
  /** 1-based */
  layer: number;
  /** 1-based; null: all of the layer */
  unit: number | null;
}

export interface TrainState {
  /** a file that is offered to be trained on */
  table: File | null;
  /** whether the output's plane is drawn on */
  drawing: boolean;
  /** whether the settings are pulled over the network, while presenting */
  drawer: boolean;
  /** whether a digit is drawn */
  digit: boolean;
  /** which of the three pages a narrow screen shows */
  page: Page;
  curve: "loss" | "accuracy";
  /** what the diagram's connections show */
  edges: EdgesShow;
  /** what its units show */
  units: UnitsShow;
  /** how often each was chosen: choosing it again fits its scale anew */
  looks: { edges: number; units: number };
  /** the layer whose weights are counted; null: none are */
  spread: number | null;
  /** the hidden layer whose settings are open, from 1 */
  opened: number | null;
  /** whether the findings are told in full */
  diagnosis: boolean;
  /** what the diagram marks, since something speaks of it */
  pointed: Pointed | null;
  /** the trial under way */
  trial: Trial | null;
  rateTest: Tested<RateTest> | null;
  gradientCheck: Tested<GradientReport> | null;
}

/** What a formula would give: some of its samples, and where its classes meet. */
export interface Sketch {
  formula: string;
  task: "classification" | "regression";
  classes: string[];
  /** of all samples, by class */
  counts: number[];
  /** what is to be known of the samples */
  note: string;
  x: [number, number][];
  y: WireNumber[];
  /** pieces of lines, from x, y to x, y */
  border: [number, number, number, number][];
}

/** What the network answers to a sample of one's own. */
export interface Answered {
  step: number;
  outputs: WireNumber[];
  /** the class; null of a regression, and where an output is not finite */
  predicted: number | null;
  by_class: WireNumber[] | null;
}

/** `engine.diagnostics.finder.RateTest`. */
export interface RateTest {
  rates: number[];
  losses: WireNumber[];
  smoothed: WireNumber[];
  smoothing: number;
  noise: WireNumber;
  /** null: it did not diverge */
  turned: number | null;
  diverged: number | null;
  suggestions: Suggestion[];
  finished: boolean;
  /** in force */
  rate: number;
}

export interface Suggestion {
  rule: "steepest" | "tenth";
  rate: number;
  words: string;
  /** the rate in two digits */
  use: number;
}

/** As `server.trials` describes it. */
export interface GradientReport {
  done: number;
  total: number;
  weights: number;
  samples: number;
  left_out: number;
  kinked: number;
  error: WireNumber;
  ok: boolean | null;
  worst: { tensor: string; entry: number[] } | null;
  verdict: string;
  evaluations: number;
  bound: number;
  tensors: TensorCheck[];
}

export interface TensorCheck {
  name: string;
  layer: number;
  shape: number[];
  checked: number;
  error: WireNumber;
  resolved: boolean;
  ok: boolean;
  /** the smallest and the largest h that was chosen */
  steps: [number, number] | null;
  rows: number;
  columns: number;
  /** entries of a cell, down and across */
  block: [number, number];
  /** null: none of the cell was checked */
  relative: (number | null)[];
  agrees: boolean[];
  /** of cells of one entry */
  analytic?: WireNumber[];
  numeric?: WireNumber[];
}
