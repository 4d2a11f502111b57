/**
 * What the class is asked, over all of the page: which vote it is, the question, its choices with empty bars, how to join late;
 * in time the answer with both votes. Below it there is what others put on the stage. While the teacher's phone has the controls,
 * there is none here.
 */

/** @import { View } from "../../types.js" */
/** @import { Room } from "../slice.js" */
/** @import { Picture } from "./votes.js" */

import { h, memo, setText } from "../../toolkit/dom.js";
import { toNumber } from "../../toolkit/maths.js";
import { markup, measuredElement } from "../../shared/markup.js";
import { cornerView } from "../corner.js";
import { STAGE } from "../index.js";
import { pictureOf } from "./answers.js";
import { clockView } from "./clock.js";
import { hereWords } from "../strip.js";
import { controlsView } from "./controls.js";
import { stageSeen } from "./seen.js";
import { legend } from "./votes.js";
import { askedWords, roundWords } from "./words.js";

/** @param {import("../teacher.js").Teacher} teacher @returns {View} */
export function stageView(teacher) {
  const round = h("p", { class: "class-round", role: "status", data: { testid: "class-round" } });
  const ask = h("h2", { class: "class-ask", data: { testid: "class-question" } });
  const answers = h("div", { class: "class-answers" });
  const votes = h("div");
  const told = h("p", { class: "class-told", data: { testid: "class-told" } });
  const words = h("span");
  const clock = clockView();
  const measured = h("div", { class: "class-measured", role: "status", data: { testid: "class-measured" } });
  const before = h("div", { class: "class-before", data: { testid: "class-before" } });
  const controls = controlsView(teacher);
  const corner = cornerView();
  const lesson = h("span", { class: "class-lesson", data: { testid: "class-lesson" } });
  const here = h("span", { class: "class-pill", data: { testid: "class-stage-here" } });
  const remote = h("span", { class: "class-pill", data: { testid: "class-remote" } }, "controls are on the teacher’s phone");
  const guests = STAGE.map((make) => make({ command: teacher.command, store: teacher.store }));
  told.append(words, " ", clock.element);
  const asked = h("div", { class: "class-asked" }, round, ask, measured, answers, votes, told, before);
  const element = h(
    "section",
    { class: "class-stage", hidden: true, tabindex: -1, aria: { label: "The class" }, data: { testid: "class-stage" } },
    h(
      "header",
      { class: "class-stage-head" },
      h("span", { class: "name" }, h("span", { class: "mark", aria: { hidden: true } }, "∂"), " chainrule"),
      lesson,
      h("span", { class: "grow" }),
      here,
      remote,
    ),
    h("div", { class: "class-main" }, asked, corner.element),
    h("div", { class: "class-guests" }, ...guests.map((guest) => guest.element)),
    controls.element,
  );
  /** @type {Picture | null} */
  let picture = null;
  /** @type {Picture | null} */
  let earlier = null;
  const [drawn, asking, revealing] = [memo(), memo(), memo()];
  return {
    element,
    update(state) {
      const { teaching } = state;
      const { room } = teaching;
      const seen = room !== null && stageSeen(teaching);
      if (drawn(seen)) cover(seen);
      if (!room || !seen) return;
      const { question, reveal } = room;
      setText(lesson, state.lesson ? `Lesson: ${state.lesson.title}` : room.title);
      lesson.hidden = lesson.textContent === "";
      setText(here, hereWords(room));
      remote.hidden = room.remotes === 0;
      asked.hidden = question === null;
      element.dataset.phase = room.phase;
      element.dataset.asks = String(question !== null);
      element.dataset.joining = String(teaching.joining);
      corner.update(room);
      controls.update(room);
      for (const guest of guests) guest.update(room, state);
      if (!question) return;
      if (asking(question.number, JSON.stringify(question))) {
        picture = pictureOf(question);
        answers.replaceChildren(picture.element);
        ask.replaceChildren(markup(question.ask));
      }
      setText(round, roundWords(room));
      setText(words, askedWords(room));
      clock.update(teaching);
      told.hidden = room.phase === "revealed";
      picture?.update(reveal);
      if (!revealing(question.number, JSON.stringify(reveal), JSON.stringify(room.before))) return;
      votes.replaceChildren(...(reveal ? [legend(reveal)] : []));
      measured.replaceChildren(...(reveal ? measuredWords(reveal) : []));
      showBefore(room);
    },
  };

  /** The page beneath rests meanwhile: nobody tabs into what is not seen. @param {boolean} on */
  function cover(on) {
    element.hidden = !on;
    document.documentElement.toggleAttribute("data-class-stage", on);
    document.querySelector(".frame")?.toggleAttribute("inert", on);
    if (on && !document.querySelector("dialog[open]")) element.focus({ preventScroll: true });
  }

  /** Of the question whose twin was asked before its own answer was told. @param {Room} room */
  function showBefore({ before: first }) {
    before.hidden = first === null;
    earlier = first && pictureOf(first.question);
    earlier?.update(first);
    before.replaceChildren(
      ...(first && earlier
        ? [
            h("h3", { class: "panel-title" }, "The question before"),
            h("div", {}, markup(first.question.ask)),
            ...measuredWords(first),
          ]
        : []),
      ...(first && earlier ? [earlier.element, legend(first)] : []),
    );
  }
}

/** Of these the right answer is marked where it stands. */
const MARKED = ["choose", "sign"];

/** What was measured, as a number where it is one, and in words. @param {import("../slice.js").Reveal} reveal @returns {Node[]} */
function measuredWords({ value, said, question, changed }) {
  const number = toNumber(value);
  const large = number !== null;
  const line = h(
    "p",
    { class: "class-value" },
    ...(large
      ? [
          measuredElement(number),
          " ",
          h("span", { class: "small" }, markup(question.unit), question.unit ? ", measured now" : "measured now"),
        ]
      : []),
    ...(said && !large && !MARKED.includes(question.kind) ? [h("strong", {}, said)] : []),
  );
  const moved = changed === null ? "" : `${changed === 0 ? "Nobody" : changed} changed their answer between the votes.`;
  return [line, ...(moved ? [h("p", { class: "class-moved" }, moved)] : [])];
}
