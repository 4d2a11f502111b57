/** The question of the lesson's card that is open: asked by one press. */

import { h, memo } from "../../toolkit/dom.js";
import { markup } from "../../shared/markup.js";

/** @returns {import("./dialog.js").Form} */
export function cardForm() {
  const element = h("div", { class: "class-card-question", data: { testid: "class-ask-card" } });
  const changed = memo();
  let asks = false;
  return {
    element,
    update({ lesson }) {
      if (!changed(lesson?.number, lesson?.card, lesson?.question)) return;
      asks = Boolean(lesson?.question);
      element.replaceChildren(
        ...(lesson?.question
          ? [
              h("p", { class: "small" }, `${lesson.title}, card ${(lesson.card ?? 0) + 1}`),
              h("div", { class: "lesson-ask" }, markup(lesson.question.ask)),
            ]
          : [h("p", {}, lesson ? "This card asks no question." : "No card of a lesson is open.")]),
      );
    },
    fields: () => ({}),
    wrong: () => (asks ? "" : "There is no card’s question to ask. Open a card that has one, or ask for a number or in words."),
  };
}
