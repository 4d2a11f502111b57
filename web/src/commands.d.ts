/** What the page sends, and what each command is answered with: `done.result`, which the protocol's schema leaves open. */

import type { Command } from "./protocol.js";

type WithoutId<C> = C extends Command ? Omit<C, "id"> : never;

/** A command as the page writes it: the connection numbers it. */
export type Sent = WithoutId<Command>;

/** By its type. */
export type Commands = { [C in Sent as C["type"]]: C };
export type CommandType = keyof Commands;

/** A float on the wire: one that is not finite is a string. */
export type WireNumber = number | "NaN" | "Infinity" | "-Infinity";

/** A number that is withheld, until it is answered or revealed, is "?". */
export type Told = WireNumber | "?";

export type ResultOf<T extends CommandType> = T extends keyof Results ? Results[T] : null | undefined;

/** Commands with a result. Where the line broke, one that took effect meanwhile is answered without. */
export interface Results {
  share: Scripted;
  race_share: Scripted;
  network_share: Scripted;
  network_open: Scripted;
  keep: Kept;
  export: TextFile;
  race_export: TextFile;
  network_export: TextFile;
  take_away: TextFile;
  compare: RecordedSeries;
  race_lane_add: LaneMade | undefined;
  race_lane_duplicate: LaneMade | undefined;
  network_lane_add: LaneMade | undefined;
  network_lane_duplicate: LaneMade | undefined;
  find_rate: RateTest;
  check_gradient: GradientReport;
  sample_chain: SampleChain;
  dissect: Dissection;
  race_dissect: Dissection;
  verify: Verification;
  wrong_way: WrongWay;
  factors: Factors;
  graph: GraphData;
  ask: Questioned;
  answer: Judged;
  reveal: Judged;
  questions: Questions;
}

export interface Scripted {
  /** JSON text, which keeps every bit */
  script: string;
}

export interface Kept {
  experiment: string;
  /** whether it outlives the server */
  lasting: boolean;
}

export interface TextFile {
  name: string;
  /** media type */
  type: string;
  text: string;
}

export interface RecordedSeries {
  branch: number;
  columns: Record<string, WireNumber[]>;
}

export interface LaneMade {
  lane: number;
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

/** `engine.microscope.SampleChain`, and the largest contributors. */
export interface SampleChain {
  name: string;
  index: number[];
  samples: number[];
  gradients: Told[];
  mean: Told;
  penalty: Told;
  with_penalty: Told;
  clipped: Told;
  scale: Told;
  largest: number[];
  shares: Told[];
  bars: { column: number; sample: number; gradient: Told; share: Told }[];
}

/** `engine.microscope.Dissection`, with MathML. */
export interface Dissection {
  rule: string;
  dialect: string;
  name: string;
  index: number[];
  step: number;
  inputs: DissectedPart[];
  parts: DissectedPart[];
  updates: number[];
  /** of a race */
  lane?: number;
}

export interface DissectedPart {
  name: string;
  symbol: string;
  words: string;
  formula: string;
  numbers: string;
  value: Told;
  becomes: string | null;
  history: Told[];
  symbol_mathml: string;
  formula_mathml: string;
  numbers_mathml: string;
}

export interface Verification {
  entries: SlopeCheck[];
  kinks: number;
  error: WireNumber | null;
  zero: boolean;
  worst: SlopeCheck | null;
  change: Change;
}

/** `engine.microscope.SlopeCheck`. */
export interface SlopeCheck {
  name: string;
  index: number[];
  analytic: Told;
  numeric: Told;
  error: WireNumber;
  step: number;
  kink: boolean;
  zero: boolean;
}

/** `engine.microscope.Change`. */
export interface Change {
  before: Told;
  after: Told;
  linear: Told;
  quadratic: Told;
  predicted: Told;
  actual: Told;
}

export interface WrongWay {
  words: string;
  differ: string[];
  tensors: WrongTensor[];
}

export interface WrongTensor {
  name: string;
  shape: number[];
  differs: boolean;
  largest: WireNumber;
  entries: { index: number[]; before: Told; right: Told; wrong: Told }[];
  more: number;
}

/** `engine.microscope.Factors`, with MathML. */
export interface Factors {
  name: string;
  sample: number;
  symbol: string;
  symbol_mathml: string;
  factors: { symbol: string; symbol_mathml: string; derivative: string; value: Told }[];
  value: Told;
  run: Told;
  latex: string;
  numbers: string;
  mathml: string;
  numbers_mathml: string;
}

/** `engine.microscope.Graph`, with MathML. Nothing of it is withheld. */
export interface GraphData {
  text: string;
  inputs: Record<string, WireNumber>;
  nodes: GraphNode[];
  gradient: Record<string, WireNumber>;
  paths: Record<string, { nodes: number[]; product: WireNumber }[]>;
}

export interface GraphNode {
  id: number;
  op: string;
  symbol: string;
  mathml: string;
  text: string;
  value: WireNumber;
  adjoint: WireNumber;
  edges: { source: number; local: WireNumber; rule: string; mathml: string; share: WireNumber }[];
}

export type Stage = "sign" | "order" | "digits";

export interface Question {
  id: number;
  micro: number;
  name: string;
  row: number;
  column: number;
  /** MathML */
  symbol: string;
  words: string;
  stage: Stage;
  answers: { stage: Stage; right: boolean | null; truth: string }[];
}

export interface Score {
  right: number;
  wrong: number;
  unknown: number;
}

export interface Questions {
  questions: Question[];
  score: Score;
}

export interface Questioned extends Questions {
  question: Question;
}

export interface Judged extends Questioned {
  stage: Stage;
  right: boolean | null;
  truth: string;
  /** told behind the last stage */
  value: number | null;
}
