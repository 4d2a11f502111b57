/** What the lab adds to what the page holds, and how its pictures travel. */

import type { FrameOf, NamedArray } from "../channels.js";
import type { Parameter, Setting } from "../catalog.js";
import type { TextFile, WireNumber } from "../commands.js";
import type { LabInfo } from "../protocol.js";
import type { LabView } from "./views/types.js";

/** A row of `/api/lab`: an experiment as the gallery tells it. */
export interface LabRow {
  name: string;
  title: string;
  /** one sentence */
  summary: string;
  /** with its formulas as MathML */
  summary_html: string;
  source: string;
  link: string;
  formula: string;
  mathml: string;
  /** two lines, as HTML with MathML */
  why: string;
  /** the rows of the documents that it shows */
  coverage: string;
  /** whether it is about the present run */
  on_run: boolean;
  parameters: Parameter[];
}

export type Choices = Record<string, Setting>;
export type Status = LabInfo["status"];

export interface LabLook {
  rows: LabRow[] | null;
  /** why there are none */
  failed: string;
  /** the experiment that is looked at; null: the gallery */
  open: string | null;
  /** what each adds to the page, once it is loaded */
  views: Record<string, LabView>;
  /** a begin is on its way: the experiment, with these choices */
  wished: { experiment: string; choices: Choices } | null;
  /** why the experiment could not be begun, where no control shows it */
  refused: string;
  /** of an own view that goes by steps */
  step: number;
  steps: number;
  playing: boolean;
  /** on a narrow screen, where the controls are a drawer: whether it is out */
  drawer: boolean;
}

export interface AxisTold {
  title: string;
  unit: string;
  scale: "linear" | "log";
  range: [number, number] | null;
  labels: string[];
}

export interface SeriesOf<A> {
  name: string;
  kind: "line" | "points" | "line+points" | "bars" | "steps";
  colour: number | null;
  dashed: boolean;
  x: A;
  y: A;
  low: A | null;
  high: A | null;
}

interface FigureTold {
  name: string;
  title: string;
  x: AxisTold;
  y: AxisTold;
}

export interface ChartOf<A> extends FigureTold {
  kind: "chart";
  series: SeriesOf<A>[];
  marks: { axis: "x" | "y"; at: number; words: string }[];
  stacked: boolean;
}

export interface HeatOf<A> extends FigureTold {
  kind: "heat";
  values: A;
  at_x: A | null;
  at_y: A | null;
  measure: string;
  signed: boolean;
  log: boolean;
  written: boolean;
}

/** `engine.lab.charts`, with its arrays in their places. */
export type Chart = ChartOf<NamedArray>;
export type Heat = HeatOf<NamedArray>;
export type Figure = Chart | Heat;

export type Cell = WireNumber | string | boolean | null;

export interface LabTable {
  columns: { name: string; title: string; unit: string }[];
  rows: Cell[][];
}

/** The channel `lab`. Figures name their arrays, which are among those of the frame. */
export interface LabMeta {
  lab: { number: number; experiment: string; status: Status; share: number };
  /** HTML; empty while nothing is found */
  said: string;
  table: LabTable | null;
  figures: (ChartOf<string> | HeatOf<string>)[];
  values: Record<string, unknown>;
}

export type LabFrame = FrameOf<"lab">;

declare module "../types.js" {
  interface AppState {
    /** the experiment that the session has; null: none */
    lab: LabInfo | null;
    labLook: LabLook;
  }
}

declare module "../channels.js" {
  interface Metas {
    lab: LabMeta;
  }
}

declare module "../commands.js" {
  interface Results {
    lab_export: TextFile;
  }
}
