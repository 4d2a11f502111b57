/**
 * What lies over a learner's own screen: one sentence while all eyes are up, and while a vote is open the way to it, since this
 * screen could compute the answer. A dialog: what is behind it takes no input, and can be zoomed and read all the same.
 */

/** @import { View } from "../../types.js" */
/** @import { PartInfo } from "./slice.js" */

import { h, memo, setAttribute, setText } from "../../toolkit/dom.js";
import { joinAddress } from "./member.js";

const VOTE = "A vote is open. Your own screen could compute its answer, so it waits until the vote closes.";

/** @returns {View} */
export function curtainView() {
  const words = h("p", { class: "own-curtain-words", id: "own-curtain-words", data: { testid: "own-curtain-words" } });
  const vote = h("a", { class: "own-vote", data: { testid: "own-vote" } }, "Go to the vote");
  const element = h(
    "dialog",
    { class: "own-curtain", "aria-labelledby": "own-curtain-words", data: { testid: "own-curtain" } },
    h("div", { class: "own-curtain-middle" }, words, vote),
  );
  // It is not in the learner's hand: Escape does not take it away.
  element.addEventListener("cancel", (event) => event.preventDefault());
  element.addEventListener("close", () => drawn && element.showModal());
  let drawn = false;
  const changed = memo();
  return {
    element,
    update({ own }) {
      const why = reason(own.part);
      drawn = why !== null;
      if (drawn && !element.open) element.showModal();
      if (!drawn && element.open) element.close();
      if (!why || !own.code || !changed(why.words, why.vote, own.code)) return;
      setText(words, why.words);
      element.dataset.kind = why.vote ? "vote" : "eyes";
      vote.hidden = !why.vote;
      setAttribute(vote, "href", joinAddress(own.code));
    },
  };
}

/** Why the screen waits; null: it does not. @param {PartInfo | null} part */
export function reason(part) {
  if (part?.state !== "in") return null;
  if (part.eyes_up !== null) return { words: part.eyes_up || "Eyes up: please look at the front.", vote: false };
  return part.vote ? { words: VOTE, vote: true } : null;
}
