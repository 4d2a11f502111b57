/** The transport of the Step room: to the first micro-step, one back, play, one on, the pace, the loop, and where we are. */

/** @import { View } from "../types.js" */

import { h, memo, setAttribute, setText } from "../toolkit/dom.js";
import { formatCount, formatExact, formatNumber } from "../toolkit/maths.js";
import { icon } from "../toolkit/icons.js";
import { numeric } from "./micro/numbers.js";
import { seenOf } from "./state.js";

/** Micro-steps a second, along the slider. */
const PACES = [0.25, 0.5, 1, 2, 4, 8, 16];

/**
 * @param {import("./actions.js").StepActions} actions
 * @returns {View}
 */
export function stepTransport(actions) {
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
        data: { testid: `step-${name}` },
        onclick: press,
      },
      icon(name),
    );
  const play = h("button", { class: "play", type: "button", data: { testid: "step-play" }, onclick: () => actions.toggle() });
  const pace = h("input", {
    type: "range",
    class: "line",
    min: 0,
    max: PACES.length - 1,
    step: 1,
    value: 2,
    aria: { label: "Pace" },
    data: { testid: "pace" },
  });
  pace.addEventListener("input", () => actions.setPace(PACES[Number(pace.value)]));
  const rate = h("span", { class: "pace-rate" });
  const loop = h(
    "button",
    {
      type: "button",
      class: "chip",
      title: "Begin the phase again at its end (l)",
      aria: { pressed: false },
      data: { testid: "loop" },
      onclick: () => actions.toggleLoop(),
    },
    "loop phase",
  );
  const step = h("strong", { class: "step", data: { testid: "step-update" } });
  const batch = h("span", { data: { testid: "step-loss" } });
  const own = h("span", { data: { testid: "step-sample-loss" } });
  const element = h(
    "section",
    { class: "transport step-transport", aria: { label: "Transport of the micro-steps" } },
    h(
      "div",
      { class: "buttons" },
      button("start", "To the first micro-step", "Home", () => actions.first()),
      button("back", "One micro-step back", "←", () => actions.previous()),
      play,
      button("forward", "One micro-step on", "→", () => actions.next()),
    ),
    h("label", { class: "pace" }, h("span", { class: "pace-word" }, "pace"), pace, rate),
    loop,
    h("p", { class: "hint" }, "← → micro-step · ↑ ↓ depth · click a number"),
    h("div", { class: "where" }, h("div", {}, step), h("div", {}, batch, own)),
  );
  const playChanged = memo();
  const seenChanged = memo();
  return {
    element,
    update(state) {
      const { playing, pace: now, loop: looping } = state.step;
      if (playChanged(playing)) {
        play.replaceChildren(icon(playing ? "pause" : "play"));
        setAttribute(play, "aria-label", playing ? "Pause" : "Play the micro-steps");
        setAttribute(play, "title", `${playing ? "Pause" : "Play"} (Space)`);
        setAttribute(element, "data-playing", String(playing));
      }
      pace.value = String(PACES.indexOf(now));
      pace.style.setProperty("--fill", `${(PACES.indexOf(now) / (PACES.length - 1)) * 100}%`);
      setAttribute(pace, "aria-valuetext", `${now} micro-steps a second`);
      setText(rate, `${now < 1 ? formatNumber(now, 2) : now} / s`);
      setAttribute(loop, "aria-pressed", String(looping));
      const seen = seenOf(state);
      const off = state.connection.status !== "open" || !state.run;
      for (const each of element.querySelectorAll("button, input")) /** @type {HTMLButtonElement} */ (each).disabled = off;
      if (!seen || !seenChanged(seen.frame, seen.scope)) return;
      setText(step, `step ${formatCount(seen.scope.step)}`);
      setAttribute(step, "data-value", String(seen.scope.step));
      tell(batch, "batch loss", numeric(seen.scope.loss));
      // Where no number can be told for it, that is told.
      if (seen.scope.problem && seen.scope.loss === null) setText(batch, "batch loss not finite");
      const { sample, sample_column: column } = seen.micro;
      if (sample === null || !seen.losses) setText(own, "");
      else
        tell(
          own,
          `${batch.textContent ? " · " : ""}sample ${formatCount(sample + 1)} loss`,
          seen.micro.asked > 0 && Number.isNaN(seen.losses.data[column]) ? null : seen.losses.data[column],
        );
    },
  };
}

/** @param {HTMLElement} element @param {string} words @param {number | null} value */
function tell(element, words, value) {
  setText(element, value === null ? "" : `${words} ${formatNumber(value)}`);
  setAttribute(element, "title", value === null ? null : formatExact(value));
  setAttribute(element, "data-value", value === null ? null : String(value));
}
