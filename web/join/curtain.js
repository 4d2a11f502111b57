/**
 * Eyes up: one sentence over everything. What lies under it takes no input, and no words to those who listen; the page can still be
 * zoomed, and the sentence read.
 */

/** @import { State } from "./types.js" */

import { h, setText } from "../src/toolkit/dom.js";

/** @param {HTMLElement[]} under */
export function curtain(under) {
  const words = h("p", { class: "curtain-words" });
  const element = h(
    "div",
    {
      class: "curtain",
      hidden: true,
      tabindex: 0,
      role: "alertdialog",
      aria: { label: "Eyes up", live: "assertive" },
      data: { testid: "curtain" },
    },
    words,
    h("p", { class: "quiet" }, "This page goes on when the teacher does."),
  );
  /** What had the keyboard. @type {HTMLElement | null} */
  let before = null;
  return {
    element,
    /** @param {State} state */
    update({ room }) {
      const sentence = room?.state === "in" ? room.eyes_up : null;
      const closed = !element.hidden;
      if (sentence) setText(words, sentence);
      if (closed === (sentence !== null)) return;
      const now = document.activeElement;
      if (sentence !== null) before = now instanceof HTMLElement && now !== document.body ? now : null;
      for (const dialog of document.querySelectorAll("dialog[open]")) if (dialog instanceof HTMLDialogElement) dialog.close();
      for (const part of under) part.inert = sentence !== null;
      element.hidden = sentence === null;
      if (sentence !== null) element.focus();
      else if (before?.isConnected) before.focus();
    },
  };
}
