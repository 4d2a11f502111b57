/** The code, and the end: what is kept a day, and what goes at once. */

/** @import { Controls } from "./controls.js" */
/** @import { Block } from "./types.js" */

import { h } from "../../src/toolkit/dom.js";
import { block, press } from "./controls.js";

/** @param {Controls} controls @returns {Block} */
export function endingBlock(controls) {
  const element = block(
    "The room",
    "ending",
    h(
      "div",
      { class: "remote-row" },
      press(controls, "New code", "new_code"),
      press(controls, "No more joining", "expire_code"),
    ),
    h(
      "div",
      { class: "remote-row" },
      press(controls, "End the class", "end", () => ({ keep: true }), { kind: "danger", sure: "Press again to end" }),
      press(controls, "End, and delete all", "delete", undefined, { kind: "danger", sure: "Press again: all is deleted" }),
    ),
    h(
      "p",
      { class: "remote-small" },
      "Ended, the room’s results can be taken along for 24 hours on the large screen; then all of it is deleted.",
    ),
  );
  return { element, update() {} };
}
