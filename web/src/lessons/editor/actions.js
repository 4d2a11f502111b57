/** Writing a lesson: read while it is typed, tried card by card, kept on the server, taken along and opened as a file. */

import { download, pickText } from "../../toolkit/files.js";
import { messageOf, sentencesOf } from "../../wire/refusals.js";
import { NewestAnswers } from "../../wire/newest.js";
import { addressOfCard } from "../link.js";
import { keepOwn } from "../progress.js";
import { keepDraft } from "./draft.js";

/** Milliseconds without a letter after which the text is read. */
const REST = 400;
const FILES = ".md,.markdown,.txt,text/markdown,text/plain";
/** Characters of a file that are read: what is longer is no lesson. */
const LONGEST = 60_000;

export class LessonEditor {
  #actions;
  #asked = new NewestAnswers();

  /** @param {import("../actions.js").LessonActions} actions */
  constructor(actions) {
    this.#actions = actions;
  }

  get #sender() {
    return this.#actions.host.sender;
  }

  get #draft() {
    return this.#actions.state.lessonLook.draft;
  }

  open() {
    this.#actions.look({ page: "editor" });
    this.check(0);
  }

  close() {
    this.#actions.look({ page: "gallery" });
  }

  /** @param {string} draft */
  write(draft) {
    keepDraft(draft);
    this.#actions.look({ draft, reading: true });
    this.check(REST);
  }

  /** @param {number} wait  milliseconds */
  check(wait) {
    const text = this.#draft;
    const read = () =>
      this.#sender.send({ type: "lesson_check", text }).catch((error) => ({
        problems: [{ line: 1, message: sentencesOf(error), allowed: null }],
        lesson: null,
      }));
    this.#asked.ask("check", text, read, (checked) => this.#actions.look({ checked, reading: false }), wait);
  }

  /** @param {number} card */
  show(card) {
    this.#actions.look({ shown: card });
  }

  /** Opens the card that is shown, as a learner finds it. */
  try() {
    return this.#actions.tryCard(this.#actions.state.lessonLook.shown);
  }

  /** On the server; its link is copied, or shown. */
  async keep() {
    const { host, state } = this.#actions;
    const kept = await this.#sender.answered(this.#sender.send({ type: "lesson_keep", text: this.#draft }));
    if (!kept) return;
    const written = state.lessonLook.checked?.lesson;
    keepOwn(kept.lesson, written?.title ?? "A lesson", written?.cards.length ?? 1);
    this.#actions.look({ progress: state.lessonLook.progress + 1 });
    const url = addressOfCard({ lesson: kept.lesson, card: 0 });
    const note = kept.lasting ? "" : "This server keeps it only until it stops.";
    try {
      await navigator.clipboard.writeText(url);
      this.#sender.say(["The lesson is kept, and its link is copied.", note].filter(Boolean).join(" "));
    } catch {
      host.showLink({ url, note });
    }
  }

  save() {
    const title = this.#actions.state.lessonLook.checked?.lesson?.title ?? "lesson";
    const name =
      title
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, "-")
        .replace(/^-|-$/g, "") || "lesson";
    download(`${name}.md`, new Blob([this.#draft], { type: "text/markdown" }));
  }

  async pick() {
    const text = await pickText(FILES).catch((error) => void this.#sender.complain(messageOf(error)));
    if (text) this.take(text);
  }

  /** @param {File | undefined} file */
  async drop(file) {
    if (file) this.take(await file.slice(0, 4 * (LONGEST + 1)).text());
  }

  /** A text from elsewhere, in place of the draft. @param {string} text */
  take(text) {
    if (text.length > LONGEST) return this.#sender.complain(`The file is longer than a lesson: at most ${LONGEST} characters.`);
    this.#actions.look({ page: "editor", shown: 0 });
    this.write(text);
    this.check(0);
  }

  /** The text of a lesson that there is, to change it. @param {string} lesson */
  async source(lesson) {
    const found = await this.#sender.answered(this.#sender.send({ type: "lesson_source", lesson }));
    if (found) this.take(found.text);
  }
}
