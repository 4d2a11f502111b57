/**
 * What `/api/protocol` says of commands and events, as types. Generated: `.venv/bin/python .ci/protocol_types.py` writes it anew.
 * A float that is not finite travels as a string, "NaN", "Infinity" or "-Infinity".
 */

/**
 * What a page asks for.
 */
export type Command =
  | Attach
  | Configure
  | Load
  | Play
  | SetSpeed
  | Pause
  | Step
  | Seek
  | Reset
  | EditCommand
  | Undo
  | Redo
  | Share
  | Keep
  | Export
  | Compare
  | FindRate
  | CheckGradient
  | Cancel
  | Subscribe
  | Visible
  | Ping
  | Predict
  | Sketch
  | Replay
  | Look
  | ChainOfSamples
  | Dissect
  | Verify
  | WrongSide
  | ChainOfFactors
  | ReadGraph
  | Code
  | TakeAway
  | Acknowledge
  | Ask
  | Answer
  | Reveal
  | Asked
  | RaceBegin
  | RaceLoad
  | RaceChange
  | RaceRates
  | RaceLaneAdd
  | RaceLaneRemove
  | RaceLaneDuplicate
  | RaceLaneRetune
  | RaceLaneReplace
  | RacePlay
  | RacePause
  | RaceSpeedCommand
  | RaceStep
  | RaceSeek
  | RaceDissect
  | RaceFan
  | RaceShare
  | RaceExport
  | NetworkBegin
  | NetworkLoad
  | NetworkShare
  | NetworkExport
  | NetworkLaneAdd
  | NetworkLaneRemove
  | NetworkLaneDuplicate
  | NetworkLaneRetune
  | NetworkLaneReplace
  | NetworkRates
  | NetworkPlay
  | NetworkPause
  | NetworkSpeed
  | NetworkStep
  | NetworkSeek
  | NetworkPlane
  | NetworkOpen
  | StudySeeds
  | StudyRates
  | StudyBasins
  | StudyCompass
  | StudyPoint
  | StudyEdge
  | StudyCancel
  | LessonOpen
  | LessonTry
  | LessonCheck
  | LessonAnswer
  | LessonReset
  | LessonLeave
  | LessonKeep
  | LessonSource
  | LessonReceipt
  | LabBegin
  | LabCancel
  | LabLeave
  | LabExport
  | RoomLead
  | RoomTakePart
  | RoomOffer
  | RoomPart
  | Mirror
  | MirrorOff
  | MirrorLook;
/**
 * What a page is told.
 */
export type Event =
  | Attached
  | RunInfo
  | State
  | ScriptInfo
  | Loaded
  | WarmUp
  | Trial
  | Pace
  | Keeping
  | RaceInfo
  | RaceState
  | NetworkInfo
  | NetworkState
  | LessonInfo
  | LabInfo
  | RoomPartInfo
  | MirrorInfo
  | Done
  | ErrorEvent;

export interface Protocol {
  command: Command;
  event: Event;
}
/**
 * The first command on a socket: join the session named, or a new one. The newest attach holds control.
 */
export interface Attach {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "attach";
  session?: string | null;
}
/**
 * Begin a new run from a spec (RUNS.md); absent fields take their defaults. The clock stops.
 */
export interface Configure {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "configure";
  spec: RunSpecInput;
}
/**
 * All that determines a run, but for the edits made to it.
 */
export interface RunSpecInput {
  data?: DataSpecInput | FormulaDataInput | InlineDataInput;
  network?: NetworkSpecInput;
  loss?: string;
  optimizer?: OptimizerSpecInput;
  schedule?: ScheduleSpecInput;
  regularization?: RegularizationSpecInput;
  clip?: ClipSpecInput;
  batch_size?: number | "full";
  shuffle?: boolean;
  stop?: StopSpecInput;
  eval_every?: number | "epoch";
  numerics?: "stable" | "naive";
  seed?: number;
}
/**
 * A data set of the catalog, and how it is split.
 */
export interface DataSpecInput {
  name?: string;
  samples?: number;
  noise?: number;
  features?: string[];
  validation_fraction?: number;
  test_fraction?: number;
  standardize?: boolean;
  seed?: number;
}
/**
 * Points of the plane that a formula tells apart ("y = 2 * sin(x)", "x^2 + y^2 < 9") or gives their values ("x * y / 10").
 *
 * Points at which it has no value are left out, and others drawn in their place.
 */
export interface FormulaDataInput {
  name?: "formula";
  samples?: number;
  noise?: number;
  features?: string[];
  validation_fraction?: number;
  test_fraction?: number;
  standardize?: boolean;
  seed?: number;
  formula?: string;
}
/**
 * Own samples, (n, columns) each split; targets are class indices 0, 1, … or values, one or a list for each sample.
 *
 * `kind` "plane": two columns within [-6, 6], drawn and given by `features` as built-in plane data are; "image": square
 * pictures, row by row. The names (of the columns, the classes, the target, the whole) are only shown.
 */
export interface InlineDataInput {
  name?: "inline";
  task: "regression" | "classification";
  train_x: number[][];
  train_y: number[] | number[][];
  validation_x?: number[][] | null;
  validation_y?: number[] | number[][] | null;
  test_x?: number[][] | null;
  test_y?: number[] | number[][] | null;
  standardize?: boolean;
  kind?: "image" | "table" | "plane";
  features?: string[] | null;
  columns?: string[] | null;
  classes?: string[] | null;
  target?: string | null;
  title?: string | null;
}
export interface NetworkSpecInput {
  layers?: LayerSpecInput[];
  output_activation?: string;
  initializer?: InitializerSpecInput;
  bias?: number;
  train_bias?: boolean;
}
/**
 * A hidden layer: h = dropout(phi(norm(W h_below + b))) + P h_skip; `skip` counts how many layers back h_skip is.
 */
export interface LayerSpecInput {
  units?: number;
  activation?: string;
  norm?: string | null;
  dropout?: number;
  skip?: number | null;
}
export interface InitializerSpecInput {
  name?: string;
  [k: string]: unknown;
}
/**
 * An optimizer, its rate, its dialect, and the row's own parameters.
 */
export interface OptimizerSpecInput {
  name?: string;
  lr?: number;
  dialect?: "textbook" | "pytorch";
  [k: string]: unknown;
}
/**
 * How the rate moves: the row, the unit of its clock, the warm-up before it, and the row's own parameters.
 */
export interface ScheduleSpecInput {
  name?: string;
  unit?: "step" | "epoch";
  warmup?: number;
  [k: string]: unknown;
}
/**
 * Penalties on weights, never on biases: l1 |W|_1 + l2/2 |W|^2. And data augmentation, while training only: `jitter` is the
 * standard deviation of normal noise on each input, `shift` the pixels that a picture moves at most, either way.
 */
export interface RegularizationSpecInput {
  l1?: number;
  l2?: number;
  jitter?: number;
  shift?: number;
}
/**
 * Bounds of a mini-batch's gradient, penalties included: first of its norm, then of each of its values.
 */
export interface ClipSpecInput {
  norm?: number | null;
  value?: number | null;
}
/**
 * When a run ends: at max_steps; where the train loss changes by less than `min_change` from one measurement to the next;
 * or once `patience` measurements in a row bring no new best validation loss. Measurements are points of the series.
 */
export interface StopSpecInput {
  max_steps?: number;
  min_change?: number | null;
  patience?: number | null;
}
/**
 * Begin the run of a script that `share` gave, or of an experiment that `keep` keeps, and go to the step where it stood:
 * `run` and `loaded` at once, `state` tells how far it is, `script` and `done` come at the end. A pause or a seek leaves it
 * early, which is an `error`.
 */
export interface Load {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "load";
  /**
   * an `engine.script.replay.ScriptData`, or its JSON text, which keeps every bit
   */
  script?: ScriptData | string | null;
  /**
   * an id that `keep` gave, in place of a script
   */
  experiment?: string | null;
}
/**
 * A spec, the edits made to it, and the step where it stands. `fingerprint` says whose bits they were.
 */
export interface ScriptData {
  version?: 1;
  spec: RunSpecInput;
  edits?: (SetEditInput | WeightEditInput | FreezeEditInput | ExtendEditInput | LoadEditInput)[];
  step?: number;
  fingerprint?: string | null;
}
/**
 * A hyperparameter: `path` into the spec, such as optimizer.lr.
 */
