/** Following: what the teacher looks at, in words, as a picture and in numbers. The last state stays while a line is lost. */

/** @import { State, View } from "./types.js" */

import { markup, measured } from "../src/shared/markup.js";
import { h, memo, setText } from "../src/toolkit/dom.js";
import { formatCount, formatPercent, toNumber } from "../src/toolkit/maths.js";
import { pictureView } from "./picture/picture.js";

/** @type {Record<string, string>} */
const STATUS = { playing: "training", paused: "paused", stopped: "stopped: a number is no longer finite", done: "finished" };

/** @param {...HTMLElement} first  what stands above it, as on one's turn @returns {View} */
export function followView(...first) {
  const title = h("h1", { tabindex: -1, data: { testid: "seen" } });
  const words = h("p", { class: "lead" });
  const told = h("div", { class: "told" });
  const picture = pictureView();
  const numbers = h("dl", { class: "numbers", data: { testid: "numbers" } });
  const status = h("p", { class: "quiet", data: { testid: "status" } });
  const side = h("div", { class: "follow-words" }, ...(first.length ? first : [title]), words, told);
  const facts = h("div", { class: "follow-facts" }, numbers, status);
  const element = h("section", { class: "follow" }, side, picture.element, facts);
  const [toldOf, numbered] = [memo(), memo()];
  return {
    element,
    update(state) {
      const { room, frame } = state;
      setText(title, room?.seen?.title || "The teacher’s screen");
      const html = frame?.meta.words ?? "";
      // A card's own words are told below; else the page's.
      setText(words, html ? "" : room?.seen?.words || (frame ? "" : waitingWords(state)));
      words.hidden = words.textContent === "";
      if (toldOf(html)) told.replaceChildren(markup(html));
      if (numbered(frame)) numbers.replaceChildren(...rows(state));
      setText(status, statusOf(state));
      picture.update(state);
    },
  };
}

/** @param {State} state */
function waitingWords({ room }) {
  return room?.line === "away" ? "The teacher’s page is not connected yet." : "The picture comes in a moment.";
}

/** @param {State} state */
function statusOf({ frame }) {
  if (!frame || frame.meta.kind === "lesson") return "";
  return STATUS[frame.meta.status ?? ""] ?? "";
}

/** @param {State} state @returns {Node[]} */
function rows({ frame }) {
  if (!frame) return [];
  const { step, epoch, train_loss: train, test_loss: test, accuracy } = frame.meta;
  /** @type {[string, string | null][]} */
  const all = [
    ["step", typeof step === "number" ? formatCount(step) : null],
    ["epoch", typeof epoch === "number" ? formatCount(Math.floor(epoch)) : null],
    ["training loss", wordsOf(train)],
    ["test loss", wordsOf(test)],
    ["test accuracy", toNumber(accuracy) === null ? null : formatPercent(toNumber(accuracy))],
  ];
  return all.flatMap(([name, value]) => (value === null ? [] : [h("div", {}, h("dt", {}, name), h("dd", {}, value))]));
}

/** @param {unknown} value */
function wordsOf(value) {
  const number = toNumber(value);
  return number === null ? null : measured(number);
}
