/** The answer: what was measured, and both votes side by side with one's own answer marked in each. */

/** @import { Answer, Question, Reveal, State, View } from "./types.js" */

import { markup, measuredElement } from "../src/shared/markup.js";
import { h, memo } from "../src/toolkit/dom.js";
import { formatPercent, toNumber } from "../src/toolkit/maths.js";
import { inWords } from "./questions/words.js";
import { bars } from "./reveal/bars.js";
import { cloud } from "./reveal/cloud.js";
import { curves } from "./reveal/curves.js";
import { columns } from "./reveal/histogram.js";

/** @returns {View} */
export function revealView() {
  const element = h("section", { class: "reveal" });
  const changed = memo();
  return {
    element,
    update(state) {
      const { room, mine, theme, frame } = state;
      const reveal = room?.reveal;
      if (!room || !reveal) return;
      if (!changed(JSON.stringify([reveal, room.before]), [...mine].join(";"), theme)) return;
      const parts = answered(reveal, mine, state);
      const before = room.before;
      if (before) parts.push(h("h2", {}, "The question before"), ...answered(before, null, { ...state, frame }));
      element.replaceChildren(...parts);
    },
  };
}

/**
 * @param {Reveal} reveal
 * @param {Map<number, Answer | null> | null} mine
 * @param {State} state
 * @returns {Node[]}
 */
function answered(reveal, mine, state) {
  const { question } = reveal;
  const asked = h(mine ? "h1" : "p", { class: "ask", tabindex: -1 }, markup(question.ask));
  const rounds = reveal.rounds.map((round, i) => ({ round, own: mine?.get(i + 1), name: nameOf(reveal, i) }));
  const last = rounds[rounds.length - 1];
  const own =
    last?.own === undefined
      ? null
      : h("p", { class: "mine", data: { testid: "mine" } }, `Your answer: ${inWords(question, last.own)}`);
  return [
    h("p", { class: "quiet over" }, "The answer"),
    asked,
    h("div", { class: "truth", data: { testid: "truth" } }, ...truth(question, reveal)),
    ...(own ? [own] : []),
    picture(question, reveal, rounds, state),
    h("p", { class: "quiet", data: { testid: "shares" } }, shares(reveal)),
  ];
}

/** @param {Reveal} reveal @param {number} i */
function nameOf({ rounds }, i) {
  return rounds.length < 2 ? "vote" : i === 0 ? "first vote" : "second vote";
}

/** @param {Question} question @param {Reveal} reveal @returns {Node[]} */
function truth(question, { value, truth: right, said, curve }) {
  const number = toNumber(value);
  const parts = [];
  if (number !== null)
    parts.push(
      h(
        "p",
        { class: "truth-value" },
        measuredElement(number),
        " ",
        h("span", { class: "quiet" }, markup(question.unit), " measured"),
      ),
    );
  if (said) parts.push(h("p", {}, said));
  else if (right !== null && number === null) parts.push(h("p", {}, `Measured: ${inWords(question, right)}`));
  if (parts.length === 0 && curve) parts.push(h("p", {}, "The measured curve lies over those that were drawn."));
  if (parts.length === 0) parts.push(h("p", {}, "Nothing is marked right or wrong here: talk about what you see."));
  return parts;
}

/**
 * @param {Question} question
 * @param {Reveal} reveal
 * @param {import("./reveal/types.js").Told[]} rounds
 * @param {State} state
 */
function picture(question, reveal, rounds, { frame, theme }) {
  switch (question.kind) {
    case "place":
      return cloud(question, reveal, rounds, frame, theme);
    case "sketch":
      return curves(question, reveal, rounds);
    case "number":
      return columns(question, reveal, rounds);
    default:
      return bars(question, reveal, rounds);
  }
}

/** @param {Reveal} reveal */
function shares({ rounds, changed }) {
  const words = rounds.map(({ right, answered: all }, i) => {
    const vote = rounds.length < 2 ? "" : i === 0 ? "first vote: " : "second vote: ";
    return right === null ? `${vote}${all} answered` : `${vote}${formatPercent(right, 0)} of ${all} right`;
  });
  if (changed) words.push(`${changed} changed their answer`);
  return words.join(" · ");
}