export interface SetEditInput {
  /**
   * the update after this one is the first to feel it
   */
  step?: number;
  /**
   * in words; written when the edit is made
   */
  label?: string;
  kind: "set";
  path: string;
  value: unknown;
}
/**
 * One entry of a weight matrix or bias; `index` counts from 0.
 */
export interface WeightEditInput {
  /**
   * the update after this one is the first to feel it
   */
  step?: number;
  /**
   * in words; written when the edit is made
   */
  label?: string;
  kind: "weight";
  name: string;
  index: number[];
  value: number;
}
/**
 * Weights and biases that no update changes from here on: frozen at their values, or removed, which is frozen at 0; or
 * trained again. An edit of the weight of a frozen one leaves it frozen, at its new value.
 */
export interface FreezeEditInput {
  /**
   * the update after this one is the first to feel it
   */
  step?: number;
  /**
   * in words; written when the edit is made
   */
  label?: string;
  kind: "freeze";
  action?: "freeze" | "remove" | "release";
  entries: EntriesInput[];
}
/**
 * Entries of one parameter: one, a row, a column or all of them; where there is a `value`, they are set to it first.
 */
export interface EntriesInput {
  name: string;
  /**
   * counts from 0; null stands for all along that axis
   */
  index: (number | null)[];
  value?: number | null;
}
/**
 * Play goes on to a later step.
 */
export interface ExtendEditInput {
  /**
   * the update after this one is the first to feel it
   */
  step?: number;
  /**
   * in words; written when the edit is made
   */
  label?: string;
  kind: "extend";
  max_steps: number;
}
/**
 * A network that came from elsewhere, before the first update and before any other edit: the values of parameters, of batch
 * norm's running `statistics`, and the optimizer's `state` by name after so many `updates` of its own. What is not named stays
 * as it was drawn. A script has it; nobody sends it as an edit of a run that goes on.
 */
export interface LoadEditInput {
  step?: number;
  /**
   * in words; written when the edit is made
   */
  label?: string;
  kind: "load";
  /**
   * where it is from, in words
   */
  source?: string;
  parameters?: {
    [k: string]: number[];
  };
  statistics?: {
    [k: string]: number[];
  };
  state?: {
    [k: string]: {
      [k: string]: number[];
    };
  };
  updates?: number;
  /**
   * NAdam's product of its momenta so far
   */
  product?: number;
}
export interface Play {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "play";
  /**
   * absent: as before
   */
  speed?: SpeedInput | null;
}
/**
 * How fast a run plays: so many updates or epochs a second, or flat out.
 */
export interface SpeedInput {
  unit?: "steps" | "epochs" | "flat";
  rate?: number;
}
export interface SetSpeed {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "speed";
  speed: SpeedInput;
}
export interface Pause {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "pause";
}
/**
 * Pause, then make `count` updates.
 */
export interface Step {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "step";
  count?: number;
}
/**
 * Pause, then go to the state after update `step`, forwards or backwards. Changes nothing in the script.
 */
export interface Seek {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "seek";
  step: number;
}
/**
 * Begin the same spec anew, without its edits: the same start, bit for bit.
 */
export interface Reset {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "reset";
}
/**
 * Change the run from here on. `edit` is an `engine.script.script.Edit`; before the end of the run it forks a branch.
 */
export interface EditCommand {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "edit";
  edit: SetEditInput | WeightEditInput | FreezeEditInput | ExtendEditInput;
}
export interface Undo {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "undo";
}
export interface Redo {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "redo";
}
/**
 * The present branch as a script. `done.result`: {script: JSON text}. Session ids are no part of it.
 */
export interface Share {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "share";
}
/**
 * Keep the present branch's script on the server. `done.result`: {experiment, lasting}: the id to load it by, in any
 * session, and whether it outlives the server.
 */
export interface Keep {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "keep";
}
/**
 * The run as a file. `done.result`: {name, type, text}, a file name, a media type and what is in it.
 */
export interface Export {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "export";
  format: "curves" | "batch_losses" | "model" | "torch" | "script";
}
/**
 * The recorded series of a branch, thinned. `done.result`: {branch, columns: {name: [numbers]}}.
 */
export interface Compare {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "compare";
  /**
   * absent: the present one
   */
  branch?: number | null;
  points?: number;
}
/**
 * Pause, then raise the rate on a copy of the run, one update each, and see what the loss does
 * (`engine.diagnostics.finder`). The run is left alone. `trial` tells how far it is; `done.result` is the `RateTest` as
 * JSON. Whatever moves or changes the run, a pause and `cancel` end it early, which is an `error` with code cancelled.
 */
export interface FindRate {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "find_rate";
  low?: number;
  high?: number;
  /**
   * absent: 200, or as many as smoothing asks for
   */
  updates?: number | null;
}
/**
 * Pause, then compare the gradient at the present parameters with central differences
 * (`engine.diagnostics.gradient_check`). The run is left alone. `trial` tells how far it is and ends as `find_rate` does;
 * `done.result` is described in `server.run.trials`.
 */
export interface CheckGradient {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "check_gradient";
  /**
   * checked at most; of larger networks some of each tensor
   */
  weights?: number;
  /**
   * of the training set, at most
   */
  samples?: number;
}
/**
 * End the finder or the check that is under way; where there is none, nothing.
 */
export interface Cancel {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "cancel";
}
/**
 * The channels this viewer wants from now on (the whole set, not an addition).
 */
export interface Subscribe {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "subscribe";
  channels: (
    | "data"
    | "inputs"
    | "series"
    | "batch_losses"
    | "parameters"
    | "gradients"
    | "updates"
    | "maps"
    | "deltas"
    | "evaluation"
    | "health"
    | "weights"
    | "sample"
    | "rates"
    | "flow"
    | "preactivations"
    | "findings"
    | "microscope"
    | "microstep"
    | "race_surface"
    | "race_trails"
    | "race_standings"
    | "race_point"
    | "race_outcome"
    | "race_fan"
    | "race_curvature"
    | "race_evaluations"
    | "race_arrows"
    | "network_ways"
    | "network_standings"
    | "network_curves"
    | "network_maps"
    | "network_outcome"
    | "network_surface"
    | "study"
    | "lesson_task"
    | "lab"
    | "follow"
  )[];
  /**
   * cells along a side of a unit map
   */
  grid?: number;
  /**
   * which one the channel sample follows
   */
  sample?: SampleChoice | null;
  /**
   * frames of a channel sent before the last is acknowledged
   */
  ahead?: number;
  /**
   * what race_surface shows; absent: its whole domain
   */
  plane?: [[number, number], [number, number]] | null;
  /**
   * whose place race_point and race_curvature tell; absent: leader's
   */
  lane?: number | null;
}
/**
 * A sample of the present run.
 */
export interface SampleChoice {
  split: "train" | "validation" | "test";
  /**
   * counted from 0
   */
  index: number;
}
/**
 * The page's document is hidden, or shown again. While it is hidden no picture is made for it, and after a while what plays
 * rests; shown again, it goes on by itself.
 */
export interface Visible {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "visible";
  visible: boolean;
}
/**
 * Whether the line is there: answered at once, however busy the session is.
 */
export interface Ping {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "ping";
}
/**
 * What the network answers to a sample of one's own, as it stands. `done.result`: {step, outputs, predicted, by_class}: for
 * classes the index of the class predicted, and the output that speaks for each; for a regression both are null. The run is
 * left alone.
 */
export interface Predict {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "predict";
  /**
   * a raw sample, a number for each of the run's columns
   */
  x: number[];
}
/**
 * The data that a formula would give, while it is typed. `done.result`: {formula, task, classes, counts, note, x, y,
 * border}: how many samples of each class, some of the samples with their targets, and where classes meet as pieces of lines
 * (from x, y to x, y). The run is left alone.
 */
export interface Sketch {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "sketch";
  data: FormulaDataInput;
}
/**
 * Pause, then record the updates from `first` to `last` on a copy of the run, frame by frame, as a file that plays by
 * itself for so many `seconds` (`engine.export.replay`). The run is left alone. `trial` tells how far it is and ends as
 * `find_rate` does; `done.result`: {name, type, text}, as `export`.
 */
