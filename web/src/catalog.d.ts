/** The rows of `/api/catalog`, as `engine.catalog` gathers them, and what other documents hold. */

import type { LaneSpecInput, RaceSpecInput, RunSpecInput } from "./protocol.js";

export type Task = "classification" | "regression";
export type Kind = "plane" | "line" | "table" | "image";

/** A value that a row's parameter may have. */
export type Setting = number | boolean | string | number[] | null;

/** A knob of a row: the form, the range and the words all come from here. */
export interface Parameter {
  name: string;
  title: string;
  symbol: string;
  kind: "float" | "int" | "bool" | "choice" | "pair" | "text";
  default: Setting;
  minimum: number | null;
  maximum: number | null;
  exclusive_minimum: boolean;
  exclusive_maximum: boolean;
  scale: "linear" | "log";
  choices: string[] | null;
  summary: string;
  /** of a pair: its two numbers */
  parts: Parameter[];
}

export interface Row {
  name: string;
  title: string;
  summary: string;
  source: string;
  /** where the source is to be read */
  link: string;
  formula: string;
  mathml: string;
  parameters: Parameter[];
}

export interface ActivationRow extends Row {
  derivative: string;
  derivative_mathml: string;
  /** whether a hidden layer may have it */
  hidden: boolean;
  /** whether the output layer may have it */
  output: boolean;
  kinks: number[];
}

export interface LossRow extends Row {
  /** the output where its delta is ŷ − y */
  matched: string;
  outputs: string[];
  delta: string;
  /** with the output that matches it */
  delta_mathml: string;
}

export interface ScheduleRow extends Row {
  symbols: [string, string][];
  difference: string;
  /** whether it acts on measured losses */
  measured: boolean;
}

export interface Preview {
  x: number[][];
  y: (number | number[])[];
}

export interface DatasetRow extends Row {
  task: Task;
  kind: Kind;
  classes: string[];
  samples: number | null;
  /** null: the row has no such knob */
  noise: number | null;
  preview: Preview | null;
  /** whether it is best scaled */
  standardize: boolean;
  image_shape: [number, number] | null;
}

export type Dialect = "textbook" | "pytorch";

export interface OptimizerRow extends Row {
  dialects: Dialect[];
  defaults: Record<Dialect, Record<string, Setting>>;
  mathmls: Record<Dialect, string>;
  /** of the formula, and what they mean */
  symbols: [string, string][];
  /** between the dialects, or "none" */
  difference: string;
}

export type Interval = [number, number];
export type Plane = [Interval, Interval];

export interface SurfaceRow extends Row {
  note: string;
  domain: Plane;
  start: [number, number];
  colour: "log" | "linear";
  /** how the usual lanes end, from this start */
  ending: "arrives" | "rests" | "roams";
  minima: { x: number; y: number; value: number; kind: "global" | "local" }[];
}

/** A lane of a race on a surface that is no optimizer of networks: it has no rate. */
export interface SolverRow extends Row {
  symbols: [string, string][];
  step_length: string;
}

interface PresetRow extends Row {
  steps: number;
  /** steps a second that show it */
  pace: number;
  threshold: number;
  /** what to look at */
  watch: string;
}

/** A race that makes a point; `summary` is what it claims. */
export type RacePreset = SurfacePreset | NetworkPreset | SeedsPreset;

export interface SurfacePreset extends PresetRow {
  kind: "surface";
  script: RaceSpecInput;
}

export interface NetworkPreset extends PresetRow {
  kind: "network";
  script: { run: RunSpecInput; lanes: LaneSpecInput[] };
}

export interface SeedsPreset extends PresetRow {
  kind: "seeds";
  script: { run: RunSpecInput; lanes: LaneSpecInput[]; seeds: number; steps: number };
}

export interface Catalog {
  datasets: DatasetRow[];
  features: Row[];
  activations: ActivationRow[];
  norms: Row[];
  losses: LossRow[];
  initializers: Row[];
  optimizers: OptimizerRow[];
  schedules: ScheduleRow[];
  solvers: SolverRow[];
  surfaces: SurfaceRow[];
  races: RacePreset[];
  limits: { layers: number; units: number; steps: number };
  first_look: { untouched: RunSpecInput; watched: RunSpecInput };
}
