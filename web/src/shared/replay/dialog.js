/** A stretch as a file that plays by itself: from where to where, how long it plays, how far the recording is. */

/** @import { AppState } from "../../types.js" */
/** @import { TextFile } from "../../commands.js" */

import { h, setAttribute, setText } from "../../toolkit/dom.js";
import { download } from "../../toolkit/files.js";
import { formatCount, parseSetting } from "../../toolkit/maths.js";
import { refusalOf, sentencesOf } from "../../wire/refusals.js";
import { stepSheet } from "../sheet.js";

/** Seconds that it may play for. */
const LENGTHS = [5, 15, 30, 60];

/** @typedef {{first: number, last: number, seconds: number}} Stretch */

/**
 * @param {{hook: string, note: string, unit: string}} words  `hook` of its parts, `note` what is recorded, in a line or two, `unit`
 *   what a step is called
 * @param {(state: AppState) => {last: number, none: string}} ends  the last step there is; what to say where there is none
 * @param {(stretch: Stretch) => Promise<TextFile>} make
 * @param {() => void} cancel  leaves what is being made
 */
export function replayDialog({ hook, note, unit }, ends, make, cancel) {
  const field = (/** @type {"first" | "last"} */ name) =>
    h("input", {
      type: "text",
      inputmode: "numeric",
      class: "line-field",
      autocomplete: "off",
      name: `replay.${name}`,
      data: { testid: `${hook}-${name}` },
    });
  const fields = { first: field("first"), last: field("last") };
  const length = h(
    "select",
    { name: "replay.seconds", data: { testid: `${hook}-seconds` } },
    ...LENGTHS.map((seconds) => h("option", { value: seconds, selected: seconds === 30 }, `${seconds} s`)),
  );
  const go = h("button", { type: "submit", class: "primary-button", data: { testid: `${hook}-start` } }, "record");
  const stop = h(
    "button",
    { type: "button", class: "quiet-button", hidden: true, data: { testid: `${hook}-cancel` }, onclick: leave },
    "cancel",
  );
  const bar = h("progress", { max: 1, hidden: true, aria: { label: "Recording" } });
  const said = h("p", { class: "small", role: "status", data: { testid: `${hook}-said` } });
  const refused = h("p", { class: "field-error", role: "alert", hidden: true, data: { testid: `${hook}-refused` } });
  const form = h(
    "form",
    { class: "trial-form", novalidate: true },
    h("label", {}, `from ${unit}`, fields.first),
    h("label", {}, "to", fields.last),
    h("label", {}, "plays for", length),
    go,
    stop,
    bar,
  );
  const sheet = stepSheet(hook, "Replay: a file that plays by itself", h("p", { class: "small" }, note), form, refused, said);
  sheet.element.classList.add("trial-sheet");
  let busy = false;
  /** The state that was seen last. @type {AppState | null} */
  let seen = null;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void start();
  });
  sheet.element.addEventListener("close", leave);
  return {
    element: sheet.element,
    /** @param {AppState} state */
    open(state) {
      const { last, none } = ends(state);
      fields.first.value = "0";
      fields.last.value = String(Math.max(0, last));
      refuse(null, null);
      setText(said, last > 0 ? "" : none);
      go.disabled = last <= 0;
      sheet.open();
      (go.disabled ? sheet.heading : fields.first).focus();
    },
    /** @param {AppState} state */
    update(state) {
      seen = state;
      const { trial } = state;
      if (!busy || trial?.command !== "replay") return;
      bar.value = trial.done / Math.max(1, trial.total);
      if (trial.total > 1) setText(said, `${formatCount(trial.done)} of ${formatCount(trial.total)} frames`);
    },
  };

  function leave() {
    if (busy) cancel();
  }

  async function start() {
    if (busy) return;
    const first = parseSetting(fields.first.value);
    const last = parseSetting(fields.last.value);
    const wrong = whole(first) ? (whole(last) ? null : "last") : "first";
    if (wrong) return refuse(wrong, "A whole number is needed.");
    refuse(null, null);
    setText(said, "Recording …");
    turn(true);
    try {
      const file = await make({ first: Number(first), last: Number(last), seconds: Number(length.value) });
      const content = new Blob([file.text], { type: file.type });
      download(file.name, content);
      setText(said, `Saved as ${file.name}, ${(content.size / 1e6).toFixed(1)} MB. It opens without a server.`);
    } catch (error) {
      const told = refusalOf(error);
      if (told?.code === "cancelled") setText(said, "Cancelled: nothing was saved.");
      else {
        setText(said, "");
        refuse(told?.field ?? null, sentencesOf(error));
      }
    } finally {
      turn(false);
    }
  }

  /** @param {boolean} now  whether it is being recorded */
  function turn(now) {
    const moved = document.activeElement === go || document.activeElement === stop;
    busy = now;
    go.hidden = now;
    stop.hidden = bar.hidden = !now;
    bar.removeAttribute("value"); // until it is known how far it is
    if (moved && sheet.element.open) (now ? stop : go).focus();
    go.disabled = seen?.connection.status !== undefined && seen.connection.status !== "open";
  }

  /** @param {string | null} name  of the field @param {string | null} words */
  function refuse(name, words) {
    refused.hidden = words === null;
    setText(refused, words ?? "");
    for (const [each, input] of Object.entries(fields)) setAttribute(input, "aria-invalid", each === name ? "true" : null);
  }
}

/** @param {number | null} value */
const whole = (value) => value !== null && Number.isInteger(value) && value >= 0;