export interface Replay {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "replay";
  first?: number;
  /**
   * absent: where the run stands
   */
  last?: number | null;
  seconds?: number;
  theme?: "light" | "dark";
  link?: string | null;
}
/**
 * Point this viewer's microscope: the channels `microscope` and `microstep` show the next update of the run from there. It
 * stays so while the run moves; what a later update does not have (that entry, that sample) is then shown as close as it can
 * be, and `microstep` says so.
 */
export interface Look {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "look";
  /**
   * the micro-step, from 0; from the end, −1 the last; null: the first
   */
  micro?: number | null;
  /**
   * one of `engine.microscope.NOTATIONS`
   */
  notation?: string;
  /**
   * a training row, from 0; first: the mini-batch's; null: the whole mini-batch
   */
  sample?: number | "first" | null;
  depth?: "layer" | "unit" | "edge";
  /**
   * a result of the micro-step; null: its first
   */
  name?: string | null;
  row?: number;
  /**
   * where there is one for each sample, `sample` decides
   */
  column?: number;
  /**
   * of the entry's sum, at depth edge
   */
  term?: number;
}
/**
 * From the mini-batch's samples to what a parameter follows. `done.result`: `engine.microscope.SampleChain`, and
 * ``bars``: of the largest contributors their ``column``, ``sample`` (1-based training row), ``gradient`` and ``share``.
 * Refused under batch norm.
 */
export interface ChainOfSamples {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "sample_chain";
  /**
   * a parameter's, such as W1
   */
  name: string;
  /**
   * counted from 0
   */
  index: number[];
}
/**
 * The update of one parameter taken apart, with each quantity's last values. `done.result`: `engine.microscope.Dissection`
 * with ``symbol_mathml``, ``formula_mathml`` and ``numbers_mathml`` in each part.
 */
export interface Dissect {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "dissect";
  /**
   * a parameter's, such as W1
   */
  name: string;
  /**
   * counted from 0
   */
  index: number[];
}
/**
 * Was it right? Finite differences of some entries, and the change of J that the update makes, on its own mini-batch and
 * masks. `done.result`: ``entries`` (`engine.microscope.SlopeCheck`), ``error``, how far they are apart all together (null:
 * none were asked for), ``worst`` of them, ``kinks``, and ``change`` (`engine.microscope.Change`).
 */
export interface Verify {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "verify";
  entries: Entry[];
}
/**
 * One entry of a parameter.
 */
export interface Entry {
  /**
   * a parameter's, such as W1
   */
  name: string;
  /**
   * counted from 0
   */
  index: number[];
}
/**
 * The update made in place on the way back, beside the right one. `done.result`: ``words``, ``differ`` (names), and for
 * each parameter ``tensors``: ``name shape differs largest entries more``, an entry being ``index before right wrong``; of a
 * large tensor those that differ the most. Refused where the gradient is clipped.
 */
export interface WrongSide {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "wrong_way";
}
/**
 * ∂ℓ/∂θ in a chain of single units, as one product. `done.result`: `engine.microscope.Factors` with ``mathml`` and
 * ``numbers_mathml``. Refused for other networks.
 */
export interface ChainOfFactors {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "factors";
  /**
   * a parameter's, such as W1
   */
  name: string;
  /**
   * counted from 0
   */
  sample?: number;
  /**
   * a notation's name, of `/api/microscope`
   */
  notation?: string;
}
/**
 * An expression's graph, with values and adjoints. `done.result`: `engine.microscope.Graph`, symbols and rules as MathML
 * too.
 */
export interface ReadGraph {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "graph";
  /**
   * + - * / **, functions, numbers and the names of the inputs
   */
  text: string;
  inputs: {
    [k: string]: number;
  };
}
/**
 * The update as a listing, one for all updates that are made alike: the ``code`` of `microscope` tells when it is another.
 * `done.result`: ``code``, and ``numpy`` and ``torch``, lines of ``parts``, text or [text, the array that it names], and
 * ``steps``, the micro-steps that a line is of. Of numbers there are hyperparameters alone.
 */
export interface Code {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "code";
}
/**
 * A micro-step as LaTeX, or the whole update as an HTML page, as one that plays by itself
 * (`engine.export.replay`) or as JSON. `done.result`: {name, type, text}, as `export`.
 */
export interface TakeAway {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "take_away";
  format: "latex" | "sheet" | "json" | "replay";
  /**
   * of a replay, as `link`
   */
  theme?: "light" | "dark";
  link?: string | null;
  /**
   * counted from 0
   */
  micro?: number;
  /**
   * counted from 0
   */
  row?: number;
  /**
   * counted from 0
   */
  column?: number;
  /**
   * a column of the mini-batch
   */
  sample?: number;
  /**
   * a notation's name, of `/api/microscope`
   */
  notation?: string;
}
/**
 * Sent after painting a frame of `channel`, which stands for those before it too; the newest state of that channel
 * follows. Has no answer.
 */
export interface Acknowledge {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "acknowledge";
  channel:
    | "data"
    | "inputs"
    | "series"
    | "batch_losses"
    | "parameters"
    | "gradients"
    | "updates"
    | "maps"
    | "deltas"
    | "evaluation"
    | "health"
    | "weights"
    | "sample"
    | "rates"
    | "flow"
    | "preactivations"
    | "findings"
    | "microscope"
    | "microstep"
    | "race_surface"
    | "race_trails"
    | "race_standings"
    | "race_point"
    | "race_outcome"
    | "race_fan"
    | "race_curvature"
    | "race_evaluations"
    | "race_arrows"
    | "network_ways"
    | "network_standings"
    | "network_curves"
    | "network_maps"
    | "network_outcome"
    | "network_surface"
    | "study"
    | "lesson_task"
    | "lab"
    | "follow";
  frame: number;
}
/**
 * Withhold a number, everywhere, until it is answered or revealed: entry (row, column) of an array of a micro-step, its
 * main result where no `name` is given. `done.result`: {question, questions, score}; questions end with the update.
 */
export interface Ask {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "ask";
  /**
   * counted from 0
   */
  micro: number;
  name?: string;
  /**
   * counted from 0
   */
  row?: number;
  /**
   * counted from 0
   */
  column?: number;
  /**
   * a column of the mini-batch, for a sample's own gradient
   */
  sample?: number;
  /**
   * a notation's name, of `/api/microscope`
   */
  notation?: string;
}
/**
 * An answer to the present stage of a question: its sign (-1, 0, 1), the power of ten at or below its size, the number to
 * two significant digits; null: "I don't know". `done.result`: {question, right, truth, value, questions, score}; `value` is
 * told behind the last stage.
 */
export interface Answer {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "answer";
  question: number;
  answer: number | null;
}
/**
 * Tell a number that was asked for; the stages not answered count as not known. `done.result`: as `answer`.
 */
export interface Reveal {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "reveal";
  question: number;
}
/**
 * The questions that are open. `done.result`: {questions, score}.
 */
export interface Asked {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "questions";
}
/**
 * Begin another race at step 0, from an `engine.race.spec.RaceSpec`; without one the race a room opens with, each lane's
 * rate tuned for its surface: Rosenbrock's, or the one that is named.
 */
export interface RaceBegin {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "race";
  /**
   * leave the race that there is, if there is one
   */
  unless_there?: boolean;
  spec?: RaceSpecInput | null;
  /**
   * only without a spec
   */
  surface?: SurfaceSpecInput | string | null;
  /**
   * as in `race_change`; absent: 0.01, or what suits the surface
   */
  threshold?: number | null;
}
/**
 * A race on a surface. `start` None is the surface's own; `noise` is the standard deviation of each gradient entry's noise,
 * the same draws for all lanes; beyond `bound` in either coordinate a lane has diverged.
 */
export interface RaceSpecInput {
  surface?: SurfaceSpecInput;
  start?: [number, number] | null;
  noise?: number;
  seed?: number;
  lanes?: LaneSpecInput[];
  max_steps?: number;
  bound?: number;
}
/**
 * A row with its parameters, or {"name": "formula", "formula": "x**2 + sin(y)", "domain": [[-3, 3], [-3, 3]]}.
 */
