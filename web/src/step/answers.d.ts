/** What the microscope answers: `done.result` of the Step room's commands. Types only. */

import type { Told, WireNumber } from "../commands.js";

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

/** A line of a listing: text, or text with the array that it names; and the micro-steps that it is of. */
export interface CodeLine {
  parts: (string | [string, string])[];
  steps: number[];
}

/** `engine.microscope.Listing`; `code` is the number of it that the update tells. */
export interface Code {
  code: number;
  numpy: CodeLine[];
  torch: CodeLine[];
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
  revealed: number;
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
