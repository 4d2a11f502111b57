/** Two small buttons: take the last change back, and make it again. */

/** @import { View } from "../types.js" */

import { h, setAttribute } from "../toolkit/dom.js";
import { icon } from "../toolkit/icons.js";

/**
 * @param {import("./actions.js").TrainActions} actions
 * @returns {View}
 */
export function undoView(actions) {
  const button = (/** @type {string} */ name, /** @type {string} */ label, /** @type {() => void} */ press) =>
    h(
      "button",
      { class: "round small", type: "button", aria: { label }, data: { testid: name }, disabled: true, onclick: press },
      icon(name),
    );
  const undo = button("undo", "Undo the last change", () => actions.undo());
  const redo = button("redo", "Redo the change", () => actions.redo());
  return {
    element: h("div", { class: "undo" }, undo, redo),
    update({ script, earlier, run, connection, notice }) {
      const off = connection.status !== "open" || !run;
      undo.disabled = off || !(notice?.back || script?.can_undo || earlier.length > 0);
      redo.disabled = off || !script?.can_redo;
      const label = script?.edits.at(-1)?.label;
      const nothing = earlier.length > 0 ? "back to the run before" : "nothing to undo";
      setAttribute(
        undo,
        "title",
        `${notice?.back ? "undo: what was just told" : script?.can_undo && label ? `undo: ${label}` : nothing} (Ctrl+Z)`,
      );
      setAttribute(redo, "title", `${script?.can_redo ? "make the change again" : "nothing to redo"} (Ctrl+Shift+Z)`);
    },
  };
}
