/** The controls of a replay: to the start, one back, play, one forward, to the end, a line to scrub along, a speed. */

/** @import { Player, Recording } from "./types.js" */

import { h, setAttribute, setText } from "../src/toolkit/dom.js";
import { icon } from "../src/toolkit/icons.js";

const SPEEDS = [0.25, 0.5, 1, 2, 4];
/** Seconds that a frame stands at most, where there are few. */
const LONGEST = 1;

/**
 * @param {Recording} recording
 * @param {Player} player
 * @param {(frame: number) => void} show
 */
export function transport({ frames, meta }, player, show) {
  const last = frames - 1;
  const each = player.pace ?? Math.min(LONGEST, meta.seconds / Math.max(1, last));
  let frame = 0;
  let playing = false;
  /** Of the present frame, in milliseconds. */
  let shownAt = 0;
  const button = (/** @type {string} */ name, /** @type {string} */ label, /** @type {() => void} */ press) =>
    h(
      "button",
      { type: "button", class: "round", title: label, aria: { label }, data: { testid: `replay-${name}` }, onclick: press },
      icon(name === "end" ? "start" : name),
    );
  const play = h("button", { type: "button", class: "play", data: { testid: "replay-play" }, onclick: toggle });
  const line = h("input", {
    type: "range",
    min: 0,
    max: last,
    step: 1,
    value: 0,
    aria: { label: "Place in the replay" },
    data: { testid: "replay-line" },
    oninput: () => go(Number(line.value)),
  });
  const speed = h(
    "select",
    { aria: { label: "Speed" }, data: { testid: "replay-speed" } },
    ...SPEEDS.map((rate) => h("option", { value: rate, selected: rate === 1 }, `${rate}×`)),
  );
  const count = h("span", { class: "count", data: { testid: "replay-count" } });
  const element = h(
    "footer",
    { class: "controls" },
    h(
      "div",
      { class: "buttons" },
      button("start", "To the start (Home)", () => go(0)),
      button("back", "One frame back (←)", () => go(frame - 1)),
      play,
      button("forward", "One frame forward (→)", () => go(frame + 1)),
      button("end", "To the end (End)", () => go(last)),
    ),
    line,
    h("label", { class: "speed" }, h("span", { class: "speed-word" }, "speed"), speed),
    count,
  );
  /** @type {Record<string, () => void>} */
  const keys = {
    " ": toggle,
    ArrowLeft: () => go(frame - 1),
    ArrowRight: () => go(frame + 1),
    ArrowDown: () => go(frame - 1),
    ArrowUp: () => go(frame + 1),
    PageUp: () => go(frame - leap()),
    PageDown: () => go(frame + leap()),
    Home: () => go(0),
    End: () => go(last),
  };
  document.addEventListener("keydown", (event) => {
    const { target, key } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || !(key in keys)) return;
    if (target instanceof HTMLSelectElement) return;
    if (key === " " && target instanceof HTMLElement && target.closest("button, input[type=checkbox], a, summary")) return;
    const scrolls = key === "ArrowUp" || key === "ArrowDown" || key.startsWith("Page");
    if (scrolls && target !== line) return; // the page's own, where it is longer than the window
    const scroller = target instanceof HTMLElement ? target.closest(".tables, .formula") : null;
    if (scroller && scroller.scrollWidth > scroller.clientWidth && key.startsWith("Arrow")) return;
    event.preventDefault();
    keys[key]();
  });
  tell();
  return { element };

  function leap() {
    return Math.max(1, Math.round(frames / 10));
  }

  /** Goes there and stays. @param {number} next */
  function go(next) {
    playing = false;
    at(next);
  }

  /** @param {number} next */
  function at(next) {
    frame = Math.max(0, Math.min(last, next));
    show(frame);
    tell();
  }

  function toggle() {
    playing = !playing;
    if (playing) {
      if (frame === last) at(0);
      shownAt = performance.now();
      requestAnimationFrame(tick);
    }
    tell();
  }

  /** @param {number} now */
  function tick(now) {
    if (!playing) return;
    const due = Math.floor(((now - shownAt) / 1000 / each) * Number(speed.value));
    if (due > 0) {
      shownAt = now;
      at(frame + due);
      if (frame === last) playing = false;
    }
    if (playing) requestAnimationFrame(tick);
    else tell();
  }

  function tell() {
    const word = playing ? "Pause" : "Play";
    if (play.getAttribute("aria-label") !== `${word} (Space)`) {
      setAttribute(play, "aria-label", `${word} (Space)`);
      play.title = `${word} (Space)`;
      play.replaceChildren(icon(playing ? "pause" : "play"));
    }
    line.value = String(frame);
    line.style.setProperty("--fill", `${(100 * frame) / Math.max(1, last)}%`);
    setAttribute(line, "aria-valuetext", player.moment(frame));
    setText(count, `${frame + 1} of ${frames}`);
  }
}
