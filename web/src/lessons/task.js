/** The task of a card: what is to be brought about, what the engine measures of it now, and whether that is it. */

/** @import { LessonInfo } from "../protocol.js" */
/** @import { AppState } from "../types.js" */

import { h, memo, setText } from "../toolkit/dom.js";
import { toNumber } from "../toolkit/maths.js";
import { markup, measuredElement } from "../shared/markup.js";
import { doneOf } from "./progress.js";

/** @param {import("./actions.js").LessonActions} actions */
export function taskView(actions) {
  const ask = h("div", { class: "lesson-task-ask" });
  const values = h("div", { class: "lesson-task-values", data: { testid: "task-values" } });
  const wanted = h("span");
  const state = h("strong", { data: { testid: "task-state" } });
  const receipt = h(
    "button",
    { type: "button", class: "quiet-button", data: { testid: "receipt" }, onclick: () => actions.receipt() },
    "Save a receipt",
  );
  const again = h(
    "button",
    { type: "button", class: "quiet-button", data: { testid: "lesson-reset" }, onclick: () => actions.reset() },
    "Start the card again",
  );
  const element = h(
    "section",
    { class: "lesson-task", aria: { label: "Your turn" }, data: { testid: "lesson-task" } },
    h("h3", { class: "panel-title" }, "Your turn"),
    ask,
    values,
    h("p", { class: "small lesson-wanted", role: "status" }, "wanted ", wanted, " · ", state),
    h("div", { class: "lesson-buttons" }, receipt, again),
  );
  const [begun, measured] = [memo(), memo()];
  return {
    element,
    /** @param {LessonInfo | null} lesson @param {AppState} now */
    update(lesson, now) {
      const task = lesson?.task ?? null;
      element.hidden = task === null || lesson?.locked === true;
      if (!lesson || !task || element.hidden) return;
      if (begun(lesson.number, task.ask)) {
        ask.replaceChildren(markup(task.ask));
        wanted.replaceChildren(markup(task.wanted));
        values.replaceChildren();
      }
      const frame = now.frames.lesson_task; // of whatever the card is about, a run or a race
      const told = frame?.meta.number === lesson.number ? frame.meta : null;
      if (told && measured(frame)) {
        values.replaceChildren(
          ...told.parts.map(({ text, value }) => {
            const number = toNumber(value);
            return h("p", {}, markup(text), " ", number === null ? "–" : measuredElement(number));
          }),
        );
        if (told.met) actions.met();
      }
      const before = lesson.lesson !== null && lesson.card !== null && doneOf(lesson.lesson, lesson.card)?.met === true;
      const met = told?.met ?? false;
      const once = told?.kept === true || task.met || before;
      element.dataset.met = String(met || once);
      setText(state, met ? "met" : once ? "met before" : "not yet");
      receipt.hidden = !task.receipt || !(met || told?.kept || task.met);
    },
  };
}
