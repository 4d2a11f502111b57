/** The transport: to the start, one back, play, one forward, the speed ladder, the time line, and where we are. */

/** @import { View } from "../types.js" */

import { LADDER } from "../actions.js";
import { h, memo, setAttribute, setText } from "../dom.js";
import { formatCount, formatNumber } from "../maths.js";
import { icon } from "./icons.js";
import { undoView } from "./undo.js";

/**
 * @param {import("../actions.js").Actions} actions
 * @returns {View}
 */
export function transportView(actions) {
  const button = (
    /** @type {string} */ name,
    /** @type {string} */ label,
    /** @type {string} */ key,
    /** @type {() => void} */ press,
  ) =>
    h(
      "button",
      { class: "round", type: "button", title: `${label} (${key})`, aria: { label }, data: { testid: name }, onclick: press },
      icon(name),
    );
  const play = h("button", { class: "play", type: "button", data: { testid: "play" }, onclick: () => actions.toggle() });
  const ladder = speedLadder(actions);
  const line = timeLine(actions);
  const undo = undoView(actions);
  const step = h("strong", { class: "step", data: { testid: "step" } });
  const whole = h("span", { class: "whole" });
  const epoch = h("span", { data: { testid: "epoch" } });
  const rate = h("span", { data: { testid: "rate" } });
  const element = h(
    "section",
    { class: "transport", data: { part: "transport" }, aria: { label: "Transport" } },
    h(
      "div",
      { class: "buttons" },
      button("start", "To the start", "Home", () => actions.toStart()),
      button("back", "One step back", "←", () => actions.back()),
      play,
      button("forward", "One step forward", "→", () => actions.forward()),
    ),
    ladder.element,
    line.element,
    undo.element,
    h("div", { class: "where" }, h("div", {}, step, whole), h("div", {}, epoch, rate)),
  );
  const statusChanged = memo();
  return {
    element,
    update(state) {
      const { clock } = state;
      line.update(state);
      ladder.update(state);
      const status = clock?.status ?? "connecting";
      if (statusChanged(status)) {
        const playing = status === "playing";
        play.replaceChildren(icon(playing ? "pause" : "play"));
        setAttribute(play, "aria-label", playing ? "Pause" : "Play");
        setAttribute(play, "title", `${playing ? "Pause" : "Play"} (Space)`);
        setAttribute(element, "data-status", status);
      }
      const off = state.connection.status !== "open" || !clock;
      for (const each of element.querySelectorAll("button, input")) /** @type {HTMLButtonElement} */ (each).disabled = off;
      undo.update(state);
      if (!clock) return;
      setText(step, `step ${formatCount(clock.step)}`);
      setAttribute(step, "data-value", String(clock.step));
      setText(whole, ` of ${formatCount(clock.max_steps)}`);
      setText(epoch, `epoch ${formatCount(clock.epoch)}`);
      setText(
        rate,
        clock.status === "playing" && clock.steps_per_second !== null ? ` · ${perSecond(clock.steps_per_second)} steps/s` : "",
      );
    },
  };
}

/** @param {number} rate */
function perSecond(rate) {
  return rate >= 100 ? formatCount(rate) : formatNumber(rate, 2);
}

/**
 * @param {import("../actions.js").Actions} actions
 * @returns {View}
 */
function speedLadder(actions) {
  const buttons = LADDER.map(({ label, speed }) =>
    h(
      "button",
      { type: "button", role: "radio", class: "rung", aria: { checked: false }, onclick: () => actions.speed(speed) },
      label,
    ),
  );
  const element = h("div", { class: "ladder", role: "radiogroup", aria: { label: "Speed" } }, ...buttons);
  return {
    element,
    update({ clock }) {
      LADDER.forEach(({ speed }, i) => {
        const { unit, rate } = clock?.speed ?? { unit: "", rate: 0 };
        const current = unit === speed.unit && (unit === "flat" || rate === speed.rate);
        setAttribute(buttons[i], "aria-checked", String(current));
      });
    },
  };
}

/**
 * The run from its start to the furthest step of the branch; dragging goes anywhere in it.
 * @param {import("../actions.js").Actions} actions
 * @returns {View}
 */
function timeLine(actions) {
  const input = h("input", {
    type: "range",
    class: "line",
    min: 0,
    max: 1,
    step: 1,
    value: 0,
    aria: { label: "Time line" },
    data: { testid: "timeline" },
  });
  let dragging = false;
  input.addEventListener("input", () => {
    dragging = true;
    fill();
    actions.seek(Number(input.value));
  });
  input.addEventListener("change", () => {
    dragging = false;
  });
  const fill = () => input.style.setProperty("--fill", `${(Number(input.value) / Math.max(1, Number(input.max))) * 100}%`);
  const marks = h("div", { class: "marks" });
  const element = h("div", { class: "timeline" }, marks, input);
  const marksChanged = memo();
  return {
    element,
    update({ clock, script }) {
      if (!clock) return;
      const edits = script?.run === clock.run ? script.edits : [];
      if (marksChanged(edits, clock.end)) marks.replaceChildren(...editMarks(edits, clock.end, actions));
      setAttribute(input, "max", String(Math.max(1, clock.end)));
      if (!dragging) input.value = String(clock.step);
      setAttribute(input, "aria-valuetext", `step ${clock.step} of ${clock.end}`);
      fill();
    },
  };
}

/**
 * A mark on the time line for every step that edits precede; it says what changed and goes there.
 * @param {import("../types.js").Script["edits"]} edits
 * @param {number} end
 * @param {import("../actions.js").Actions} actions
 */
function editMarks(edits, end, actions) {
  /** @type {Map<number, string[]>} */
  const labels = new Map();
  for (const { step, label } of edits) labels.set(step, [...(labels.get(step) ?? []), label]);
  return [...labels].map(([step, words]) => {
    const text = `step ${formatCount(step)}: ${words.join("; ")}`;
    const mark = h("button", { type: "button", class: "mark-edit", title: text, aria: { label: text }, onclick: () => actions.seek(step) });
    mark.style.left = `${(step / Math.max(1, end)) * 100}%`;
    return mark;
  });
}
