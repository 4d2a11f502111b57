/** What the dialogs of the two trials share: a sheet with a form, progress, a refusal and a place for what came out. */

import { h, setText } from "../../toolkit/dom.js";
import { formatCount } from "../../toolkit/maths.js";
import { icon } from "../../toolkit/icons.js";

/**
 * @typedef {object} Words
 * @property {import("../types.js").Trial["command"]} command
 * @property {string} name  of its hooks
 * @property {string} title
 * @property {string} note  what it does, in a line or two
 * @property {string} start
 * @property {string} unit  what is counted
 */

/**
 * @param {Words} words
 * @param {HTMLElement[]} fields
 * @param {HTMLElement} outcome
 * @param {() => void} start
 * @param {() => void} cancel
 */
export function trialDialog({ command, name, title, note, start: startWords, unit }, fields, outcome, start, cancel) {
  const close = h(
    "button",
    { type: "button", class: "round small", aria: { label: "Close" }, onclick: () => element.close() },
    icon("close"),
  );
  const go = h("button", { type: "submit", class: "primary-button", data: { testid: `${name}-start` } }, startWords);
  const stop = h(
    "button",
    { type: "button", class: "quiet-button", hidden: true, data: { testid: `${name}-cancel` }, onclick: cancel },
    "cancel",
  );
  const bar = h("progress", { max: 1, value: 0, hidden: true, aria: { label: title } });
  const far = h("span", { class: "small" });
  const refusal = h("p", { class: "field-error", role: "alert", hidden: true });
  const form = h("form", { class: "trial-form", novalidate: true }, ...fields, go, stop, bar, far);
  const element = h(
    "dialog",
    { class: "sheet trial-sheet", aria: { labelledby: `${name}-title` }, data: { testid: `${name}-dialog` } },
    h("div", { class: "sheet-head" }, h("h2", { id: `${name}-title` }, title), close),
    h("p", { class: "small" }, note),
    form,
    refusal,
    h("div", { class: "sheet-body", tabindex: 0, role: "region", aria: { label: "Result" } }, outcome),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    start();
  });
  element.addEventListener("click", (event) => event.target === element && element.close());
  element.addEventListener("close", cancel);
  return {
    element,
    open: () => {
      if (element.open) return;
      element.showModal();
      go.focus();
    },
    /** @param {string | null} words */
    refuse(words) {
      refusal.hidden = words === null;
      setText(refusal, words ?? "");
    },
    /** @param {import("../../types.js").AppState} state */
    update({ trial, connection }) {
      const here = trial?.command === command ? trial : null;
      // The focus goes with the button it was on.
      const moved = document.activeElement === go || document.activeElement === stop;
      go.hidden = here !== null;
      stop.hidden = bar.hidden = here === null;
      if (moved && element.open) (here ? stop : go).focus();
      go.disabled = connection.status !== "open";
      if (here) bar.value = here.done / Math.max(1, here.total);
      setText(far, here && here.total > 1 ? `${formatCount(here.done)} of ${formatCount(here.total)} ${unit}` : "");
    },
  };
}
