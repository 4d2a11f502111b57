/** The question of a card: asked, answered once, and told what was measured. The measured number is the answer. */

/** @import { LessonInfo, LessonVerdict } from "../protocol.js" */
/** @import { AppState } from "../types.js" */
/** @import { Answer, Asked } from "./questions/types.js" */

import { h, memo, setText } from "../toolkit/dom.js";
import { toNumber } from "../toolkit/maths.js";
import { markup, measuredElement } from "../shared/markup.js";
import { KINDS } from "./questions/index.js";

/** @param {(answer: Answer | null) => void} submit  null: I don't know */
export function questionView(submit) {
  const element = h("section", { class: "lesson-question", aria: { label: "Question" }, data: { testid: "lesson-question" } });
  /** @type {Asked | null} */
  let asked = null;
  /** @type {Answer | null} */
  let answer = null;
  const send = h(
    "button",
    {
      type: "button",
      class: "primary-button",
      data: { testid: "lesson-submit" },
      onclick: () => answer !== null && submit(answer),
    },
    "Submit",
  );
  const unknown = h(
    "button",
    { type: "button", class: "quiet-button", data: { testid: "lesson-unknown" }, onclick: () => submit(null) },
    "I don’t know",
  );
  const buttons = h("div", { class: "lesson-buttons" }, send, unknown);
  const refused = h("p", { class: "field-error", role: "alert", hidden: true });
  const told = h("div", { class: "lesson-verdict", role: "status", hidden: true, data: { testid: "lesson-verdict" } });
  const [begun, judged] = [memo(), memo()];
  /** Of these the right answer is marked where it stands. */
  const marked = ["choose", "sign", "power", "place"];
  /** Whether the right answer is seen already. @param {string} kind @param {LessonVerdict} verdict */
  const seen = (kind, { value }) => marked.includes(kind) || (kind === "number" && toNumber(value) !== null);
  return {
    element,
    told,
    /** @param {LessonInfo | null} lesson @param {AppState} state @param {LessonVerdict | null} remembered  of an earlier visit */
    update(lesson, { lessonLook: { answering, refused: why } }, remembered) {
      const question = lesson?.question ?? null;
      element.hidden = question === null;
      if (begun(lesson?.number, lesson?.lesson, lesson?.card)) {
        asked?.gone?.();
        [asked, answer] = [null, null];
        told.hidden = true;
        if (question) {
          asked = KINDS[question.kind](question, (put) => {
            answer = put;
            send.disabled = put === null;
          });
          send.disabled = answer === null;
          const ask = h("div", { class: "lesson-ask" }, markup(question.ask));
          element.replaceChildren(ask, asked.element, buttons, refused, told);
        }
      }
      if (!lesson || !question) return;
      const verdict = lesson.locked ? null : (lesson.verdict ?? remembered);
      buttons.hidden = !lesson.locked;
      unknown.disabled = answering;
      if (answering) send.disabled = true;
      else if (answer !== null) send.disabled = false;
      element.toggleAttribute("aria-busy", answering);
      refused.hidden = why === "";
      setText(refused, why);
      if (judged(lesson.number, lesson.card, verdict) && verdict) {
        asked?.reveal(verdict);
        told.replaceChildren(...wordsOf(verdict, question.unit, seen(question.kind, verdict)));
        told.hidden = false;
      }
    },
    /** With every painting in which the question is seen. @param {AppState} state */
    follow(state) {
      asked?.update?.(state);
    },
    /** No card is open any more. */
    leave() {
      asked?.gone?.();
      asked = null;
      begun(null);
    },
  };
}

/** @param {LessonVerdict} verdict @param {string} unit @param {boolean} seen @returns {Node[]} */
function wordsOf({ answer, value, said, reply }, unit, seen) {
  const number = toNumber(value);
  const measured =
    number === null
      ? null
      : h(
          "p",
          { class: "lesson-measured" },
          measuredElement(number),
          " ",
          h("span", { class: "small" }, markup(unit), unit ? ", measured now" : "measured now"),
        );
  return [
    measured,
    said && !seen ? h("p", { data: { testid: "lesson-said" } }, markup(said)) : null,
    reply ? h("p", { class: "lesson-reply" }, markup(reply)) : null,
    answer === null ? h("p", { class: "small" }, "You did not know.") : null,
  ].filter((each) => each !== null);
}
