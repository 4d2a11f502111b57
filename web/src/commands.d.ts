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

/**
 * Commands with a result: of the run, and what each room adds in its `slice.d.ts`. Where the line broke, one that took effect
 * meanwhile is answered without.
 */
export interface Results {
  share: Scripted;
  keep: Kept;
  export: TextFile;
  compare: RecordedSeries;
  replay: TextFile;
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
