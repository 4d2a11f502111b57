/** A number is picked on the page: all that can be asked for are outlined; press one, or go through them by Tab and press Enter. */

/** @import { View } from "../../types.js" */
/** @import { InView } from "./measures.js" */

import { h, memo, setText } from "../../toolkit/dom.js";
import { numberAt, numbersInView } from "./measures.js";

/** @param {import("../teacher.js").Teacher} teacher @returns {View} */
export function pickingView(teacher) {
  const words = h("span");
  const stop = h(
    "button",
    { type: "button", class: "quiet-button", data: { testid: "class-pick-stop" }, onclick: () => end(null) },
    "Back",
  );
  const element = h(
    "div",
    { class: "class-picking", role: "status", hidden: true, data: { testid: "class-picking" } },
    words,
    stop,
  );
  /** Elements that only now can be reached by Tab. @type {HTMLElement[]} */
  let lent = [];
  const changed = memo();
  const pressed = (/** @type {Event} */ event) => {
    if (element.contains(/** @type {Node} */ (event.target))) return;
    const found = numberAt(event.target);
    if (!found) return;
    event.preventDefault();
    event.stopPropagation();
    end(found);
  };
  const typed = (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      return end(null);
    }
    const found = event.key === "Enter" || event.key === " " ? numberAt(document.activeElement) : null;
    if (!found) return;
    event.preventDefault();
    event.stopPropagation();
    end(found);
  };
  return {
    element,
    update({ teaching }) {
      if (!changed(teaching.picking)) return;
      element.hidden = !teaching.picking;
      document.documentElement.toggleAttribute("data-picking", teaching.picking);
      if (teaching.picking) begin();
      else release();
    },
  };

  function begin() {
    const all = numbersInView();
    setText(
      words,
      all.length === 0 ? "No number of this view can be asked for." : "Press the number that you ask for, or Tab and Enter.",
    );
    for (const { element: each } of all) {
      if (each.tabIndex >= 0) continue;
      each.tabIndex = 0;
      lent.push(each);
    }
    (all[0]?.element ?? stop).focus();
    addEventListener("click", pressed, true);
    addEventListener("keydown", typed, true);
  }

  function release() {
    for (const each of lent) each.removeAttribute("tabindex");
    lent = [];
    removeEventListener("click", pressed, true);
    removeEventListener("keydown", typed, true);
  }

  /** @param {InView | null} found */
  function end(found) {
    teacher.set({ picking: false });
    teacher.picked(found);
  }
}