export interface SurfaceSpecInput {
  name?: string;
  [k: string]: unknown;
}
/**
 * A lane: its optimizer (on a surface also a solver) and schedule, what was changed on the way, and what it does not share
 * with the others.
 */
export interface LaneSpecInput {
  label?: string;
  optimizer?: OptimizerSpecInput | SolverSpec;
  schedule?: ScheduleSpecInput;
  retunes?: RetuneInput[];
  batch_size?: number | string | null;
  seed?: number | null;
  initializer?: InitializerSpecInput | null;
}
/**
 * A solver and its row's parameters, for a lane of a race on a surface. It has no rate and no dialects.
 */
export interface SolverSpec {
  name: string;
  [k: string]: unknown;
}
/**
 * From the update after `step` on a lane runs under these.
 */
export interface RetuneInput {
  step?: number;
  optimizer: OptimizerSpecInput | SolverSpec;
  schedule?: ScheduleSpecInput;
}
/**
 * Begin the race of a script that `race_share` gave, and go to the step where it stood; `done` comes at the end.
 */
export interface RaceLoad {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "race_load";
  script:
    | {
        [k: string]: unknown;
      }
    | string;
}
/**
 * Another surface, start, noise, seed, length or bound: every lane runs again, to the present step; on another kind of
 * surface it stands at step 0. Absent fields stay; a new surface brings its own start. `threshold`: how close to the least
 * known loss the finish is.
 */
export interface RaceChange {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "race_change";
  surface?: SurfaceSpecInput | string | null;
  start?: [number, number] | null;
  noise?: number | null;
  seed?: number | null;
  max_steps?: number | null;
  bound?: number | null;
  threshold?: number | null;
}
/**
 * Choose every lane's rate in one way, and say which: the `same` one for all (`lr`), each rule's `defaults`, or each
 * `tuned`: over a grid of `rates`, on three seeds of the noise, that which arrives first within `steps` and stays, or where
 * none does has the least loss. Lanes run again, without what was changed on the way; solvers have no rate. `done` comes when
 * all are tuned; a pause ends it early, an `error` with code cancelled.
 */
export interface RaceRates {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "race_rates";
  how: "same" | "defaults" | "tuned";
  lr?: number | null;
  /**
   * absent: 22, from 1e-6 to 10
   */
  rates?: number[] | null;
  steps?: number;
}
/**
 * `lane` is an `engine.race.spec.LaneSpec`. `done.result`: {lane: its id}.
 */
export interface RaceLaneAdd {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "race_lane_add";
  lane: LaneSpecInput;
}
export interface RaceLaneRemove {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "race_lane_remove";
  /**
   * a lane's id, which the event `race` tells
   */
  lane: number;
}
/**
 * A second lane with the same past. `done.result`: {lane: its id}.
 */
export interface RaceLaneDuplicate {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "race_lane_duplicate";
  /**
   * a lane's id, which the event `race` tells
   */
  lane: number;
}
/**
 * From the present step on another rule, rate or schedule; what is absent stays as it is.
 */
export interface RaceLaneRetune {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "race_lane_retune";
  /**
   * a lane's id, which the event `race` tells
   */
  lane: number;
  optimizer?: OptimizerSpecInput | SolverSpec | null;
  schedule?: ScheduleSpecInput | null;
}
/**
 * Another `engine.race.spec.LaneSpec` in a lane's place: it runs again from the start. A name, or a seed of its own.
 */
export interface RaceLaneReplace {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "race_lane_replace";
  /**
   * a lane's id, which the event `race` tells
   */
  lane: number;
  spec: LaneSpecInput;
}
export interface RacePlay {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "race_play";
  /**
   * absent: as before
   */
  speed?: RaceSpeedInput | null;
}
/**
 * How fast a race plays: so many steps a second, or flat out.
 */
export interface RaceSpeedInput {
  unit?: "steps" | "flat";
  rate?: number;
}
export interface RacePause {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "race_pause";
}
export interface RaceSpeedCommand {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "race_speed";
  speed: RaceSpeedInput;
}
/**
 * Pause, then `count` updates of every lane.
 */
export interface RaceStep {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "race_step";
  count?: number;
}
/**
 * Pause, then look at a step of every lane. Changes nothing in the script.
 */
export interface RaceSeek {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "race_seek";
  step: number;
}
/**
 * A lane's coming update at the present step taken apart, for one coordinate, with each quantity's last values.
 * `done.result`: `engine.microscope.Dissection` as `dissect` tells it, with ``lane``. Refused for a lane that left the surface
 * and at the race's end.
 */
export interface RaceDissect {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "race_dissect";
  /**
   * a lane's id, which the event `race` tells
   */
  lane: number;
  coordinate: "x" | "y";
}
/**
 * One lane from many starts at once, to the race's end or as far as a million updates in all go, and again whenever the
 * race is another; without starts no more. The channel `race_fan` shows them. `done` comes when they have been run.
 */
export interface RaceFan {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "race_fan";
  /**
   * a lane's id, which the event `race` tells
   */
  lane: number;
  starts: [number, number][];
}
/**
 * The race as a script. `done.result`: {script: JSON text}.
 */
export interface RaceShare {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "race_share";
}
/**
 * The race as a file: a page of its own with everything in it, one that plays by itself (`engine.export.replay`), or
 * every step of every lane as a table. `done.result`: {name, type, text}. In a table a name that a spreadsheet might take for
 * a formula has an apostrophe before it.
 */
export interface RaceExport {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "race_export";
  format: "html" | "csv" | "replay";
  theme?: "light" | "dark";
  /**
   * of a replay, as `last` and `seconds`
   */
  first?: number;
  /**
   * absent: where the race stands
   */
  last?: number | null;
  /**
   * that it plays for
   */
  seconds?: number;
  link?: string | null;
}
/**
 * Begin a race on the network at step 0: on the present run's spec as it stands, without its edits of weights. Absent
 * `lanes` (each an `engine.race.spec.LaneSpec`) are the run's own rule and some others at their defaults.
 */
export interface NetworkBegin {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "network";
  /**
   * as in `race`
   */
  unless_there?: boolean;
  lanes?: LaneSpecInput[] | null;
  /**
   * train loss that counts as reached
   */
  threshold?: number;
}
/**
 * Begin the race of a script that `network_share` gave, and go to the step where it stood; `done` comes at the end.
 */
export interface NetworkLoad {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "network_load";
  script:
    | {
        [k: string]: unknown;
      }
    | string;
}
/**
 * The race as a script. `done.result`: {script: JSON text}.
 */
export interface NetworkShare {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "network_share";
}
/**
 * The race as a file: a page of its own with everything in it, one that plays by itself over the plane that is looked
 * at (`engine.export.replay`), or every recorded step of every lane as a table. `done.result`: {name, type, text}.
 */
export interface NetworkExport {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "network_export";
  format: "html" | "csv" | "replay";
  theme?: "light" | "dark";
  /**
   * of a replay, as `last` and `seconds`
   */
  first?: number;
  /**
   * absent: where the race stands
   */
  last?: number | null;
  /**
   * that it plays for
   */
  seconds?: number;
  link?: string | null;
}
/**
 * A lane, which runs from the start to where the others are. `done.result`: {lane: its id}.
 */
export interface NetworkLaneAdd {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "network_lane_add";
  lane: LaneSpecInput;
}
export interface NetworkLaneRemove {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "network_lane_remove";
  /**
   * a lane's id, which the event `race` tells
   */
  lane: number;
}
/**
 * A second lane with the same past. `done.result`: {lane: its id}.
 */
export interface NetworkLaneDuplicate {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "network_lane_duplicate";
  /**
   * a lane's id, which the event `race` tells
   */
  lane: number;
}
/**
 * From the present step on another rule, rate or schedule; what is absent stays as it is.
 */
export interface NetworkLaneRetune {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "network_lane_retune";
  /**
   * a lane's id, which the event `race` tells
   */
  lane: number;
  optimizer?: OptimizerSpecInput | null;
  schedule?: ScheduleSpecInput | null;
}
/**
 * Another `engine.race.spec.LaneSpec` in a lane's place, such as one with a batch size, a seed or an initializer of its
 * own: it runs again from the start.
 */
