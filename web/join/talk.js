/** Between votes: the talk with a neighbour, and the wait for the answer. */

/** @import { View } from "./types.js" */

import { markup } from "../src/shared/markup.js";
import { h, memo, setText } from "../src/toolkit/dom.js";
import { clockOf } from "./clock.js";
import { inWords } from "./questions/words.js";

/** @returns {View} */
export function talkView() {
  const over = h("p", { class: "quiet over" });
  const title = h("h1", { tabindex: -1, data: { testid: "talk" } });
  const words = h("p", { class: "lead" });
  const ask = h("div", { class: "asked" });
  const mine = h("p", { class: "mine", data: { testid: "mine" } });
  const element = h("section", { class: "talk" }, over, title, words, h("h2", {}, "The question"), ask, mine);
  const asked = memo();
  return {
    element,
    update({ room, mine: answers, told }) {
      const question = room?.question;
      if (!room || !question) return;
      const talk = room.phase === "talk";
      setText(over, [talk ? "First vote closed" : "Vote closed", talk ? clockOf(room, told) : ""].filter(Boolean).join(" · "));
      setText(title, talk ? "Talk to your neighbour" : "The vote is closed");
      setText(
        words,
        talk ? "Say why you think so, and find out who is right. Then you vote again." : "Look up: the answer comes next.",
      );
      if (asked(question.number, question.ask)) ask.replaceChildren(markup(question.ask));
      const answer = answers.get(room.round);
      setText(mine, answer === undefined ? "You did not vote this time." : `Your answer: ${inWords(question, answer)}`);
    },
  };
}
