/** Screens on which there is nothing to do but wait or leave: entering, waiting for a nod, removed, ended. */

/** @import { View } from "./types.js" */

import { h, setText } from "../src/toolkit/dom.js";

/** @param {() => void} leave @returns {View} */
export function standingView(leave) {
  const title = h("h1", { tabindex: -1, data: { testid: "standing" } });
  const words = h("p", { class: "lead" });
  const again = h("button", { type: "button", class: "primary wide", data: { testid: "again" }, onclick: leave });
  const alone = h("p", { class: "alone" }, h("a", { href: "/" }, "Go on without a class"));
  return {
    element: h("section", { class: "standing" }, title, words, again, alone),
    update({ room, member, code }) {
      const state = room?.state ?? "entering";
      const name = room?.name ?? member?.name ?? "";
      const texts = /** @type {Record<string, [string, string, string]>} */ ({
        entering: ["Entering …", `The class ${member?.code ?? code} is asked.`, "Another code"],
        waiting: [
          "The teacher lets you in in a moment",
          `You are ${name}. Leave this page open: it goes on by itself.`,
          "Another code",
        ],
        removed: [
          "You are no longer in this class",
          "The teacher took you out. Ask the teacher if that was not meant.",
          "Another code",
        ],
        ended: [
          "The class has ended",
          "What you answered is deleted with it, within 24 hours. A run of your own stays on your own screen.",
          "Join another class",
        ],
      })[state];
      if (!texts) return;
      setText(title, texts[0]);
      setText(words, texts[1]);
      setText(again, texts[2]);
      alone.hidden = state === "entering" || state === "waiting";
    },
  };
}
