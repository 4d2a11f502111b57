/** What can be done with lessons. The card that is open comes as an event, whoever opened it, and lands in the store. */

/** @import { AppState, Host } from "../types.js" */
/** @import { LessonAnswer, LessonInfo } from "../protocol.js" */
/** @import { LessonLook } from "./slice.js" */
/** @import { Reference } from "./link.js" */

import { at } from "../toolkit/address.js";
import { messageOf, sentencesOf } from "../wire/refusals.js";
import { download } from "../toolkit/files.js";
import { embed } from "../frame/embed/asked.js";
import { leaveOpen } from "../frame/restrict.js";
import { memo } from "../toolkit/dom.js";
import { entryHere } from "../url.js";
import { here, tellAddress, textOf } from "./link.js";
import { doneOf, note } from "./progress.js";
import { Looks } from "./looks.js";
import { roomOfView } from "./views.js";

export class LessonActions {
  #host;
  #looks;
  /** The card that is being opened. @type {Reference | null} */
  #opening = null;
  /** What was wished for meanwhile: the newest, which is opened in its place. @type {{reference: Reference, entered: boolean} | null} */
  #next = null;
  /** What the address asked for, and was refused: it is not asked again. */
  #refused = "";
  #applied = memo();

  /** @param {Host} host */
  constructor(host) {
    this.#host = host;
    this.#looks = new Looks(host);
    addEventListener("popstate", () => this.#onHistory());
  }

  get state() {
    return this.#host.store.state;
  }

  get host() {
    return this.#host;
  }

  /** @param {Partial<LessonLook>} change */
  look(change) {
    this.#host.store.set({ lessonLook: { ...this.state.lessonLook, ...change } });
  }

  // Coming and going --------------------------------------------------------------------------------------------------

  /** Goes to a card; false where it was refused, which is told. @param {Reference} reference @param {boolean} [entered]  a new entry of the history */
  async open({ lesson, card }, entered = true) {
    const opening = this.#opening;
    if (opening) {
      const same = opening.lesson === lesson && opening.card === card;
      this.#next = same ? null : { reference: { lesson, card }, entered };
      return false;
    }
    this.#opening = { lesson, card };
    this.look({ refused: "" });
    const answered = doneOf(lesson, card)?.answer !== undefined;
    try {
      await this.#host.sender.send({ type: "lesson", lesson, card, answered });
      if (!this.#next) this.#show(entered); // else the address is another card's already
      return true;
    } catch (error) {
      this.#refused = `${lesson}.${card}`;
      const why = sentencesOf(error);
      this.look({ refused: why });
      this.#host.sender.complain(`The card cannot be opened. ${why}`);
      return false;
    } finally {
      const next = this.#next;
      this.#opening = this.#next = null;
      if (next) void this.open(next.reference, next.entered);
    }
  }

  /** @param {number} by */
  turn(by) {
    const { lesson } = this.state;
    if (!lesson || lesson.card === null) return;
    const card = lesson.card + by;
    if (card < 0 || card >= lesson.count) return;
    if (lesson.lesson === null) void this.tryCard(card);
    else void this.open({ lesson: lesson.lesson, card });
  }

  /** The first lesson of the first course. */
  async first() {
    await this.loadCourses();
    const first = this.state.lessonLook.courses?.flatMap(({ lessons }) => lessons)[0];
    if (first) await this.open({ lesson: first.id, card: 0 });
    else this.#host.actions.enter("lessons");
  }

  /** What there is to learn, once. */
  async loadCourses() {
    if (this.state.lessonLook.courses) return;
    this.look({ failed: "" });
    try {
      const answer = await fetch(at("api/lessons"));
      if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
      const { courses } = await answer.json();
      this.look({ courses });
    } catch (error) {
      this.look({ failed: messageOf(error) });
    }
  }

  /** Called with every painting: what the address says is opened, once the session has told what it has. */
  /** @param {AppState} state */
  settle({ told, lesson, connection, run }) {
    if (this.#applied(lesson)) apply(lesson);
    const wanted = here();
    if (!wanted || this.#opening || !told || !run || connection.status !== "open") return;
    if (lesson && lesson.card !== null) return;
    if (this.#refused === `${wanted.lesson}.${wanted.card}`) return;
    void this.open(wanted, false);
  }

  /** The card's own room, and how it is looked at there. @param {boolean} entered */
  #show(entered) {
    const { lesson, room } = this.state;
    if (!lesson || lesson.card === null) return;
    const view = lesson.locked || !lesson.question ? lesson.view : (lesson.after ?? lesson.view);
    const goal = roomOfView(view);
    const reference = lesson.lesson === null ? null : { lesson: lesson.lesson, card: lesson.card };
    const to = goal === "train" ? null : goal;
    tellAddress(reference, entered ? { room: goal, from: room, view: to } : null);
    if (!entered && goal !== room) this.#host.actions.enter(goal);
    else if (goal !== room) this.#host.store.set({ room: goal, cameFrom: room });
    this.look({ up: true });
    this.#looks.begin(lesson, view);
    if (lesson.lesson !== null) note(lesson, { seen: true });
  }

  #onHistory() {
    const entry = entryHere();
    if (!entry) return;
    const { lesson } = this.state;
    const there = this.#opening ?? (lesson?.lesson ? { lesson: lesson.lesson, card: lesson.card ?? 0 } : null);
    const now = there && textOf(there);
    const card = entry.card ?? null;
    const wanted = card === null ? null : here();
    if (card === now && !this.#opening) return tellAddress(wanted);
    if (wanted) void this.open(wanted, false);
    else if (now !== null) void this.leave();
  }

  /** The card as the server tells it. @param {LessonInfo} event */
  told(event) {
    this.#host.store.set({ lesson: event.card === null ? null : event });
  }

  async leave() {
    await this.#host.sender.tell({ type: "lesson_leave" });
    tellAddress(null);
    if (embed === "lesson") this.#host.actions.enter("lessons"); // there is no bar to go by
  }

  reset() {
    return this.#host.sender.tell({ type: "lesson_reset" });
  }

  // The question and the task -----------------------------------------------------------------------------------------

  /** @param {LessonAnswer["answer"]} answer  null: I don't know */
  async answer(answer) {
    const { lesson, lessonLook } = this.state;
    if (!lesson?.locked || lessonLook.answering) return;
    this.look({ answering: true, refused: "" });
    try {
      const verdict = await this.#host.sender.send({ type: "lesson_answer", answer });
      note(lesson, { answer, right: verdict?.right ?? null });
      const after = lesson.after ?? lesson.view;
      const now = this.state.lesson;
      if (now && (now.number !== lesson.number || now.card !== lesson.card)) return; // one has gone on meanwhile
      this.#looks.unlock(lesson.controls);
      if (after !== lesson.view) this.#host.actions.enter(roomOfView(after));
      this.#looks.begin(now ?? lesson, after);
    } catch (error) {
      this.look({ refused: sentencesOf(error) });
    } finally {
      this.look({ answering: false, progress: this.state.lessonLook.progress + 1 });
    }
  }

  /** The task of the card that is open was met. */
  met() {
    const { lesson, lessonLook } = this.state;
    if (!lesson || lesson.lesson === null || lesson.card === null || doneOf(lesson.lesson, lesson.card)?.met) return;
    note(lesson, { met: true });
    this.look({ progress: lessonLook.progress + 1 });
  }

  async receipt() {
    const file = await this.#host.sender.answered(this.#host.sender.send({ type: "lesson_receipt" }));
    if (file) download(file.name, new Blob([file.text], { type: file.type }));
  }

  /** Called with every painting: what a card shows of its room, as soon as it is there. @param {AppState} state */
  follow(state) {
    this.#looks.follow(state);
  }

  // A text that is being written --------------------------------------------------------------------------------------

  /** @param {number} card  of the draft */
  async tryCard(card) {
    const { draft } = this.state.lessonLook;
    const answer = await this.#host.sender.answered(this.#host.sender.send({ type: "lesson_try", text: draft, card }));
    if (!answer) return;
    if (answer.problems.length > 0) this.look({ checked: { problems: answer.problems, lesson: null } });
    else {
      this.look({ shown: card });
      this.#show(true);
    }
  }
}

/** What can be changed elsewhere than among the settings: beside a card that leaves nothing else they are a drawer. */
const ELSEWHERE = new Set(["weights", "findings", "race.start", "race-settings", "race-choice", "race-tuner"]);

/** What the card that is open does to the page around it. @param {LessonInfo | null} lesson */
function apply(lesson) {
  const open = lesson?.locked ? [] : (lesson?.controls ?? null);
  leaveOpen(open);
  document.documentElement.toggleAttribute("data-lesson", lesson !== null);
  const folded = lesson?.controls.every((name) => ELSEWHERE.has(name)) ?? false;
  document.documentElement.toggleAttribute("data-folded", folded);
}
