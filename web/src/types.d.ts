/**
 * What the page holds, and what a part of it is. Types only: nothing here runs. What comes over the wire is told by
 * `protocol.d.ts`, generated from `/api/protocol`, and where that leaves it open, by `commands.d.ts` and `channels.d.ts`; the rows
 * by `catalog.d.ts`. A room adds its own fields to `AppState` in its `slice.d.ts`.
 */

import type { Frame, Frames, Split } from "./channels.js";
import type { Catalog } from "./catalog.js";
import type { Sent } from "./commands.js";
import type { ThemedFigure } from "./toolkit/plotly.js";
import type { ErrorEvent, Event as WireEvent, RunInfo, RunSpec, ScriptInfo, State, Subscribe, WarmUp } from "./protocol.js";
import type { Line } from "./frame/notice.js";
import type { Broken } from "./reconnect/catch-up.js";
import type { Rule } from "./reconnect/unanswered.js";
import type { Store } from "./store.js";
import type { RunActions } from "./run/actions.js";
import type { Comparison } from "./run/comparison.js";
import type { Sharing } from "./run/sharing.js";
import type { Sender } from "./wire/sender.js";

export type { Catalog, DatasetRow, Kind, OptimizerRow, Parameter, Task } from "./catalog.js";
export type { Channel, Frame, NamedArray } from "./channels.js";
export type { Attached, LayerSpec as Layer, Loaded, RunInfo, RunSpec as Spec, Speed, State as Clock } from "./protocol.js";

/** A run's script with the samples of own data, which the run has. */
export type Script = Omit<ScriptInfo, "spec"> & { spec: RunSpec };

/** Nothing changed, the session goes on. */
export type Refusal = ErrorEvent;

export interface View {
  element: HTMLElement;
  update: (state: AppState) => void;
}

/** All that the page holds: of itself, of the run that its rooms look at, and what each room adds. */
export interface AppState {
  connection: Connection;
  /** how often the page has come to a session: what the server keeps for each line is asked for anew */
  attachments: number;
  /** whether the session has told all that it has; until then what the page has not is not known to be missing */
  told: boolean;
  /** the server sends fewer pictures, since the page or its line does not keep up */
  slow: boolean;
  /** why what is done is not kept by the server, in its words */
  unkept: string | null;
  catalog: Catalog | null;
  figures: Figures | null;
  warmup: WarmUp | null;
  /** the newest of each channel */
  frames: Frames;
  /** by dotted path of the field */
  errors: Record<string, string>;
  notice: Notice | null;
  theme: "light" | "dark";
  /** larger type, settings folded away */
  projector: boolean;
  /** whether single letters are keys */
  letters: boolean;
  /** where one is, by the room's name */
  room: string;
  /** the room that one was in before */
  cameFrom: string | null;
  /** the loss on a linear axis instead of a logarithmic one */
  linear: boolean;

  run: RunInfo | null;
  clock: State | null;
  script: Script | null;
  /** scripts of the runs before this one, the newest last: undo goes back to them */
  earlier: string[];
  series: SeriesData | null;
  /** whether the run of a link is on its way to its step */
  following: boolean;
  /** each update's mini-batch loss, thinned; not recorded */
  batchLosses: SeriesData | null;
  /** the sample that the room which shows it follows through the network */
  followed: Followed | null;
  compared: Compared | null;
  /** a run that stands still beside the live one */
  kept: KeptRun | null;
  /** whether the two are shown side by side, or one is being kept for it */
  comparing: boolean;
  /** drawn faint behind the curves */
  futures: Future[];
  /** they are hidden */
  withoutFutures: boolean;
}

export interface Connection {
  status: "connecting" | "open" | "lost" | "superseded";
  /** when the next attempt is due (ms) */
  retryAt: number | null;
  /** why the line is lost, where the server said so */
  reason: "restart" | "behind" | "moved" | "full" | "refused" | null;
  /** of the server, where it turned the page away: how many it takes, or why */
  words: string;
}

/** One quiet line about what just happened. */
export interface Notice {
  kind: "info" | "error";
  text: string;
  /** offers to take back the edit it tells of */
  undo?: boolean;
  /** what undo puts back in place of an edit: it tells of nothing that the server knows */
  back?: Partial<AppState>;
}

export interface Figures {
  /** where plotly.js is served */
  plotly: string;
  figures: Record<string, ThemedFigure>;
}

/** Recorded series of the present branch. */
export interface SeriesData {
  run: number;
  length: number;
  /** each `length` long */
  columns: Record<string, Float64Array>;
}

/** A saved run or another branch, drawn dashed behind the curves. */
export interface Compared {
  id: string;
  name: string;
  /** a recorded series, thinned */
  columns: Record<string, (number | null)[]>;
  /** the scores it ended with, and at which step */
  final: Record<string, number | null>;
}

/** A run as it stood when it was kept. */
export interface KeptRun {
  run: RunInfo;
  clock: State;
  script: Script;
  /** what was drawn of it */
  frames: Frames;
  /** its script, as a link has it */
  text: string;
  /** its curves */
  compared: Compared;
}

/** A sample of the run, counted from 0. */
export interface Followed {
  split: Split;
  index: number;
}

