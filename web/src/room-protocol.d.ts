/**
 * What `/api/room-protocol` says of commands and events, as types. Generated: `.venv/bin/python .ci/protocol_types.py` writes it anew.
 * A float that is not finite travels as a string, "NaN", "Infinity" or "-Infinity".
 */

/**
 * What a page asks for.
 */
export type Command =
  | Open
  | Enter
  | Ping
  | Rename
  | Vote
  | Own
  | Offer
  | Leave
  | Show
  | Ask
  | CloseVote
  | VoteAgain
  | MoreTime
  | RevealAnswer
  | Twin
  | DropQuestion
  | CountsByHand
  | EyesUp
  | YourTurn
  | WallOn
  | PutUp
  | Collect
  | BoardOn
  | Admit
  | LetIn
  | Remove
  | Names
  | NewCode
  | ExpireCode
  | Next
  | Play
  | Results
  | End
  | Delete;
/**
 * What a page is told.
 */
export type Event = RoomEvent | MeEvent | Done | ErrorEvent;

export interface Protocol {
  command: Command;
  event: Event;
}
/**
 * A room of one's own; this socket is its teacher's from now on, as `screen`. `done.result`: {code, key, room}: with the
 * key the teacher comes back, and commands from a second device.
 */
export interface Open {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "open";
  title?: string;
}
/**
 * Come in, or back. A learner without a key becomes a new member; `done.result`: {key, name, member}, with which it comes
 * back as the same one, also where the code is another by then. `screen` and `remote` need the teacher's key.
 */
export interface Enter {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "enter";
  /**
   * four characters, in capitals or not
   */
  code: string;
  key?: string | null;
  as?: "learner" | "screen" | "remote";
}
/**
 * Whether the line is there; answered in every state, also before entering.
 */
export interface Ping {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "ping";
}
/**
 * Another pseudonym: letters, digits, space, - and '. `done.result`: {name}.
 */
export interface Rename {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "rename";
  /**
   * at most 24 characters
   */
  name: string;
}
/**
 * One's own answer, by the kind of the question as in `lesson_answer`; null: I don't know. It may be changed until the vote
 * closes, and the last one counts.
 */
export interface Vote {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "vote";
  question: number;
  round: number;
  answer: number | number[] | null;
}
/**
 * A screen of one's own, of the same state: `done.result`: {link}, the fragment of the full page. Refused with `locked`
 * while a vote is open and while eyes are up.
 */
export interface Own {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "own";
}
/**
 * Whether the teacher may put one's own run on the screen.
 */
export interface Offer {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "offer";
  offered: boolean;
}
/**
 * Out of the room; the key is good for nothing afterwards.
 */
export interface Leave {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "leave";
}
/**
 * What the class is to see, from the screen alone; at most 4 a second.
 */
export interface Show {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "show";
  view: View;
}
/**
 * What the teacher's page looks at.
 */
export interface View {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  room: string;
  title?: string;
  words?: string;
  /**
   * the fragment that opens it, where it is short
   */
  link?: string;
}
/**
 * A question, and its first vote opens: of the lesson's `card`, of a `number` (`of`: a measurement; `ask`; `kind`), or in
 * `words` (`ask`, two to five `choices`, and which is `right`, counted from 0, where one is).
 */
export interface Ask {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "ask";
  source: "card" | "number" | "words";
  ask?: string | null;
  of?: string | null;
  kind?: ("sign" | "power" | "number") | null;
  choices?: string[] | null;
  right?: number | null;
  /**
   * on the clock, which closes nothing; absent: 60
   */
  seconds?: number | null;
}
/**
 * The vote closes: after the first of two the class talks.
 */
export interface CloseVote {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "close_vote";
}
/**
 * The second vote opens.
 */
export interface VoteAgain {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "vote_again";
  seconds?: number | null;
}
/**
 * On the clock of the vote, or of the talk.
 */
export interface MoreTime {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "more_time";
  seconds?: number;
}
/**
 * The answers of all votes, and what is right. Not while a vote is open.
 */
export interface RevealAnswer {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "reveal";
}
/**
 * The twin of the question, in one vote: before the reveal or after it.
 */
export interface Twin {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "twin";
  seconds?: number | null;
}
/**
 * Back to following; what was not revealed stays so.
 */
export interface DropQuestion {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "drop_question";
}
/**
 * Votes given by raising hands, added to those of this round: of each choice (negative, zero, positive of a sign), and last
 * of "I don't know".
 */
