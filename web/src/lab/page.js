/** What one sees in the lab: the gallery, or the experiment that is open. */

/** @import { View } from "../types.js" */

import { h, setAttribute } from "../toolkit/dom.js";
import { galleryView } from "./gallery.js";
import { stageView } from "./stage.js";

/** @param {import("./actions.js").LabActions} actions @returns {View} */
export function labPage(actions) {
  const [gallery, stage] = [galleryView(actions), stageView(actions)];
  const element = h("div", { class: "lab-page" }, gallery.element, stage.element);
  /** What was looked at last; undefined before anything was. @type {string | null | undefined} */
  let last;
  return {
    element,
    update(state) {
      const { open } = state.labLook;
      const shown = open !== null && state.labLook.rows !== null;
      gallery.element.hidden = shown;
      stage.element.hidden = !shown;
      setAttribute(element, "data-open", open ?? "");
      (shown ? stage : gallery).update(state);
      if (last !== open && state.labLook.rows) {
        if (last !== undefined && navigator.userActivation?.hasBeenActive !== false) follow(last, open);
        last = open;
      }
    },
  };

  /** Who came by keys goes on by keys. @param {string | null} from @param {string | null} to */
  function follow(from, to) {
    const focus = document.activeElement;
    const lost = focus === null || focus === document.body || (element.contains(focus) && focus.closest("[hidden]") !== null);
    if (!lost) return;
    const place = to === null ? gallery.element.querySelector(`[data-experiment="${from}"]`) : stage.back;
    if (place instanceof HTMLElement) place.focus({ preventScroll: to !== null });
  }
}
