/**
 * The card that is open, at the left of whatever room it is about; on a narrow screen a sheet over the room, which can be pulled
 * down.
 */

/** @import { LessonVerdict } from "../protocol.js" */
/** @import { AppState, View } from "../types.js" */

import { h, memo, setAttribute, setText } from "../toolkit/dom.js";
import { icon } from "../toolkit/icons.js";
import { markup } from "../shared/markup.js";
import { doneOf } from "./progress.js";
import { questionView } from "./question.js";
import { referenceOf } from "./link.js";
import { taskView } from "./task.js";
import { following, lockedWords } from "./told.js";

/** Pixels that a sheet is pulled by before it goes. */
const PULLED = 40;

/** @param {import("./actions.js").LessonActions} actions @returns {View} */
export function railView(actions) {
  const question = questionView((answer) => actions.answer(answer));
  const task = taskView(actions);
  const where = h("span", { class: "lesson-where" });
  const count = h("span", { data: { testid: "lesson-count" } });
  const dashes = h("nav", { class: "lesson-dashes", aria: { label: "Cards" } });
  const foreign = h(
    "p",
    { class: "lesson-foreign small", data: { testid: "lesson-foreign" } },
    "This lesson is not from chainrule.",
  );
  const heading = h("h2", { data: { testid: "lesson-heading" } });
  const words = h("div", { class: "lesson-words", data: { testid: "lesson-words" } });
  const locked = h("p", { class: "small", data: { testid: "lesson-locked" } });
  const whyWords = h("div", { class: "lesson-words", data: { testid: "lesson-why" } });
  const why = h("section", { aria: { label: "Why" } }, h("h3", { class: "panel-title" }, "Why"), whyWords);
  const button = (/** @type {string} */ label, /** @type {string} */ hook, /** @type {() => void} */ press) =>
    h("button", { type: "button", class: "quiet-button", data: { testid: hook }, onclick: press }, label);
  const back = button("◂ back", "lesson-back", () => actions.turn(-1));
  const next = button("next ▸", "lesson-next", () => actions.turn(1));
  const text = button("to the text", "lesson-text", () => actions.host.actions.enter("lessons"));
  const leave = h(
    "button",
    {
      type: "button",
      class: "round small",
      title: "Leave the lesson",
      aria: { label: "Leave the lesson" },
      data: { testid: "lesson-leave" },
      onclick: () => actions.leave(),
    },
    icon("close"),
  );
  const twin = h("a", { class: "lesson-twin", data: { testid: "lesson-twin" } }, "Same question, other numbers");
  const body = h(
    "div",
    { class: "lesson-card", id: "lesson-card", tabindex: 0, role: "group", aria: { label: "The card" } },
    foreign,
    heading,
    words,
    question.element,
    locked,
    why,
    twin,
    task.element,
  );
  const handle = h(
    "button",
    {
      type: "button",
      class: "lesson-handle",
      aria: { controls: body.id, expanded: true },
      data: { testid: "lesson-handle" },
      onclick: () => !dragged && actions.look({ up: !actions.state.lessonLook.up }),
    },
    h("span", { class: "lesson-grab", aria: { hidden: true } }),
    h("span", { class: "lesson-handle-words" }),
  );
  const element = h(
    "aside",
    { class: "lesson-rail", hidden: true, aria: { label: "Lesson" }, data: { testid: "lesson" } },
    handle,
    h(
      "div",
      { class: "lesson-sheet" },
      h("div", { class: "lesson-head small" }, where, count, leave),
      dashes,
      body,
      h("div", { class: "lesson-foot" }, back, h("span", { class: "small lesson-keys" }, "PgUp PgDn"), text, next),
    ),
  );
  let dragged = false;
  pulled();
  element.addEventListener("click", (event) => {
    // A link to another card stays in this page.
    const anchor = event.target instanceof Element ? event.target.closest('a[href^="#l="]') : null;
    const reference = referenceOf(anchor?.getAttribute("href")?.slice(3) ?? null);
    if (!reference) return;
    event.preventDefault();
    void actions.open(reference);
  });
  const [carded, explained, dashed] = [memo(), memo(), memo()];
  /** @type {Element | null} */
  let held = null;
  const follow = following(body);
  return {
    element,
    update(state) {
      const { lesson, lessonLook, room } = state;
      const shown = lesson !== null && room !== "lessons" ? lesson : null;
      element.hidden = shown === null;
      hold(lesson?.locked === true);
      if (!lesson) question.leave();
      if (!shown || shown.card === null) return;
      const { card, count: all, title, course } = shown;
      if (carded(shown.number, shown.lesson, card, shown.words, shown.heading)) {
        heading.replaceChildren(markup(shown.heading));
        words.replaceChildren(markup(shown.words));
        where.replaceChildren(h("b", {}, title), h("br"), course);
        setText(count, `card ${card + 1} of ${all}`);
        setText(handle.lastElementChild ?? handle, `${title} · card ${card + 1} of ${all}`);
        body.scrollTop = 0;
      }
      foreign.hidden = !shown.own;
      setAttribute(handle, "aria-expanded", String(lessonLook.up));
      element.dataset.up = String(lessonLook.up);
      locked.hidden = !shown.locked;
      setText(locked, lockedWords(shown));
      twin.hidden = shown.twin === null;
      setAttribute(twin, "href", shown.twin && `#l=${shown.twin}`);
      why.hidden = shown.why === null || shown.why === "";
      if (explained(shown.why)) whyWords.replaceChildren(markup(shown.why ?? ""));
      const [first, last] = [card === 0, card === all - 1];
      back.disabled = first;
      next.disabled = last;
      text.hidden = shown.lesson !== null;
      next.dataset.current = String(!shown.locked && !last);
      if (dashed(shown.lesson, card, all, lessonLook.progress, shown.locked)) drawDashes(shown.lesson, card, all);
      question.update(shown, state, remembered(state));
      question.follow(state);
      task.update(shown, state);
      follow(shown, question.told, task.element.hidden ? why : task.element);
    },
  };

  /** What moves is held until the question is answered. @param {boolean} on */
  function hold(on) {
    const transport = on ? document.querySelector(".room-transport > :not([hidden])") : null;
    if (transport === held) return;
    for (const [part, inert] of /** @type {[Element | null, boolean][]} */ ([
      [held, false],
      [transport, true],
    ])) {
      part?.toggleAttribute("inert", inert);
      if (part) setAttribute(part, "title", inert ? "play opens after the prediction" : null);
    }
    held = transport;
  }

  /** @param {string | null} id @param {number} card @param {number} all */
  function drawDashes(id, card, all) {
    dashes.replaceChildren(
      ...Array.from({ length: all }, (_, i) => {
        const done = id === null ? null : doneOf(id, i);
        const answered = done?.answer !== undefined || done?.met;
        const label = `Card ${i + 1}${i === card ? ", open" : answered ? ", done" : ""}`;
        return h("button", {
          type: "button",
          class: "lesson-dash",
          title: label,
          aria: { label, current: i === card ? "step" : "false" },
          data: { done: Boolean(answered) || i < card },
          onclick: () => actions.turn(i - (actions.state.lesson?.card ?? i)),
        });
      }),
    );
  }

  /** A sheet goes the way it is pulled. */
  function pulled() {
    let from = NaN;
    handle.addEventListener("pointerdown", (event) => {
      [from, dragged] = [event.clientY, false];
      handle.setPointerCapture(event.pointerId);
    });
    handle.addEventListener("pointermove", (event) => {
      const by = event.clientY - from;
      if (!handle.hasPointerCapture(event.pointerId) || dragged || Math.abs(by) < PULLED) return;
      dragged = true;
      actions.look({ up: by < 0 });
    });
  }
}

/** The answer of an earlier visit, where the server asks nothing again. @param {AppState} state @returns {LessonVerdict | null} */
function remembered({ lesson }) {
  if (!lesson?.question || lesson.lesson === null || lesson.card === null) return null;
  const done = doneOf(lesson.lesson, lesson.card);
  if (done?.answer === undefined) return null;
  const answer = /** @type {LessonVerdict["answer"]} */ (/** @type {unknown} */ (done.answer));
  const truth = /** @type {LessonVerdict["truth"]} */ (/** @type {unknown} */ (null));
  return { answer, truth, right: done.right ?? null, value: null, said: "", reply: "", curve: null, off: null };
}