export interface CountsByHand {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "counts_by_hand";
  round: number;
  counts: number[];
}
/**
 * All look up: no learner's page takes anything.
 */
export interface EyesUp {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "eyes_up";
  on: boolean;
  words?: string;
}
/**
 * Each learner gets the teacher's state to go on with; with `seeds` a seed of its own, with `task` the card's task.
 */
export interface YourTurn {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "your_turn";
  on: boolean;
  seeds?: boolean;
  task?: boolean;
}
/**
 * Everybody's runs, on the screen.
 */
export interface WallOn {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "wall";
  on: boolean;
  sort?: "joined" | "best" | "worst" | "seed" | "met";
}
/**
 * A learner's run on the screen, where its owner offered it; null: away with it.
 */
export interface PutUp {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "put_up";
  member?: number | null;
}
/**
 * The outcomes of all seeds, counted.
 */
export interface Collect {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "collect";
  on: boolean;
}
/**
 * Who is best by a measurement, of those that keep to a condition.
 */
export interface BoardOn {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "board";
  on: boolean;
  title?: string;
  /**
   * a measurement, as lessons write it
   */
  of?: string;
  best?: "least" | "most";
  limit?: string | null;
}
/**
 * Who may come in: whoever has the code, whoever is let in, nobody more.
 */
export interface Admit {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "admit";
  how: "open" | "nod" | "closed";
}
/**
 * One who waits.
 */
export interface LetIn {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "let_in";
  /**
   * counted within the room
   */
  member: number;
}
/**
 * Out of the room: its key is good for nothing.
 */
export interface Remove {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "remove";
  /**
   * counted within the room
   */
  member: number;
}
/**
 * Whether pseudonyms may be shown on the screen.
 */
export interface Names {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "names";
  on: boolean;
}
/**
 * Another code; who is in stays in. `done.result`: {code}.
 */
export interface NewCode {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "new_code";
}
/**
 * Nobody comes in by the code any more; who is in stays in.
 */
export interface ExpireCode {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "expire_code";
}
/**
 * The next card of the lesson, or the one before.
 */
export interface Next {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "next";
  by?: -1 | 1;
}
/**
 * Let the teacher's run go on, or stop it.
 */
export interface Play {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "play";
  on: boolean;
}
/**
 * What was answered, without names. `done.result`: {name, type, text}.
 */
export interface Results {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "results";
  format: "csv" | "page";
  theme?: "light" | "dark";
}
/**
 * The room ends; what is kept of it is deleted 24 hours later, or at once.
 */
export interface End {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "end";
  keep?: boolean;
}
/**
 * The room and all that is kept of it, at once.
 */
export interface Delete {
  /**
   * echoed in the answer: a `done` or an `error`
   */
  id?: string | number | null;
  type: "delete";
}
/**
 * How the room stands, the same for all who read it in one role; a learner's own is in `me`. `here`: learners whose page is
 * open; `answered`: who have voted in this round. `counts` and `advice` are told the remote alone, `members` the teacher's
 * two. Before the reveal nobody is told an answer but its own, and who waits to be let in is told nothing but the title.
 */
export interface RoomEvent {
  type: "room";
  version: number;
  /**
   * null: nobody comes in by a code any more
   */
  code: string | null;
  title: string;
  role: "learner" | "screen" | "remote";
  state: "in" | "ended";
  here: number;
  line: "lead" | "away";
  phase: "follow" | "vote" | "talk" | "voted" | "revealed";
  round: number;
  question: RoomQuestion | null;
  closes_in: number | null;
  answered: number;
  eyes_up: string | null;
  turn: Turn | null;
  seen: Seen | null;
  reveal: Reveal | null;
  /**
   * of the question whose twin was asked before its reveal
   */
  before: Reveal | null;
  counts: Counts | null;
  advice: ("hint" | "talk" | "reveal") | null;
  wall: Wall | null;
  board: Board | null;
  put_up: PutUpNow | null;
  admit: "open" | "nod" | "closed";
  names: boolean;
  /**
   * of the teacher's second devices that are here
   */
  remotes: number;
  members: MemberNow[] | null;
  /**
   * where learners open the page, such as 192.0.2.7:8000/join; the teacher's two
   */
  joined_by: string;
}
/**
 * `ask`, the choices' or items' `texts` and `reading` are HTML. Of a sketch `axis` is [first step, last step, low,
 * high].
 */