/** What a run was before a change in its past: recorded series from the fork on. */
export interface Future {
  branch: number;
  /** the step of the change */
  fork: number;
  columns: Record<string, (number | null)[]>;
}

/** What a room, or the run, may ask of the page. */
export interface Host {
  store: Store;
  /** sends commands, and tells of what is refused */
  connection: import("./wire/connection.js").SocketConnection;
  sender: Sender;
  /** the run that all rooms look at, and the page around them */
  actions: RunActions;
  sharing: Sharing;
  /** a run kept beside the live one */
  comparison: Comparison;
  /** a link that could not be copied (or why else it is shown), or why there is none */
  showLink: (shown: { url: string | null; note: string; why?: string }) => void;
  /** what is shown as a frame for another page */
  showEmbed: () => void;
  /** tells the server again what is watched; `fresh`: its channels then come from their beginning */
  watch: (fresh?: boolean) => void;
}

/** What takes part in what comes from the server. */
export interface Part {
  /** What is done with an event; every part that names it is told. */
  events?: { [T in WireEvent["type"]]?: (event: Extract<WireEvent, { type: T }>) => void };
  /** What is done with a channel's frames in place of keeping the newest. */
  frames?: Record<string, (frame: Frame) => void>;
  /** Fields, by the event that a session tells of them on coming to it: where it tells nothing, they are empty. */
  told?: Partial<Record<WireEvent["type"], Partial<AppState>>>;
  /** Another run has begun than the one that was shown. */
  newRun?: (before: RunInfo | null) => void;
  /** What the server has to know with the channels that are watched. */
  watching?: (state: AppState) => Partial<Subscribe>;
  /** On a new line, before anything is watched. */
  beforeWatching?: () => void;
  /** What this part has in an address: whether it is there, and how it is opened in the session that is attached now. */
  links?: { here: () => boolean; open: () => void }[];
  /** Whether something of it plays. */
  plays?: (state: AppState) => boolean;
  /** What becomes of its commands whose answer was lost with the line. */
  unanswered?: Record<string, Rule>;
  /** Its commands that change what is kept, and are remembered for a while. */
  changing?: string[];
  /** Its commands that move a clock. */
  moving?: string[];
  /** What the page does again after a server that came back a moment behind. */
  catchUp?: (before: AppState, now: AppState, broken: Broken) => Sent[];
  /** Commands that begin again what a server has forgotten. */
  remembered?: (state: AppState) => Sent[];
  /** What of it lies beside every room, wherever one is. */
  beside?: Beside;
}

/** Beside every room: its view, and what comes before that of the room one is in. */
export interface Beside {
  view: View;
  keys?: (state: AppState) => Record<string, () => void>;
  channels?: (state: AppState) => string[];
  /** the address of what is open beside the rooms, and what it is called; null: nothing is */
  place?: (state: AppState) => { url: string; title: string } | null;
}

/**
 * A room of the page: what lies between bar and transport, the transport it is driven by, what it watches, and its own keys.
 * Only the room that one is in is updated.
 */
export interface Room extends Part {
  view: View;
  transport: View;
  /** in the bar, while one is in the room */
  tools: HTMLElement[];
  /** over the page, wherever one is */
  dialogs?: (View | { element: HTMLElement })[];
  /** what is watched, by the channels' names: one that came with the room need not be in `protocol.d.ts` */
  channels: (state: AppState) => string[];
  /** a link to what is shown, as it stands; null: why there is none */
  place?: () => Promise<{ url: string | null; note: string }>;
  /** what is being run, in words */
  subject: (state: AppState) => string;
  /** that move the transport, and the room's own; the page adds those that are the same everywhere */
  keys: Record<string, () => void>;
  /** Escape: closes what was opened last in the room; false where nothing was open */
  leave: () => boolean;
  help: { keys: [string[], string][]; words: string[] };
  /** when one comes in */
  arrive?: () => void;
  /** when one goes out */
  depart?: () => void;
  /** What it has to say above the transport, by how urgent that is: before all else, before the last notice, after it. */
  lines?: (state: AppState) => { urgent?: Line | null; now?: Line | null; idle?: Line | null };
  /** What else it offers whoever has done nothing yet. */
  invites?: () => { label: string; press: () => void }[];
  /** What a screen reader is told of it; null: the line. */
  spoken?: (state: AppState, line: Line | null) => string | null;
}

/** A room as it makes itself known. */
export interface RoomKind {
  /** in the address, and on its door's hook */
  name: string;
  /** on its door */
  title: string;
  /** the room that leads to this one, which has no door of its own */
  within?: string;
  /** its fields of the state, to begin with */
  state: Partial<AppState>;
  /** addresses of its stylesheets, beside those that the page's first file links */
  styles?: string[];
  begin: (host: Host) => Room;
}

/** What is on the page in every room, and is no room: a class. */
export interface Aside extends Part {
  /** a row above the bar */
  strip?: View;
  /** over all of the page, where it is not hidden */
  cover?: View;
  /** in the bar, after the room's */
  tools?: HTMLElement[];
  dialogs?: View[];
  /** its lines in the help */
  help?: Room["help"];
}

/** Such a one as it makes itself known. */
export interface AsideKind {
  name: string;
  /** its fields of the state, to begin with */
  state: Partial<AppState>;
  begin: (host: Host) => Aside;
}
