/** The clock of a vote. It informs: a vote is closed by the teacher, or when all have answered. */

/** @import { Teaching } from "../slice.js" */

import { h, setAttribute, setText } from "../../toolkit/dom.js";
import { clockText } from "./words.js";

/** Milliseconds between two looks. */
const TICK = 250;

/** @param {Teaching} teaching @returns {number | null} */
export function secondsLeft({ room, since }) {
  if (!room || room.closes_in === null || room.phase !== "vote") return null;
  return Math.max(0, room.closes_in - (performance.now() - since) / 1000);
}

export function clockView() {
  const digits = h("b", { data: { testid: "class-clock" } });
  const rest = h("span");
  const element = h("span", { class: "class-clock", role: "timer", hidden: true }, digits, rest);
  /** @type {Teaching | null} */
  let shown = null;
  /** @type {number | undefined} */
  let timer;
  const draw = () => {
    const left = shown && secondsLeft(shown);
    element.hidden = left === null;
    if (left === null) {
      clearInterval(timer);
      timer = undefined;
      return;
    }
    const over = left <= 0;
    setText(digits, over ? "" : clockText(Math.ceil(left)));
    setText(rest, over ? "The time is up: answer now." : " left, or until all have answered.");
    setAttribute(element, "data-over", String(over));
  };
  return {
    element,
    /** @param {Teaching} teaching */
    update(teaching) {
      shown = teaching;
      if (timer === undefined && secondsLeft(teaching) !== null) timer = window.setInterval(draw, TICK);
      draw();
    },
  };
}
