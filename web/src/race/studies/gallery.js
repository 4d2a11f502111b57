/** The studies to choose from: what each answers, with a picture; nothing runs until one is opened. Arrows walk it. */

/** @import { AppState, View } from "../../types.js" */
/** @import { StudyKind } from "./studies.js" */

import { h, setText } from "../../toolkit/dom.js";
import { formatPercent } from "../../toolkit/maths.js";
import { pictureOf } from "./pictures.js";

/** In the order of the gallery: their titles, the question each answers, and why one looks. */
export const STUDIES = /** @type {const} */ ([
  {
    kind: "seeds",
    title: "Many seeds",
    asks: "Which optimizer wins on average, and how much is chance?",
    why: "What chance explains, and what the optimizer does.",
  },
  {
    kind: "rates",
    title: "Rate sweep",
    asks: "At which learning rate is each optimizer at its best?",
    why: "The learning rate matters more than the optimizer: see each optimizer at every rate.",
  },
  {
    kind: "edge",
    title: "Edge of stability",
    asks: "Why does the loss go down where the rate is too high for it?",
    why: "Full-batch descent sharpens until the largest curvature is at 2/η, and stays about it.",
  },
  {
    kind: "point",
    title: "Rate and momentum",
    asks: "Which pairs of rate and momentum settle where a lane stands?",
    why: "Which pairs settle, and how fast, where a lane stands.",
  },
  {
    kind: "basins",
    title: "Basins",
    asks: "Which minimum is found from which start?",
    why: "On a surface with several minima the start decides which one is found.",
  },
  {
    kind: "compass",
    title: "Noisy compass",
    asks: "How far does a mini-batch’s gradient miss the full one?",
    why: "A mini-batch’s gradient is the mean of arrows that disagree.",
  },
]);

/** @param {import("../network/actions.js").NetworkRaceActions} actions @returns {View} */
export function gallery(actions) {
  const cards = STUDIES.map(({ kind, title, asks }) => {
    const state = h("span", { class: "study-card-state small" });
    const button = h(
      "button",
      { type: "button", class: "study-card", data: { studies: kind }, onclick: () => actions.studies(kind) },
      pictureOf(kind),
      h("span", { class: "study-card-words" }, h("strong", {}, title), h("span", { class: "small" }, asks), state),
    );
    return { kind, button, state };
  });
  const buttons = cards.map(({ button }) => button);
  const element = h("ul", { class: "studies-gallery" }, ...buttons.map((button) => h("li", {}, button)));
  element.addEventListener("keydown", (event) => {
    const to = next(buttons, event.key);
    if (!to) return;
    event.preventDefault();
    to.focus();
  });
  return {
    element,
    update(state) {
      for (const card of cards) setText(card.state, stateOf(state, card.kind));
    },
  };
}

/** @param {AppState} state @param {StudyKind} kind */
function stateOf({ studies }, kind) {
  const told = studies[kind]?.meta.study;
  return told?.state === "running"
    ? `running: ${formatPercent(told.share, 0)}`
    : told?.state === "done"
      ? "has run: see the result"
      : "";
}

/**
 * Where an arrow leads from the card that is focused; up and down within its column.
 * @param {HTMLButtonElement[]} buttons
 * @param {string} key
 */
function next(buttons, key) {
  const from = buttons.findIndex((button) => button === document.activeElement);
  if (from < 0) return null;
  const top = buttons[0].getBoundingClientRect().top;
  const columns = buttons.filter((button) => Math.abs(button.getBoundingClientRect().top - top) < 1).length;
  /** @type {Record<string, number>} */
  const to = { ArrowRight: from + 1, ArrowLeft: from - 1, ArrowDown: from + columns, ArrowUp: from - columns };
  to.Home = 0;
  to.End = buttons.length - 1;
  return key in to ? (buttons[to[key]] ?? buttons[from]) : null;
}
