/** What there is to learn: courses with their lessons, what one can do after each, and how far one has come. */

/** @import { AppState, View } from "../types.js" */
/** @import { Course, LessonRow } from "./slice.js" */
/** @import { LessonDone, Progress } from "./progress.js" */

import { at } from "../toolkit/address.js";
import { h, memo } from "../toolkit/dom.js";
import { download, pickText } from "../toolkit/files.js";
import { reasonOf } from "../wire/refusals.js";
import { drops } from "./editor/editor.js";
import { addFile, asFile, clearAll, progressNow } from "./progress.js";

/**
 * @param {import("./actions.js").LessonActions} actions
 * @param {import("./editor/actions.js").LessonEditor} writing
 * @returns {View}
 */
export function galleryView(actions, writing) {
  const begin = h("div", { class: "lessons-begin" });
  const courses = h("div", { class: "lessons-courses" });
  const own = h("section", { class: "lessons-course", aria: { label: "Your own" } });
  const button = (/** @type {string} */ label, /** @type {string} */ hook, /** @type {() => void} */ press) =>
    h("button", { type: "button", class: "quiet-button", data: { testid: hook }, onclick: press }, label);
  const sure = h(
    "span",
    { class: "lessons-sure", hidden: true },
    "Clear what this browser knows of your progress? ",
    button("Clear it", "progress-clear-sure", () => ask(true)),
    button("Keep it", "progress-keep", () => ask(false)),
  );
  const clear = button("Clear…", "progress-clear", () => {
    sure.hidden = false;
    clear.hidden = true;
    sure.querySelector("button")?.focus();
  });
  const progress = h(
    "p",
    { class: "lessons-progress small" },
    h("span", {}, "Progress stays in this browser."),
    button("Save as a file", "progress-save", () => download("chainrule-lessons.json", new Blob([asFile()]))),
    button("Load a file", "progress-load", () => void load()),
    clear,
    sure,
  );
  const element = h(
    "div",
    { class: "lessons-gallery" },
    h(
      "header",
      { class: "lessons-head" },
      h("h2", {}, "Lessons"),
      h("p", {}, "Predict, run, see, and change one thing. Every answer is measured by the engine."),
      h(
        "div",
        { class: "lesson-buttons" },
        begin,
        button("Write one", "lesson-write", () => writing.open()),
        button("Open a file…", "lesson-file", () => void writing.pick()),
      ),
    ),
    courses,
    own,
    progress,
  );
  drops(element, writing);
  const changed = memo();
  return {
    element,
    update(state) {
      const { courses: all, failed, progress: revision } = state.lessonLook;
      if (!changed(all, failed, revision, state.lesson?.number, state.lesson === null)) return;
      const done = progressNow();
      drawBegin(state, done);
      drawCourses(all, failed, done);
      drawOwn(done, new Set(all?.flatMap(({ lessons }) => lessons.map(({ id }) => id))));
    },
  };

  /** @param {AppState} state @param {Progress} done */
  function drawBegin({ lesson, lessonLook }, done) {
    const id = lesson?.lesson ?? done.last;
    const last = id === null ? null : done.lessons[id];
    const first = lessonLook.courses?.flatMap(({ lessons }) => lessons)[0];
    const goal = id !== null && last ? { lesson: id, card: last.last } : first ? { lesson: first.id, card: 0 } : null;
    const label = last ? `Go on with ${last.title}, card ${last.last + 1}` : first ? `Begin with ${first.title}` : "";
    begin.replaceChildren(
      goal
        ? h(
            "button",
            {
              type: "button",
              class: "primary-button",
              data: { testid: "lesson-go-on" },
              onclick: () => void actions.open(goal),
            },
            label,
          )
        : "",
    );
  }

  /** @param {Course[] | null} all @param {string} failed @param {Progress} done */
  function drawCourses(all, failed, done) {
    if (failed) {
      const again = button("try again", "lessons-again", () => void actions.loadCourses());
      return courses.replaceChildren(h("p", { class: "field-error" }, `The lessons could not be loaded: ${failed}. `), again);
    }
    if (!all) return courses.replaceChildren(h("p", { class: "small" }, "The lessons are coming …"));
    courses.replaceChildren(
      ...all.map(({ name, title, about, lessons }) =>
        h(
          "section",
          { class: "lessons-course", aria: { labelledby: `course-${name}` }, data: { course: name } },
          h("h3", { id: `course-${name}` }, title),
          h("p", { class: "small" }, about),
          h("ol", { class: "lessons-list" }, ...lessons.map((lesson) => row(lesson, done.lessons[lesson.id] ?? null))),
        ),
      ),
    );
  }

  /** @param {LessonRow} lesson @param {LessonDone | null} done */
  function row({ id, title, can, minutes: [alone, together], cards }, done) {
    const sheet = (/** @type {string} */ kind, /** @type {string} */ label) =>
      h("a", { href: at(`lessons/${id}/${kind}`), target: "_blank", aria: { label: `${title}: ${label}` } }, label);
    return h(
      "li",
      { class: "lessons-row", data: { lesson: id } },
      opens(id, title, done),
      h("p", { class: "lessons-can" }, `Afterwards you can ${can}.`),
      dashes(cards, done),
      h(
        "p",
        { class: "small lessons-facts" },
        h("span", {}, `${cards} cards · ${minutesWords(alone)} alone · ${minutesWords(together)} in class`),
        sheet("handout", "handout"),
        sheet("sheet", "teacher’s sheet"),
      ),
    );
  }

  /** @param {string} id @param {string} title @param {LessonDone | null} done */
  function opens(id, title, done) {
    return h(
      "button",
      {
        type: "button",
        class: "lessons-open",
        onclick: () => void actions.open({ lesson: id, card: done && done.last < done.count - 1 ? done.last : 0 }),
      },
      title,
    );
  }

  /** Those that were written or opened here and are not chainrule's. @param {Progress} done @param {Set<string>} known */
  function drawOwn({ lessons }, known) {
    const mine = Object.entries(lessons).filter(([id, { own: foreign }]) => foreign && !known.has(id));
    own.hidden = mine.length === 0;
    own.replaceChildren(
      h("h3", {}, "Written by others, or by you"),
      h(
        "ol",
        { class: "lessons-list" },
        ...mine.map(([id, lesson]) =>
          h(
            "li",
            { class: "lessons-row", data: { lesson: id } },
            opens(id, lesson.title, lesson),
            dashes(lesson.count, lesson),
            button("Change its text", "lesson-source", () => void writing.source(id)),
          ),
        ),
      ),
    );
  }

  /** @param {boolean} yes */
  function ask(yes) {
    if (yes) {
      clearAll();
      tell();
    }
    sure.hidden = true;
    clear.hidden = false;
    clear.focus();
  }

  async function load() {
    const { sender } = actions.host;
    try {
      const text = await pickText(".json,application/json");
      if (text === null) return;
      addFile(text);
      tell();
      sender.say("The progress of the file is added to yours.");
    } catch (error) {
      sender.complain(`This file cannot be read as progress: ${reasonOf(error)}.`);
    }
  }

  function tell() {
    actions.look({ progress: actions.state.lessonLook.progress + 1 });
  }
}

/** @param {number} count @param {LessonDone | null} done */
function dashes(count, done) {
  const finished = Object.values(done?.cards ?? {}).filter(
    ({ seen, answer, met }) => seen || answer !== undefined || met,
  ).length;
  const words = finished === 0 ? "not begun" : `${finished} of ${count} cards`;
  return h(
    "p",
    { class: "lessons-dashes", title: words, aria: { label: words }, role: "img" },
    ...Array.from({ length: count }, (_, i) =>
      h("span", { class: "lesson-dash", data: { done: done?.cards[i] !== undefined } }),
    ),
  );
}

/** @param {number} minutes */
const minutesWords = (minutes) => `${Math.round(minutes)} min`;
