/** A vote: the question, what one answers, and whether it has arrived. The newest answer counts; it may be changed until the vote closes. */

/** @import { Answer, Send, State, View } from "./types.js" */
/** @import { Asked } from "./questions/types.js" */

import { RoomError } from "../src/class/wire.js";
import { markup } from "../src/shared/markup.js";
import { h, memo, setAttribute, setText } from "../src/toolkit/dom.js";
import { clockOf } from "./clock.js";
import { KINDS } from "./questions/index.js";
import { inWords, UNKNOWN } from "./questions/words.js";
import { voteOf } from "./screens.js";

/** @param {Send} send @param {(round: number, answer: Answer | null) => void} locked  an answer of one's own was taken @returns {View} */
export function voteView(send, locked) {
  const which = h("p", { class: "quiet over", data: { testid: "vote" } });
  const title = h("h1", { tabindex: -1, class: "ask" });
  const body = h("div", { class: "answer" });
  const lock = h(
    "button",
    { type: "button", class: "primary wide", data: { testid: "lock" }, onclick: () => put !== null && vote(put) },
    "Lock in",
  );
  const unknown = h(
    "button",
    {
      type: "button",
      class: "choice unknown",
      aria: { pressed: false },
      data: { testid: "unknown" },
      onclick: () => vote(null),
    },
    h("span", {}, UNKNOWN),
  );
  const told = h("p", { class: "told-vote", role: "status", data: { testid: "vote-status" } });
  const earlier = h("p", { class: "quiet" });
  const element = h("section", { class: "vote" }, which, title, body, lock, unknown, told, earlier);
  /** @type {Asked | null} */
  let asked = null;
  /** What is put together and not locked in. @type {Answer | null} */
  let put = null;
  /** What is to be sent, after what is under way. @type {{answer: Answer | null} | null} */
  let wish = null;
  let sending = false;
  let refused = "";
  /** @type {State | null} */
  let state = null;
  const begun = memo();
  return {
    element,
    update(now) {
      state = now;
      const { room, mine } = now;
      const question = room?.question;
      if (!room || !question) return;
      if (begun(question.number, room.round)) {
        [put, wish, refused] = [null, null, ""];
        title.replaceChildren(markup(question.ask));
        asked = KINDS[question.kind](
          question,
          (answer) => {
            put = answer;
            if (asked?.direct && answer !== null) vote(answer);
            else if (state) draw(state);
          },
          now.frame,
        );
        body.replaceChildren(asked.element);
        const before = mine.get(room.round);
        if (before !== undefined) asked.show(before);
      }
      draw(now);
    },
  };

  /** @param {State} now */
  function draw({ room, mine, told: at, line }) {
    const question = room?.question;
    if (!room || !question || !asked) return;
    const clock = clockOf(room, at);
    setText(which, [voteOf(room), `${room.answered} of ${room.here} answered`, clock].filter(Boolean).join(" · "));
    const known = mine.has(room.round);
    const answer = known ? (mine.get(room.round) ?? null) : undefined;
    setAttribute(unknown, "aria-pressed", String((wish ? wish.answer : answer) === null));
    lock.hidden = asked.direct;
    const same = put !== null && JSON.stringify(put) === JSON.stringify(answer);
    lock.disabled = put === null || same;
    setText(lock, known && !same ? "Lock in the change" : "Lock in");
    setText(told, refused || standing(known, line?.status === "open"));
    told.classList.toggle("field-error", refused !== "");
    const first = room.round > 1 ? mine.get(1) : undefined;
    setText(earlier, first === undefined ? "" : `In the first vote you said: ${inWords(question, first)}.`);
  }

  /** @param {boolean} known @param {boolean} open */
  function standing(known, open) {
    if (sending && !open) return "Not sent yet: the line is lost. It goes by itself when the line is back.";
    if (sending) return "Sending …";
    if (known) return "Locked in. You can change it until this vote closes.";
    return asked?.direct ? "Tap one to lock it in." : "Nothing is locked in yet.";
  }

  /** @param {Answer | null} answer */
  async function vote(answer) {
    wish = { answer };
    refused = "";
    if (answer === null) asked?.show(null);
    if (!sending) {
      sending = true;
      if (state) draw(state);
      while (wish) await sent(wish.answer);
      sending = false;
    }
    if (state) draw(state);
  }

  /** @param {Answer | null} answer */
  async function sent(answer) {
    const { question, round } = state?.room ?? {};
    const now = wish;
    if (question && round !== undefined) {
      try {
        await send("vote", { question: question.number, round, answer }, true);
        if (state?.room?.question?.number === question.number) locked(round, answer);
      } catch (error) {
        if (now === wish) refused = error instanceof RoomError ? error.message : "This answer was not sent.";
      }
    }
    if (now === wish) wish = null;
  }
}
