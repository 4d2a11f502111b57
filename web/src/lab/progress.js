/** How far an experiment is, what ended it, and what can be done about it. Its place is kept, whatever it says. */

/** @import { AppState } from "../types.js" */
/** @import { Shown } from "./views/types.js" */

import { h, setAttribute, setText } from "../toolkit/dom.js";
import { formatCount, formatNumber, formatPercent } from "../toolkit/maths.js";

/** @param {import("./actions.js").LabActions} actions */
export function progressView(actions) {
  const bar = h("progress", {
    max: 1,
    value: 0,
    aria: { label: "How far the experiment is" },
    data: { testid: "lab-progress" },
  });
  const words = h("span", { role: "status", data: { testid: "lab-status" } });
  const button = (
    /** @type {string} */ label,
    /** @type {string} */ hook,
    /** @type {string} */ title,
    /** @type {() => void} */ press,
  ) => h("button", { type: "button", class: "quiet-button", title, data: { testid: hook }, onclick: press }, label);
  const cancel = button("Cancel", "lab-cancel", "End it (Esc)", () => void actions.cancel());
  const again = button("Run again", "lab-run", "Run it again (r)", () => void actions.again());
  const element = h("div", { class: "lab-progress small" }, bar, words, cancel, again);
  return {
    element,
    /** @param {AppState} state @param {Shown} shown */
    update({ labLook, lab }, { status, share }) {
      const waits = labLook.wished !== null && status !== "running";
      const running = status === "running" || waits;
      setAttribute(element, "data-state", waits ? "waiting" : status);
      bar.hidden = !running;
      cancel.hidden = status !== "running";
      again.hidden = running;
      bar.value = waits ? 0 : share;
      setText(words, waits ? "begins …" : wordsOf(status, share, labLook.refused, lab));
      words.classList.toggle("field-error", status === "failed" || labLook.refused !== "");
    },
  };
}

/** @param {Shown["status"]} status @param {number} share @param {string} refused @param {AppState["lab"]} lab */
function wordsOf(status, share, refused, lab) {
  if (refused) return refused;
  const message = lab?.message ? `: ${lab.message.replace(/\.$/, "")}` : "";
  if (status === "running") return formatPercent(share, 0);
  if (status === "failed") return `It failed${message}.`;
  if (status === "cancelled") return `It was ended at ${formatPercent(share, 0)}.`;
  if (status !== "done" || !lab) return "It has not run yet.";
  const updates = lab.updates > 0 ? ` · at most ${formatCount(lab.updates)} updates` : "";
  return `Done in ${formatNumber(lab.seconds, 2)} s${updates}.`;
}
