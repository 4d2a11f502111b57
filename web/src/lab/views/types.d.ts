/** What an experiment adds to the room: a small picture for its card and, where a chart does not show it, a view of its own. */

import type { NamedArray } from "../../channels.js";
import type { Spec } from "../../types.js";
import type { Choices, Figure, LabTable, Status } from "../slice.js";

/** The groups of the gallery, in their order. */
export type Group = "costs" | "else" | "doing";

/** The default export of `views/<experiment>.js`. */
export interface LabView {
  /** a small schematic drawing, 160 × 90, in tokens' colours: `picture(...)` of `sketch.js` makes one */
  thumbnail: () => SVGElement;
  /** in place of the figures one after the other */
  view?: (tools: Tools) => OwnView;
}

export interface OwnView {
  /** fills the picture's place: it has a width and a height */
  element: HTMLElement;
  /** called with every painting that changes something of it; before there is a result `figures` is empty and `table` null */
  update: (shown: Shown) => void;
  /** how many steps it can be led through; the room then has a transport (←, →, Space, Home, End), and `shown.step` says where */
  steps?: (shown: Shown) => number;
  /** of the step that is shown, few */
  stepWords?: (shown: Shown) => string;
  /** milliseconds a step while it plays; else 900 */
  pace?: number;
}

/** What is to be seen now. */
export interface Shown {
  experiment: string;
  status: Status;
  /** that is done, 0 to 1 */
  share: number;
  choices: Choices;
  figures: Figure[];
  table: LabTable | null;
  /** `Result.values` */
  values: Record<string, unknown>;
  /** `Result.arrays`, by name, with those of the figures */
  arrays: Record<string, NamedArray>;
  theme: "light" | "dark";
  /** larger type */
  projector: boolean;
  /** from 0 */
  step: number;
  playing: boolean;
}

/** What a view may ask of the room. */
export interface Tools {
  /** A place in which a figure is drawn as the room draws its own. It fills the height that it is given. */
  chart: () => { element: HTMLElement; show: (figure: Figure | undefined, shown: Shown) => void };
  /** Changes choices, as a control does: the experiment begins again. */
  begin: (choices: Choices) => Promise<boolean>;
  /** A spec becomes the run, and one goes to where it is trained. */
  openRun: (spec: Spec) => Promise<void>;
  /** Goes to a step. */
  go: (step: number) => void;
}
