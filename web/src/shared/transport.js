/** The parts of a transport, whatever it moves: its buttons, a ladder of speeds, a time line with its changes. */

import { h, memo, setAttribute } from "../toolkit/dom.js";
import { formatCount, formatNumber } from "../toolkit/maths.js";
import { icon } from "../toolkit/icons.js";

/**
 * @typedef {object} Moves  What the buttons do.
 * @property {() => void} toStart
 * @property {() => void} back
 * @property {() => void} toggle
 * @property {() => void} forward
 */

/**
 * To the start, one back, play, one forward.
 * @param {Moves} moves
 * @param {string} prefix  of the hooks' names
 */
export function transportButtons(moves, prefix = "") {
  const button = (
    /** @type {string} */ name,
    /** @type {string} */ label,
    /** @type {string} */ key,
    /** @type {() => void} */ press,
  ) =>
    h(
      "button",
      {
        class: "round",
        type: "button",
        title: `${label} (${key})`,
        aria: { label },
        data: { testid: prefix + name },
        onclick: press,
      },
      icon(name),
    );
  const play = h("button", { class: "play", type: "button", data: { testid: `${prefix}play` }, onclick: () => moves.toggle() });
  const element = h(
    "div",
    { class: "buttons" },
    button("start", "To the start", "Home", () => moves.toStart()),
    button("back", "One step back", "←", () => moves.back()),
    play,
    button("forward", "One step forward", "→", () => moves.forward()),
  );
  const changed = memo();
  return {
    element,
    /** @param {string} status */
    update(status) {
      if (!changed(status)) return;
      const playing = status === "playing";
      play.replaceChildren(icon(playing ? "pause" : "play"));
      setAttribute(play, "aria-label", playing ? "Pause" : "Play");
      setAttribute(play, "title", `${playing ? "Pause" : "Play"} (Space)`);
    },
  };
}

/** @param {number} rate */
export function perSecond(rate) {
  return rate >= 100 ? formatCount(rate) : formatNumber(rate, 2);
}

/**
 * @template {{unit: string, rate: number}} S
 * @param {{label: string, speed: S}[]} rungs
 * @param {(speed: S) => void} choose
 */
export function speedLadder(rungs, choose) {
  const buttons = rungs.map(({ label, speed }) =>
    h(
      "button",
      { type: "button", role: "radio", class: "rung", aria: { checked: false }, onclick: () => choose(speed) },
      label,
    ),
  );
  const element = h("div", { class: "ladder", role: "radiogroup", aria: { label: "Speed" } }, ...buttons);
  return {
    element,
    /** @param {S | undefined} now */
    update(now) {
      rungs.forEach(({ speed }, i) => {
        const current = now?.unit === speed.unit && (speed.unit === "flat" || now.rate === speed.rate);
        setAttribute(buttons[i], "aria-checked", String(current));
      });
    },
  };
}

/** @typedef {{step: number, label: string}} Mark  a change, and the step it precedes */

/**
 * From the start to the furthest step; dragging goes anywhere in it.
 * @param {(step: number) => void} seek
 * @param {string} testid
 */
export function timeLine(seek, testid = "timeline") {
  const input = h("input", {
    type: "range",
    class: "line",
    min: 0,
    max: 1,
    step: 1,
    value: 0,
    aria: { label: "Time line" },
    data: { testid },
  });
  let dragging = false;
  input.addEventListener("input", () => {
    dragging = true;
    fill();
    seek(Number(input.value));
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
    /** @param {{step: number, end: number} | null} clock @param {Mark[]} changes */
    update(clock, changes) {
      if (!clock) return;
      if (marksChanged(changes, clock.end)) marks.replaceChildren(...changeMarks(changes, clock.end, seek));
      setAttribute(input, "max", String(Math.max(1, clock.end)));
      if (!dragging) input.value = String(clock.step);
      setAttribute(input, "aria-valuetext", `step ${clock.step} of ${clock.end}`);
      fill();
    },
  };
}

/**
 * A mark on the time line for every step that changes precede; it says what changed and goes there.
 * @param {Mark[]} changes
 * @param {number} end
 * @param {(step: number) => void} seek
 */
function changeMarks(changes, end, seek) {
  /** @type {Map<number, string[]>} */
  const labels = new Map();
  for (const { step, label } of changes) labels.set(step, [...(labels.get(step) ?? []), label]);
  return [...labels].map(([step, words]) => {
    const text = `step ${formatCount(step)}: ${words.join("; ")}`;
    const mark = h("button", {
      type: "button",
      class: "mark-edit",
      title: text,
      aria: { label: text },
      onclick: () => seek(step),
    });
    mark.style.left = `${(step / Math.max(1, end)) * 100}%`;
    return mark;
  });
}
