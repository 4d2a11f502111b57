/** The question that is asked, and each step on from where its vote stands. */

/** @import { Controls } from "./controls.js" */
/** @import { Block, RoomEvent } from "./types.js" */

import { h, memo, setText } from "../../src/toolkit/dom.js";
import { markup } from "../../src/shared/markup.js";
import { block, press } from "./controls.js";
import { countsView } from "./counts.js";

/** @param {Controls} controls @returns {Block} */
export function questionBlock(controls) {
  const stands = h("p", { class: "remote-stands", data: { testid: "remote-phase" } });
  const ask = h("p", { class: "remote-ask", data: { testid: "remote-question" } });
  const clock = h("p", { class: "remote-clock", role: "timer", data: { testid: "remote-clock" } });
  const counts = countsView();
  const said = h("p", { class: "remote-said", data: { testid: "remote-said" } });
  const main = "primary";
  const close = press(controls, "Close the vote", "close_vote", undefined, { kind: main });
  const more = press(controls, "+30 s", "more_time", () => ({ seconds: 30 }));
  const again = press(controls, "Vote again", "vote_again");
  const reveal = press(controls, "Reveal", "reveal");
  const twin = press(controls, "Twin question", "twin");
  const drop = press(controls, "Done with it", "drop_question");
  const element = block(
    "Question",
    "vote",
    stands,
    ask,
    clock,
    counts.element,
    said,
    h("div", { class: "remote-row" }, close, more, again, reveal, twin, drop),
  );
  const asked = memo();
  let closesAt = 0;
  const tick = () => {
    const left = Math.max(0, Math.ceil((closesAt - Date.now()) / 1000));
    setText(clock, `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`);
  };
  setInterval(() => !clock.hidden && tick(), 500);
  return {
    element,
    update(room) {
      const { question, phase, closes_in: closes } = room;
      element.hidden = question === null;
      if (!question) return;
      setText(stands, standing(room));
      if (asked(question.ask)) ask.replaceChildren(markup(question.ask));
      clock.hidden = phase !== "vote" || closes === null;
      if (closes !== null) closesAt = Date.now() + closes * 1000;
      if (!clock.hidden) tick();
      counts.update(room);
      const told = phase === "revealed" ? (room.reveal?.said ?? "") : "";
      said.hidden = told === "";
      setText(said, told);
      const over = phase === "talk" || phase === "voted";
      close.hidden = more.hidden = phase !== "vote";
      again.hidden = phase !== "talk";
      reveal.hidden = !over;
      twin.hidden = !question.has_twin || !(phase === "voted" || phase === "revealed");
      setText(drop, phase === "revealed" ? "Done with it" : "Drop the question");
      // What is advised is what is pressed first.
      const first = phase !== "talk" ? reveal : room.advice === "reveal" ? reveal : again;
      for (const each of [again, reveal]) each.classList.toggle(main, each === first);
    },
  };
}

/** @param {RoomEvent} room */
function standing({ phase, round, question, answered, here }) {
  const vote = question?.votes === 1 ? "the vote" : round === 1 ? "vote one" : "vote two";
  const count = `${answered} of ${here} answered`;
  if (phase === "vote") return `${vote} is open · ${count}`;
  if (phase === "talk") return `${vote} is closed · ${count} · they talk`;
  if (phase === "voted") return `${vote} is closed · ${count} · not revealed yet`;
  return `revealed · ${count}`;
}