export interface NetworkLaneReplace {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "network_lane_replace";
  /**
   * a lane's id, which the event `race` tells
   */
  lane: number;
  spec: LaneSpecInput;
}
/**
 * As `race_rates`: every lane's rate is chosen in one way. `tuned` runs a lane at each rate of the grid from the race's own
 * start, over its own batches, and takes that which comes first to the threshold and stays, or where none does has the least
 * train loss. The same race is tuned once. Lanes run again, to where they stood.
 */
export interface NetworkRates {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "network_rates";
  how: "same" | "defaults" | "tuned";
  lr?: number | null;
  /**
   * absent: 16, from 1e-4 to 10
   */
  rates?: number[] | null;
  steps?: number;
}
export interface NetworkPlay {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "network_play";
  /**
   * absent: as before
   */
  speed?: RaceSpeedInput | null;
}
export interface NetworkPause {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "network_pause";
}
export interface NetworkSpeed {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "network_speed";
  speed: RaceSpeedInput;
}
/**
 * Pause, then `count` updates of every lane.
 */
export interface NetworkStep {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "network_step";
  count?: number;
}
/**
 * Pause, then every lane to the state after update `step`. Changes nothing in the script.
 */
export interface NetworkSeek {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "network_seek";
  step: number;
}
/**
 * Lay a plane through the lanes as they stand, and draw the loss over it anew, coarse to fine: also how it is centred
 * again. `weights` and `random` go through `lane`, the leader where it is absent; `points` through three `corners`, each a
 * lane's id, or 0 for the start that all share.
 */
export interface NetworkPlane {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "network_plane";
  kind?: "weights" | "random" | "pca" | "points";
  lane?: number | null;
  /**
   * @minItems 2
   * @maxItems 2
   *
   * Items: of a parameter in θ, counted from 0; `tensors` says which is where
   */
  weights?: [number, number];
  seed?: number;
  /**
   * what random directions are along biases and norms
   */
  others?: "zero" | "normal";
  /**
   * @minItems 3
   * @maxItems 3
   */
  corners?: [number, number, number];
  zoom?: number;
  /**
   * along a side of the finest picture
   */
  points?: 25 | 53 | 101;
}
/**
 * A lane's run where it stands. `done.result`: {script: JSON text}, which `load` takes.
 */
export interface NetworkOpen {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "network_open";
  /**
   * a lane's id, which the event `race` tells
   */
  lane: number;
}
/**
 * The lanes over many seeds of start and batches, in their first form: the race itself is left alone. Studies answer when
 * they begin; the channel `study` tells the rest. Another study, and `study_cancel`, end one that is under way.
 */
export interface StudySeeds {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "study_seeds";
  /**
   * absent: all
   */
  lanes?: number[] | null;
  seeds?: number;
  first?: number;
  steps?: number;
  threshold?: number;
}
/**
 * Each lane's loss after a budget of steps, at rates from `low` to `high`.
 */
export interface StudyRates {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "study_rates";
  on?: "network" | "surface";
  /**
   * absent: all
   */
  lanes?: number[] | null;
  low?: number;
  high?: number;
  rates?: number;
  seeds?: number;
  steps?: number;
}
/**
 * Where a lane of the race on the surface ends from each start of a grid.
 */
export interface StudyBasins {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "study_basins";
  /**
   * a lane's id, which the event `race` tells
   */
  lane: number;
  side?: number;
  steps?: number;
  reach?: number;
}
/**
 * Per-sample gradients along two weights where a lane stands, the mean of the `number`-th mini-batch drawn for looking, the
 * full gradient, and the spread against the batch size.
 */
export interface StudyCompass {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "study_compass";
  /**
   * a lane's id, which the event `race` tells
   */
  lane: number;
  /**
   * @minItems 2
   * @maxItems 2
   *
   * Items: of a parameter in θ, counted from 0; `tensors` says which is where
   */
  weights?: [number, number];
  batch_size?: number;
  number?: number;
}
/**
 * What lanes have under their feet: slope, curvature, kind of point, their own stability bound beside their rate, and the
 * map of rates and momenta of the local quadratic.
 */
export interface StudyPoint {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "study_point";
  /**
   * absent: all
   */
  lanes?: number[] | null;
}
/**
 * λ_max along a lane's path, beside the largest at which its optimizer is stable at its rate, 2/η of gradient descent: of a
 * lane of the race as far as it has run, or of gradient descent over the whole of 20 samples of a sine, run for this.
 */
export interface StudyEdge {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "study_edge";
  on?: "sine" | "race";
  /**
   * of the race; absent: the first
   */
  lane?: number | null;
  /**
   * on the sine
   */
  rate?: number;
  /**
   * on the sine
   */
  steps?: number;
  /**
   * of the path, at most; absent: up to 401, of a lane 98
   */
  points?: number | null;
}
/**
 * End the study under way; where there is none, nothing.
 */
export interface StudyCancel {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "study_cancel";
}
/**
 * Open a card: its situation is built in this session, in place of what is there, and nothing moves or tells what it asks
 * before its question is answered. A card that goes on with what is there leaves it. The event `lesson` tells the card.
 */
export interface LessonOpen {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "lesson";
  /**
   * course/lesson, or an own one's id
   */
  lesson: string;
  /**
   * counted from 0
   */
  card?: number;
  /**
   * its question was answered before, on this page: nothing is asked again
   */
  answered?: boolean;
}
/**
 * Open a card of a text that is being written. `done.result`: {problems: [{line, message, allowed}]}, empty where it is
 * opened.
 */
export interface LessonTry {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "lesson_try";
  text: string;
  card?: number;
}
/**
 * Read a text that is being written. `done.result`: {problems: [{line, message, allowed}], lesson: its cards as `lesson`
 * tells them, without situations, or null}.
 */
export interface LessonCheck {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "lesson_check";
  text: string;
}
/**
 * Answer the question of the card that is open; null: I don't know. By its kind: the index of a choice; -1, 0 or 1; a power
 * of ten; a number; indices in order; [x, y]; the heights of a curve at evenly spaced steps. `done.result` is the
 * `LessonVerdict`.
 */
export interface LessonAnswer {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "lesson_answer";
  answer: number | number[] | null;
}
/**
 * Build the card's situation again; an answer that was given stays given.
 */
export interface LessonReset {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "lesson_reset";
}
/**
 * Leave the lesson: what it began stays, and nothing is locked.
 */
export interface LessonLeave {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "lesson_leave";
}
/**
 * Keep a text on the server. `done.result`: {lesson, lasting}: the id to open it by, in any session, and whether it
 * outlives the server. Refused where it cannot be read.
 */
export interface LessonKeep {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "lesson_keep";
  text: string;
}
/**
 * A lesson's text. `done.result`: {text}.
 */
export interface LessonSource {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "lesson_source";
  /**
   * course/lesson, or an own one's id
   */
  lesson: string;
}
/**
 * What was done on the card, as a file that `chainrule check` replays. `done.result`: {name, type, text}.
 */
export interface LessonReceipt {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "lesson_receipt";
}
/**
 * Begin an experiment, in place of the one under way. It answers when it begins: the event `lab` and the channel `lab` tell
 * the rest. What is about a run is about the present one as it stands now, which is left alone.
 */
export interface LabBegin {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "lab_begin";
  /**
   * as `/api/lab` lists them
   */
  experiment: string;
  /**
   * by the names of the experiment's parameters; absent: their defaults
   */
  choices?: {
    [k: string]: boolean | number | string | number[] | null;
  };
  /**
   * about the present run, also where the experiment does not need one
   */
  of?: "run" | null;
}
/**
 * End the experiment under way; what it has found so far stays. Where there is none, nothing.
 */
export interface LabCancel {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "lab_cancel";
}
/**
 * Back to the gallery: the experiment is ended, and what it found let go.
 */
export interface LabLeave {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "lab_leave";
}
/**
 * What was found as a file: its table with all digits, or a page of its own with the figures. `done.result`: {name, type,
 * text}.
 */
export interface LabExport {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "lab_export";
  format: "csv" | "html";
  theme?: "light" | "dark";
}
/**
 * This session is what the class sees and is asked about, from now on: with the teacher's key, in place of the one that
 * was. `done.result`: {room}.
 */
