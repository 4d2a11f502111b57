/** What all studies share on the page: the newest frame of each kind, and a line that says how far one is and ends it. */

/** @import { AppState } from "../../types.js" */
/** @import { Studies, StudyFound, StudyFrame, StudyFrameOf, StudyKind } from "./studies.js" */

import { h, setAttribute, setText } from "../../toolkit/dom.js";
import { formatPercent, parseSetting, typeset } from "../../toolkit/maths.js";

/**
 * Whether a study's frame holds more than which it is and how far.
 * @template {StudyKind} K
 * @param {StudyFrameOf<K>} frame
 * @returns {frame is StudyFound<K>}
 */
const hasFound = (frame) => Object.keys(frame.meta).length > 2;

/**
 * While a study has nothing yet, or came to nothing, what the one before it found stays to be seen.
 * @param {Studies} studies
 * @param {StudyFrame} frame  the newest
 * @returns {Studies}
 */
export function withStudy(studies, frame) {
  const { kind } = frame.meta.study;
  return { ...studies, [kind]: withFound(frame, studies[kind]) };
}

/**
 * @template {StudyKind} K
 * @param {StudyFrameOf<K>} frame
 * @param {StudyFrameOf<K> | undefined} before
 * @returns {StudyFrameOf<K>}
 */
function withFound(frame, before) {
  return hasFound(frame) || !before || !hasFound(before)
    ? frame
    : { ...before, meta: { ...before.meta, study: frame.meta.study } };
}

/**
 * What a study has found so far; null while it has nothing.
 * @template {StudyKind} K
 * @param {AppState} state
 * @param {K} kind
 * @returns {StudyFound<K> | null}
 */
export function studyOf({ studies }, kind) {
  /** @type {StudyFrameOf<K> | undefined} */
  const frame = studies[kind];
  return frame && hasFound(frame) ? frame : null;
}

/** @typedef {"empty" | "running" | "done" | "cancelled" | "failed"} StudyState */

/**
 * @param {import("../network/actions.js").NetworkRaceActions} actions
 * @param {StudyKind} kind
 */
export function progress(actions, kind) {
  const bar = h("progress", { max: 1, value: 0, aria: { label: "How far the study is" } });
  const words = h("span", { role: "status" });
  const stop = h(
    "button",
    { type: "button", class: "quiet-button", data: { testid: `study-cancel-${kind}` }, onclick: () => actions.cancel() },
    "end it",
  );
  const error = h("p", { class: "field-error", role: "alert", data: { testid: `study-error-${kind}` }, hidden: true });
  const element = h("div", { class: "study-progress small", data: { study: kind } }, bar, words, stop, error);
  actions.register(`study.${kind}`);
  return {
    element,
    /** @param {AppState} state */
    update({ studies, errors }) {
      const told = studies[kind]?.meta.study;
      const state = told?.state ?? "empty";
      setAttribute(element, "data-state", state);
      setAttribute(element, "data-number", String(told?.number ?? 0));
      bar.hidden = stop.hidden = state !== "running";
      bar.value = Number(told?.share ?? 0);
      setText(
        words,
        told?.state === "running"
          ? formatPercent(told.share, 0)
          : told?.state === "failed"
            ? `It failed: ${told.message}.`
            : told?.state === "cancelled"
              ? `${told.message}.`
              : "",
      );
      const refused = errors[`study.${kind}`];
      error.hidden = !refused;
      setText(error, typeset(refused ?? ""));
    },
  };
}

/**
 * What a form's number is; where it is none, the server says what is wanted.
 * @param {{input: HTMLInputElement}} field
 */
export const numberOf = ({ input }) => /** @type {number} */ (parseSetting(input.value));

/**
 * A form's number, kept on the page until the study is asked for; the server says what is allowed.
 * @param {string} label
 * @param {string} testid
 * @param {string | number} value
 * @param {string} hint
 */
export function wishField(label, testid, value, hint) {
  const input = h("input", {
    type: "text",
    inputmode: "decimal",
    class: "number",
    value,
    autocomplete: "off",
    spellcheck: "false",
    data: { testid },
  });
  return { element: h("label", { class: "study-wish", title: hint }, `${label} `, input), input };
}

/**
 * What to try where nothing was found.
 * @param {StudyKind} kind
 */
export function adviceLine(kind) {
  const element = h("p", { class: "study-advice", role: "status", data: { testid: `study-advice-${kind}` }, hidden: true });
  return {
    element,
    /** @param {string} words  "" where there is nothing to say */
    show(words) {
      element.hidden = words === "";
      setText(element, words);
    },
  };
}