export interface RoomQuestion {
  number: number;
  kind: "choose" | "sign" | "power" | "number" | "order" | "place" | "sketch";
  ask: string;
  texts: string[];
  unit: string;
  axis: [number, number, number, number] | null;
  log: boolean;
  reading: string;
  source: "card" | "number" | "words";
  /**
   * rounds that it has
   */
  votes: number;
  /**
   * it is the twin of the one before
   */
  twin: boolean;
  has_twin: boolean;
}
/**
 * Go on from the teacher's state: `link` is the fragment of the full page.
 */
export interface Turn {
  link: string;
  seeds: boolean;
  task: boolean;
}
/**
 * What the teacher's page looks at; `info` is what the teacher's session says of it.
 */
export interface Seen {
  room: string;
  title: string;
  words: string;
  link: string;
  info: {
    [k: string]: unknown;
  };
}
/**
 * `value` is what was measured, `truth` the right answer in the form of one, `said` the truth in words (plain text),
 * `curve` the measured one of a sketch, [steps, heights]. `changed`: how many answered otherwise in the second vote.
 */
export interface Reveal {
  question: RoomQuestion;
  value: number | number[] | string | null;
  truth: number | number[] | null;
  said: string;
  curve: [number[], number[]] | null;
  rounds: Round[];
  changed: number | null;
}
/**
 * The answers of a vote. `counts` of each choice, of negative, zero, positive, or of an order's right and others; `powers`
 * of each power of ten; `byhand`: how many of them were counted by hand.
 */
export interface Round {
  answered: number;
  unknown: number;
  /**
   * share of those who answered, I don't know among them
   */
  right: number | null;
  counts: number[] | null;
  /**
   * [power, how many], ascending
   */
  powers: [number, number][] | null;
  histogram: Histogram | null;
  points: [number, number][] | null;
  curves: number[][] | null;
  byhand: number;
}
/**
 * `counts` of the answers between `edges`, which are evenly spaced on a logarithmic axis where `log`; the parts below and
 * above zero are told apart by their sign, and `zeros` counts the answers that are 0.
 */
export interface Histogram {
  edges: number[];
  counts: number[];
  log: boolean;
  zeros: number;
}
/**
 * On the teacher's phone alone, once a vote is open.
 */
export interface Counts {
  round: number;
  of: Round;
}
/**
 * The pieces themselves come as frames of the channel `wall`, to the screen alone.
 */
export interface Wall {
  sort: "joined" | "best" | "worst" | "seed" | "met";
  number: WallNumber;
  shape: "map" | "curve";
  task: WallTask | null;
  collected: Collected | null;
  pieces: number;
}
export interface WallNumber {
  title: string;
  form: "share" | "number";
  best: "most" | "least";
}
export interface WallTask {
  ask: string;
  met: number;
  of: number;
}
export interface Collected {
  title: string;
  found: number;
  of: number;
  edges: number[];
  counts: number[];
  log: boolean;
}
export interface Board {
  title: string;
  best: "least" | "most";
  limit: string | null;
  rows: BoardRow[];
  here: number;
  without: number;
}
export interface BoardRow {
  rank: number;
  value: number;
  name: string | null;
  member: number | null;
  met_limit: boolean;
}
/**
 * A learner's run on the screen, which its owner offered.
 */
export interface PutUpNow {
  member: number;
  value: number | null;
  seed: number | null;
  met: boolean | null;
  title: string;
  link: string | null;
}
export interface MemberNow {
  member: number;
  name: string;
  state: "in" | "waiting";
  here: boolean;
  /**
   * in the vote that is open; null: none is
   */
  answered: boolean | null;
  offered: boolean;
  /**
   * on a screen of its own
   */
  own: boolean;
}
/**
 * What a learner is told of itself: told before the first `room`, and when it changes. `mine` is its answer in the present
 * round, where `mine_known`; `mines` those of all rounds of the present question.
 */
export interface MeEvent {
  type: "me";
  name: string;
  member: number;
  state: "in" | "waiting" | "removed" | "ended";
  mine: number | number[] | null;
  mine_known: boolean;
  mines: Mine[];
  offered: boolean;
  /**
   * of one's own, where each has its turn with one
   */
  seed: number | null;
}
/**
 * An answer of one's own; null: I don't know.
 */
export interface Mine {
  round: number;
  answer: number | number[] | null;
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