export interface RoomLead {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "room_lead";
  /**
   * the room's, in capitals or not
   */
  code: string;
  /**
   * as the server gave it
   */
  key: string;
}
/**
 * This session is a learner's own screen, from now on: with the learner's key. What it shows is a piece of the class's
 * wall, and it is still while a vote is open or eyes are up.
 */
export interface RoomTakePart {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "room_take_part";
  /**
   * the room's, in capitals or not
   */
  code: string;
  /**
   * as the server gave it
   */
  key: string;
}
/**
 * Whether the teacher may put this run on the screen.
 */
export interface RoomOffer {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "room_offer";
  offered: boolean;
}
/**
 * This session is in no class any more.
 */
export interface RoomPart {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "room_part";
}
/**
 * The class of this room may see the session's page as it is: with the key of the room's teacher.
 */
export interface Mirror {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "mirror";
  code: string;
  key: string;
}
/**
 * Nobody sees it any more.
 */
export interface MirrorOff {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "mirror_off";
}
/**
 * How the page looks at what it is shown, for those who see it as it is: its room and the choices there.
 */
export interface MirrorLook {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "mirror_look";
  /**
   * at most 16,000 characters, written as JSON
   */
  look: {
    [k: string]: unknown;
  };
}
/**
 * The answer to attach. `generation` numbers the holders of control; an older socket is closed with 4001.
 */
export interface Attached {
  type: "attached";
  id: string | number | null;
  session: string;
  generation: number;
  resumed: boolean;
  fingerprint: string;
  /**
   * bytes of a command that is read; one twice as long closes the socket
   */
  longest_message: number;
}
/**
 * A run begins (or is resumed): all that stays the same while it lasts.
 */
export interface RunInfo {
  type: "run";
  /**
   * counts the runs of a session; frames carry it
   */
  run: number;
  /**
   * complete: every default written out
   */
  spec: RunSpec;
  task: "classification" | "regression";
  /**
   * of a sample: two coordinates, one, a row, a picture
   */
  kind: "plane" | "line" | "table" | "image";
  /**
   * names of a raw sample's columns
   */
  columns: string[];
  /**
   * names of the network's inputs, d_0 of them
   */
  inputs: string[];
  /**
   * names of the outputs, d_L of them
   */
  outputs: string[];
  /**
   * empty for regression
   */
  classes: string[];
  image_shape: [number, number] | null;
  /**
   * the range drawn: a pair for each column of a plane or line
   */
  domain: [number, number][];
  layers: LayerInfo[];
  output_activation: string;
  loss: string;
  parameter_count: number;
  /**
   * train, validation, test
   */
  samples: {
    [k: string]: number;
  };
  /**
   * what is to be known of the samples, in words
   */
  note: string;
  /**
   * of own data, SHA-256: script events refer to them by it
   */
  data_digest: string | null;
}
/**
 * All that determines a run, but for the edits made to it.
 */
export interface RunSpec {
  data: DataSpec | FormulaData | InlineData;
  network: NetworkSpec;
  loss: string;
  optimizer: OptimizerSpec;
  schedule: ScheduleSpec;
  regularization: RegularizationSpec;
  clip: ClipSpec;
  batch_size: number | "full";
  shuffle: boolean;
  stop: StopSpec;
  eval_every: number | "epoch";
  numerics: "stable" | "naive";
  seed: number;
}
/**
 * A data set of the catalog, and how it is split.
 */
export interface DataSpec {
  name: string;
  samples: number;
  noise: number;
  features: string[];
  validation_fraction: number;
  test_fraction: number;
  standardize: boolean;
  seed: number;
}
/**
 * Points of the plane that a formula tells apart ("y = 2 * sin(x)", "x^2 + y^2 < 9") or gives their values ("x * y / 10").
 *
 * Points at which it has no value are left out, and others drawn in their place.
 */
export interface FormulaData {
  name: "formula";
  samples: number;
  noise: number;
  features: string[];
  validation_fraction: number;
  test_fraction: number;
  standardize: boolean;
  seed: number;
  formula: string;
}
/**
 * Own samples, (n, columns) each split; targets are class indices 0, 1, … or values, one or a list for each sample.
 *
 * `kind` "plane": two columns within [-6, 6], drawn and given by `features` as built-in plane data are; "image": square
 * pictures, row by row. The names (of the columns, the classes, the target, the whole) are only shown.
 */
export interface InlineData {
  name: "inline";
  task: "regression" | "classification";
  train_x: number[][];
  train_y: number[] | number[][];
  validation_x: number[][] | null;
  validation_y: number[] | number[][] | null;
  test_x: number[][] | null;
  test_y: number[] | number[][] | null;
  standardize: boolean;
  kind: "image" | "table" | "plane";
  features: string[] | null;
  columns: string[] | null;
  classes: string[] | null;
  target: string | null;
  title: string | null;
}
export interface NetworkSpec {
  layers: LayerSpec[];
  output_activation: string;
  initializer: InitializerSpec;
  bias: number;
  train_bias: boolean;
}
/**
 * A hidden layer: h = dropout(phi(norm(W h_below + b))) + P h_skip; `skip` counts how many layers back h_skip is.
 */
export interface LayerSpec {
  units: number;
  activation: string;
  norm: string | null;
  dropout: number;
  skip: number | null;
}
export interface InitializerSpec {
  name: string;
  [k: string]: unknown;
}
/**
 * An optimizer, its rate, its dialect, and the row's own parameters.
 */
export interface OptimizerSpec {
  name: string;
  lr: number;
  dialect: "textbook" | "pytorch";
  [k: string]: unknown;
}
/**
 * How the rate moves: the row, the unit of its clock, the warm-up before it, and the row's own parameters.
 */
export interface ScheduleSpec {
  name: string;
  unit: "step" | "epoch";
  warmup: number;
  [k: string]: unknown;
}
/**
 * Penalties on weights, never on biases: l1 |W|_1 + l2/2 |W|^2. And data augmentation, while training only: `jitter` is the
 * standard deviation of normal noise on each input, `shift` the pixels that a picture moves at most, either way.
 */
export interface RegularizationSpec {
  l1: number;
  l2: number;
  jitter: number;
  shift: number;
}
/**
 * Bounds of a mini-batch's gradient, penalties included: first of its norm, then of each of its values.
 */
export interface ClipSpec {
  norm: number | null;
  value: number | null;
}
/**
 * When a run ends: at max_steps; where the train loss changes by less than `min_change` from one measurement to the next;
 * or once `patience` measurements in a row bring no new best validation loss. Measurements are points of the series.
 */
export interface StopSpec {
  max_steps: number;
  min_change: number | null;
  patience: number | null;
}
export interface LayerInfo {
  /**
   * 1-based; the last is the output layer
   */
  layer: number;
  units: number;
  activation: string;
}
/**
 * Where a session stands. The newest overwrites older ones.
 */
export interface State {
  type: "state";
  run: number;
  status: "paused" | "playing" | "seeking" | "finished" | "stopped";
  step: number;
  /**
   * the furthest step of this branch
   */
  end: number;
  max_steps: number;
  /**
   * epochs begun, minus one: 0 during the first
   */
  epoch: number;
  steps_per_epoch: number;
  branch: number;
  speed: Speed;
  /**
   * measured over the last second of play; null while not playing
   */
  steps_per_second: number | null;
  stop: Stop | null;
  /**
   * from and to, while a seek is under way
   */
  seek: [number, number] | null;
}
/**
 * How fast a run plays: so many updates or epochs a second, or flat out.
 */
export interface Speed {
  unit: "steps" | "epochs" | "flat";
  rate: number;
}
/**
 * Why a run stopped: it is finished, a rule stopped it, or an op gave a non-finite value.
 */
export interface Stop {
  kind: "finished" | "non_finite" | "early" | "small_change";
  /**
   * the number of updates done; a non-finite value arose in the update after it
   */
  step: number;
  op: string | null;
  /**
   * stopped early: the step of the best validation loss
   */
  best: number | null;
  message: string;
  /**
   * the first value that was not finite, in words
   */
  detail: string | null;
  offence: OffenceInfo | null;
}
/**
 * The first value of a run that was not finite. All is counted from 1; `unit` belongs to `layer`.
 */
