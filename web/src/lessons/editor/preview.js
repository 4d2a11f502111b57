/** A card as its reader will find it, question and all; nothing runs and nothing is measured here. */

/** @import { LessonInfo } from "../../protocol.js" */

import { h } from "../../toolkit/dom.js";
import { markup } from "../../shared/markup.js";
import { KINDS } from "../questions/index.js";

export function previewView() {
  const element = h("div", { class: "lesson-preview", data: { testid: "lesson-preview" } });
  return {
    element,
    /** @param {LessonInfo | null} card */
    show(card) {
      if (!card) {
        element.replaceChildren(h("p", { class: "small" }, "The card is shown once the text can be read."));
        return;
      }
      const { heading, words, question, why, task, view, after, controls, lit, minutes } = card;
      const facts = [
        `opens in ${view}${after && after !== view ? `, then ${after}` : ""}`,
        minutes ? `${minutes[0]} min alone, ${minutes[1]} in class` : "",
        controls.length > 0 ? `can be changed: ${controls.join(", ")}` : "nothing can be changed",
        lit.length > 0 ? `outlined: ${lit.join(", ")}` : "",
      ];
      const section = (/** @type {string} */ title, /** @type {string} */ html) =>
        h("section", {}, h("h4", { class: "panel-title" }, title), h("div", { class: "lesson-words" }, markup(html)));
      element.replaceChildren(
        ...[
          h("h3", {}, markup(heading)),
          h("div", { class: "lesson-words" }, markup(words)),
          question &&
            h(
              "section",
              { class: "lesson-question", aria: { label: "Question" } },
              h("div", { class: "lesson-ask" }, markup(question.ask)),
              KINDS[question.kind](question, () => {}).element,
            ),
          why && section("Why", why),
          task && section("Your turn", `${task.ask}<p>wanted ${task.wanted}</p>`),
          h("p", { class: "small" }, facts.filter(Boolean).join(" · ")),
        ].filter((each) => each instanceof Node),
      );
    },
  };
}
