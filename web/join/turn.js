/** Your turn: the teacher's state, to go on with on one's own screen. */

/** @import { View } from "./types.js" */

import { at } from "../src/toolkit/address.js";
import { h, setAttribute, setText } from "../src/toolkit/dom.js";
import { followView } from "./follow.js";

/** @returns {View} */
export function turnView() {
  const title = h("h1", { tabindex: -1 }, "Your turn");
  const words = h("p", { class: "lead" });
  const seed = h("p", { class: "seed", data: { testid: "seed" } });
  const go = h("a", { class: "primary wide", data: { testid: "take-turn" } }, "Open it on your own screen");
  const follow = followView(title, words, seed, go);
  return {
    element: follow.element,
    update(state) {
      follow.update(state);
      const turn = state.room?.turn;
      if (!turn) return;
      setText(
        words,
        turn.task ? "Go on from where the teacher is, and meet the card’s task." : "Go on from where the teacher is.",
      );
      const own = state.room?.seed ?? null;
      seed.hidden = !turn.seeds || own === null;
      setText(seed, `Your random seed is ${own}: everybody has another.`);
      setAttribute(go, "href", at(`${turn.link.startsWith("#") ? "" : "#"}${turn.link}`));
    },
  };
}