export interface OffenceInfo {
  update: number;
  op: string;
  /**
   * by its name in the trace: z1, delta2, dW1, W1, losses …
   */
  tensor: string;
  /**
   * 0 where it belongs to none
   */
  layer: number;
  unit: number | null;
  /**
   * of the training set, for values that belong to samples
   */
  sample: number | null;
  /**
   * where in the tensor
   */
  entry: number[];
  /**
   * NaN, Infinity or -Infinity
   */
  value: string;
  /**
   * values of the tensor that are not finite
   */
  count: number;
}
/**
 * The edits that lead to the present branch, and the branches there are. Own data do not change while a run lasts and may
 * be megabytes, so they come once, in `run`: here `spec.data` is without its samples (``train_x``, ``train_y``, and so on),
 * which are those of the run with the same `data_digest`. What `share`, `keep` and `export` give has them.
 */
export interface ScriptInfo {
  type: "script";
  run: number;
  branch: number;
  edits: EditInfo[];
  branches: BranchInfo[];
  can_undo: boolean;
  can_redo: boolean;
  /**
   * the spec with the edits in force at the present step, own samples left out
   */
  spec: {
    [k: string]: unknown;
  };
  data_digest: string | null;
}
export interface EditInfo {
  step: number;
  /**
   * in words, such as 'rate 0.01 to 0.1'
   */
  label: string;
  /**
   * as it was made; a large network that was loaded without its numbers
   */
  edit: SetEdit | WeightEdit | FreezeEdit | ExtendEdit | LoadEdit;
}
/**
 * A hyperparameter: `path` into the spec, such as optimizer.lr.
 */
export interface SetEdit {
  /**
   * the update after this one is the first to feel it
   */
  step: number;
  /**
   * in words; written when the edit is made
   */
  label: string;
  kind: "set";
  path: string;
  value: unknown;
}
/**
 * One entry of a weight matrix or bias; `index` counts from 0.
 */
export interface WeightEdit {
  /**
   * the update after this one is the first to feel it
   */
  step: number;
  /**
   * in words; written when the edit is made
   */
  label: string;
  kind: "weight";
  name: string;
  index: number[];
  value: number;
}
/**
 * Weights and biases that no update changes from here on: frozen at their values, or removed, which is frozen at 0; or
 * trained again. An edit of the weight of a frozen one leaves it frozen, at its new value.
 */
export interface FreezeEdit {
  /**
   * the update after this one is the first to feel it
   */
  step: number;
  /**
   * in words; written when the edit is made
   */
  label: string;
  kind: "freeze";
  action: "freeze" | "remove" | "release";
  entries: Entries[];
}
/**
 * Entries of one parameter: one, a row, a column or all of them; where there is a `value`, they are set to it first.
 */
export interface Entries {
  name: string;
  /**
   * counts from 0; null stands for all along that axis
   */
  index: (number | null)[];
  value: number | null;
}
/**
 * Play goes on to a later step.
 */
export interface ExtendEdit {
  /**
   * the update after this one is the first to feel it
   */
  step: number;
  /**
   * in words; written when the edit is made
   */
  label: string;
  kind: "extend";
  max_steps: number;
}
/**
 * A network that came from elsewhere, before the first update and before any other edit: the values of parameters, of batch
 * norm's running `statistics`, and the optimizer's `state` by name after so many `updates` of its own. What is not named stays
 * as it was drawn. A script has it; nobody sends it as an edit of a run that goes on.
 */
export interface LoadEdit {
  step: number;
  /**
   * in words; written when the edit is made
   */
  label: string;
  kind: "load";
  /**
   * where it is from, in words
   */
  source: string;
  parameters: {
    [k: string]: number[];
  };
  statistics: {
    [k: string]: number[];
  };
  state: {
    [k: string]: {
      [k: string]: number[];
    };
  };
  updates: number;
  /**
   * NAdam's product of its momenta so far
   */
  product: number;
}
export interface BranchInfo {
  branch: number;
  parent: number | null;
  fork: number;
  end: number;
}
/**
 * A script is being followed. Recorded under another fingerprint, its numbers may differ in their last digits.
 */
export interface Loaded {
  type: "loaded";
  run: number;
  /**
   * where it stands in the end
   */
  step: number;
  edits: number;
  /**
   * of the machine that recorded it
   */
  fingerprint: string | null;
  same_bits: boolean;
}
/**
 * Progress of compiling the kernels; `done == total` when everything is ready.
 */
export interface WarmUp {
  type: "warmup";
  done: number;
  total: number;
  current: string | null;
}
/**
 * How far the finder, the check or the recording is: `done` of `total` updates, weights or frames. The newest overwrites
 * older ones.
 */
export interface Trial {
  type: "trial";
  command: "find_rate" | "check_gradient" | "replay";
  done: number;
  total: number;
}
/**
 * The page takes its frames slowly and gets fewer of them, each the newest; or it does no longer.
 */
export interface Pace {
  type: "pace";
  slow: boolean;
  /**
   * of a channel, as the page takes them now
   */
  frames_per_second: number;
}
/**
 * Whether what is done is kept and outlives the server. Where it is not, `message` says why, and the run goes on.
 */
export interface Keeping {
  type: "keeping";
  kept: boolean;
  message: string | null;
}
/**
 * A race: what it is run on, and its lanes. Told anew when it changes.
 */
export interface RaceInfo {
  type: "race";
  /**
   * counts the races of a session; frames carry it
   */
  race: number;
  /**
   * counts what was changed in it
   */
  change: number;
  on: "surface" | "network";
  /**
   * complete, with every lane's changes: what `race` takes
   */
  spec: RaceSpec;
  title: string;
  /**
   * the surface's formula
   */
  mathml: string;
  domain: [[number, number], [number, number]] | null;
  start: [number, number] | null;
  /**
   * the least loss that is known
   */
  least: number | null;
  lanes: RaceLane[];
  /**
   * of the surface, or found in a formula's domain
   */
  minimum: "known" | "found" | "none";
  threshold: number;
  /**
   * how the rates were chosen, in words
   */
  rates: string;
}
/**
 * A race on a surface. `start` None is the surface's own; `noise` is the standard deviation of each gradient entry's noise,
 * the same draws for all lanes; beyond `bound` in either coordinate a lane has diverged.
 */
export interface RaceSpec {
  surface: SurfaceSpec;
  start: [number, number] | null;
  noise: number;
  seed: number;
  lanes: LaneSpec[];
  max_steps: number;
  bound: number;
}
/**
 * A row with its parameters, or {"name": "formula", "formula": "x**2 + sin(y)", "domain": [[-3, 3], [-3, 3]]}.
 */
export interface SurfaceSpec {
  name: string;
  [k: string]: unknown;
}
/**
 * A lane: its optimizer (on a surface also a solver) and schedule, what was changed on the way, and what it does not share
 * with the others.
 */
export interface LaneSpec {
  label: string;
  optimizer: OptimizerSpec | SolverSpec;
  schedule: ScheduleSpec;
  retunes: Retune[];
  batch_size: number | string | null;
  seed: number | null;
  initializer: InitializerSpec | null;
}
/**
 * From the update after `step` on a lane runs under these.
 */
export interface Retune {
  step: number;
  optimizer: OptimizerSpec | SolverSpec;
  schedule: ScheduleSpec;
}
/**
 * A lane as it stands at the present step. `slot` is the place of its colour, 0 to 15; `chosen` says how its rate was.
 */
export interface RaceLane {
  id: number;
  slot: number;
  label: string;
  /**
   * in force at the present step: an optimizer, or a solver, which has no rate
   */
  optimizer: OptimizerSpec | SolverSpec;
  schedule: ScheduleSpec;
  seed: number | null;
  /**
   * the steps at which it was changed
   */
  retunes: number[];
  joined: number;
  /**
   * what it does not share with the others
   */
  badges: string[];
  chosen: "own" | "same" | "default" | "tuned";
  /**
   * from which step on an update takes so many seconds of engine time
   */
  clock: [number, number][];
}
/**
 * Where a race stands. The newest overwrites older ones.
 */
export interface RaceState {
  type: "race_state";
  race: number;
  status: "paused" | "playing" | "seeking" | "finished" | "stopped";
  step: number;
  /**
   * how far the lanes have run
   */
  end: number;
  max_steps: number;
  speed: RaceSpeed;
  /**
   * measured over the last second of play; null while not playing
   */
  steps_per_second: number | null;
  /**
   * lanes tuned, of how many
   */
  tuning: [number, number] | null;
  /**
   * false: its script was recorded under another fingerprint
   */
  same_bits: boolean;
}
/**
 * How fast a race plays: so many steps a second, or flat out.
 */
export interface RaceSpeed {
  unit: "steps" | "flat";
  rate: number;
}
/**
 * A race on the network: what is trained, and its lanes. Told anew when it changes.
 */
export interface NetworkInfo {
  type: "network";
  /**
   * counts the races on the network of a session; frames carry it
   */
  race: number;
  /**
   * counts what was changed in it
   */
  change: number;
  /**
   * the run whose spec it has; another is there now where the numbers differ
   */
  run: number;
  /**
   * data and shape, in words
   */
  title: string;
  task: "classification" | "regression";
  kind: "plane" | "line" | "table" | "image";
  domain: [number, number][];
  classes: number;
  /**
   * trained on
   */
  samples: number;
  batch_size: number | string;
  parameter_count: number;
  tensors: Tensor[];
  lanes: NetworkLane[];
  threshold: number;
  /**
   * how the rates were chosen, in words
   */
  rates: string;
}
/**
 * Where a tensor of parameters begins in θ; its entries follow row by row.
 */
export interface Tensor {
  name: string;
  shape: number[];
  offset: number;
}
/**
 * A lane as it stands at the present step. `slot` is the place of its colour, 0 to 15.
 */
export interface NetworkLane {
  id: number;
  slot: number;
  label: string;
  /**
   * in force at the present step
   */
  optimizer: OptimizerSpec;
  schedule: ScheduleSpec;
  /**
   * its own, where it has one
   */
  batch_size: number | string | null;
  seed: number | null;
  initializer: InitializerSpec | null;
  /**
   * the steps at which it was changed
   */
  retunes: number[];
  joined: number;
  /**
   * what it does not share with the others
   */
  badges: string[];
  /**
   * how its rate was
   */
  chosen: "own" | "same" | "default" | "tuned";
}
/**
 * Where a race on the network stands. The newest overwrites older ones.
 */
export interface NetworkState {
  type: "network_state";
  race: number;
  status: "paused" | "playing" | "seeking" | "finished" | "stopped";
  step: number;
  /**
   * how far the lanes have run
   */
  end: number;
  max_steps: number;
  steps_per_epoch: number;
  speed: RaceSpeed;
  /**
   * measured over the last second of play; null while not playing
   */
  steps_per_second: number | null;
  /**
   * lanes tuned, of how many
   */
  tuning: [number, number] | null;
  /**
   * false: its script was recorded under another fingerprint
   */
  same_bits: boolean;
}
/**
 * The card that is open; `card` null: none is. `words`, `why` and headings are HTML, sanitized; `why` is null until the
 * question is answered. In them a number that was measured is ``<data value="1.8e-06">``, and before it may be told
 * ``<data value="">``. `locked`: what moves and what would tell is refused until then, with the code ``locked``. `own`:
 * somebody else's than chainrule's; a text that is tried has no `lesson`.
 */
export interface LessonInfo {
  type: "lesson";
  lesson: string | null;
  own: boolean;
  title: string;
  course: string;
  can: string;
  count: number;
  card: number | null;
  heading: string;
  words: string;
  why: string | null;
  view: string;
  after: string | null;
  /**
   * in Step {micro, sample}, of an expression {text, inputs}, of the lab {experiment, choices}
   */
  place: {
    [k: string]: unknown;
  } | null;
  lit: string[];
  controls: string[];
  minutes: [number, number] | null;
  question: LessonQuestion | null;
  verdict: LessonVerdict | null;
  task: LessonTask | null;
  /**
   * once the question is answered: the card that asks the same in other clothes, `deep/rescue.1`
   */
  twin: string | null;
  locked: boolean;
  /**
   * channels that show nothing until then, for they would give the answer away
   */
  withheld: string[];
  /**
   * counts the cards opened in this session
   */
  number: number;
}
/**
 * `ask` and the choices' or items' `texts` are HTML. Of a sketch `axis` is [first step, last step, low, high] and `log`
 * whether its heights are on a logarithmic axis.
 */
export interface LessonQuestion {
  kind: "choose" | "sign" | "power" | "number" | "order" | "place" | "sketch";
  ask: string;
  texts: string[];
  unit: string;
  axis: [number, number, number, number] | null;
  log: boolean;
  /**
   * what the curve or the point is, in words
   */
  reading: string;
}
/**
 * How an answer went, or null for `answer` where it was not known. `value` is what was measured, `truth` the right answer
 * in the form of `LessonAnswer.answer`; `said` words the truth, `reply` answers a wrong choice; `curve` is the measured one of
 * a sketch, [steps, heights]; `off` how far a place or a curve was off.
 */
export interface LessonVerdict {
  answer: number | number[] | null;
  right: boolean | null;
  value: number | number[] | null;
  truth: number | number[] | null;
  said: string;
  reply: string;
  curve: [number[], number[]] | null;
  off: number | null;
}
/**
 * `ask` is HTML, and so is `wanted`, the condition. Where it stands, the channel `lesson_task` tells.
 */
export interface LessonTask {
  ask: string;
  wanted: string;
  receipt: boolean;
  /**
   * it was, at some time since the card was opened
   */
  met: boolean;
  /**
   * false: it takes long to measure, and is told where nothing moves
   */
  live: boolean;
}
/**
 * The experiment that is open; `experiment` null: the gallery is. `choices` are all of them, as they are taken; `updates`
 * those of runs that it makes in all; `seconds` it has worked. What it found is told by the channel alone, which a lesson's
 * open question may withhold.
 */
export interface LabInfo {
  type: "lab";
  /**
   * counts the experiments of a session; frames carry it as their run
   */
  number: number;
  experiment: string | null;
  choices: {
    [k: string]: unknown;
  };
  on: LabRun | null;
  status: "idle" | "running" | "done" | "cancelled" | "failed";
  /**
   * that is done, 0 to 1
   */
  share: number;
  /**
   * why it was ended or failed
   */
  message: string;
  seconds: number;
  updates: number;
}
/**
 * The run that an experiment is about, after its update `step`; what it has become since changes nothing.
 */
export interface LabRun {
  run: number;
  step: number;
}
/**
 * The class that this session is in; `role` null: none. While `vote` is open and while eyes are up (`eyes_up` says so in
 * words) commands are refused with the code ``locked``. `seed` is the learner's own in a turn, `controls` what may be changed,
 * null: all.
 */
export interface RoomPartInfo {
  type: "room_part_info";
  role: ("lead" | "learner") | null;
  code: string | null;
  name: string | null;
  state: "in" | "waiting" | "removed" | "ended";
  eyes_up: string | null;
  vote: boolean;
  seed: number | null;
  offered: boolean;
  task: RoomTask | null;
  controls: string[] | null;
}
/**
 * `ask` is HTML; `met` is null until it was measured.
 */
export interface RoomTask {
  ask: string;
  met: boolean | null;
}
/**
 * Told the teacher's page: of which room it is seen, if any, and whether anybody does; then its look is wanted.
 */
export interface MirrorInfo {
  type: "mirror_info";
  code: string | null;
  followed: boolean;
}
/**
 * A command took effect. What it changed is kept, unless `keeping` says otherwise.
 */
export interface Done {
  type: "done";
  id: string | number | null;
  command: string;
  /**
   * of commands that ask for something
   */
  result: {
    [k: string]: unknown;
  } | null;
}
/**
 * A command was refused; nothing changed and the session goes on.
 */
export interface ErrorEvent {
  type: "error";
  id: string | number | null;
  /**
   * stable: malformed, invalid, too_large, limit, not_attached, unknown_session, unreadable_session, unknown_experiment, unknown_lesson, no_run, no_race, no_lesson, no_experiment, locked, unmeasured, cancelled, busy, unavailable, internal
   */
  code: string;
  /**
   * dotted path of the offending field, such as 'spec.optimizer.lr'
   */
  field: string | null;
  /**
   * the allowed range or choices
   */
  allowed: string | null;
  message: string;
}
