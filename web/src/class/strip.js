/**
 * The row above the bar while a room is open: its code in large letters, where to join, who is here and has answered, and what
 * the teacher can do. While the teacher's phone has the controls, it only tells.
 */

/** @import { View } from "../types.js" */
/** @import { Room, Teaching } from "./slice.js" */

import { h, memo, setAttribute, setText } from "../toolkit/dom.js";
import { typedAddress } from "./corner.js";
import { clockView } from "./stage/clock.js";
import { controlledElsewhere, hasStage } from "./stage/seen.js";
import { voteName } from "./stage/words.js";

/** @param {import("./teacher.js").Teacher} teacher @returns {View} */
export function stripView(teacher) {
  const code = h("strong", { class: "class-code", data: { testid: "class-code" } });
  const address = h("span", { class: "class-address" });
  const joining = h(
    "button",
    {
      type: "button",
      class: "class-join",
      title: "Show how to join, in large letters",
      data: { testid: "class-joining" },
      onclick: () => teacher.set({ joining: true }),
    },
    h("span", { class: "sr-only" }, "Code "),
    code,
    address,
  );
  const [codeTold, addressTold] = [h("strong", { class: "class-code" }), h("span", { class: "class-address" })];
  const told = h("span", { class: "class-join", data: { testid: "class-code-told" } }, codeTold, addressTold);
  const here = h("span", { class: "class-pill", data: { testid: "class-here" } });
  const state = h("span", { class: "class-state small", role: "status", data: { testid: "class-state" } });
  const clock = clockView();
  const remote = h(
    "span",
    { class: "class-pill", data: { testid: "class-strip-remote" } },
    "controls are on the teacher’s phone",
  );
  const button = (/** @type {string} */ name, /** @type {string} */ label, /** @type {() => void} */ press, title = "") =>
    h("button", { type: "button", class: "quiet-button", title, data: { testid: `class-${name}` }, onclick: press }, label);
  const back = button("back", "Back to the question", () => teacher.set({ shown: true }), "q");
  const ask = button("ask", "Ask", () => teacher.ask(), "Ask the class (q)");
  const eyes = button("eyes", "Eyes up", () => void teacher.eyesUp());
  const turn = button("turn", "Your turn", () => teacher.menu("turn"));
  const wall = button("wall", "Everybody’s runs", () => void teacher.wall());
  const menu = button("menu", "Class …", () => teacher.menu(), "The class (i)");
  const buttons = h(
    "div",
    { class: "class-buttons", role: "group", aria: { label: "The class" } },
    back,
    ask,
    eyes,
    turn,
    wall,
    menu,
  );
  const element = h(
    "section",
    { class: "class-strip", hidden: true, aria: { label: "Class" }, data: { testid: "class-strip" } },
    joining,
    told,
    here,
    state,
    clock.element,
    h("span", { class: "grow" }),
    remote,
    buttons,
  );
  const opened = memo();
  return {
    element,
    update({ teaching }) {
      const { room } = teaching;
      const seen = teaching.line !== "none" && room !== null;
      element.hidden = !seen;
      if (opened(seen)) document.documentElement.toggleAttribute("data-class", seen);
      if (!room) return;
      const elsewhere = controlledElsewhere(room);
      const over = room.state === "ended";
      setText(code, room.code ?? "closed");
      setText(address, room.code === null ? "" : typedAddress(room));
      setText(codeTold, room.code ?? "closed");
      setText(addressTold, room.code === null ? "" : typedAddress(room));
      joining.hidden = elsewhere || over;
      told.hidden = !elsewhere || over;
      setText(here, hereWords(room));
      setText(state, stateWords(teaching));
      setAttribute(state, "data-trouble", String(teaching.line !== "open" || teaching.unseen !== ""));
      clock.update(teaching);
      remote.hidden = !elsewhere;
      buttons.hidden = elsewhere;
      back.hidden = over || !hasStage(room) || teaching.shown;
      setText(back, room.question ? "Back to the question" : "Back to the class’s runs");
      ask.hidden = over || room.question !== null;
      for (const each of [eyes, turn, wall]) each.hidden = over;
      setAttribute(eyes, "aria-pressed", String(room.eyes_up !== null));
      setAttribute(turn, "aria-pressed", String(room.turn !== null));
      setAttribute(wall, "aria-pressed", String(room.wall !== null));
    },
  };
}

/** @param {Room} room */
export function hereWords(room) {
  const answered = room.question && room.phase !== "revealed" ? ` · ${room.answered} answered` : "";
  return `${room.here} here${answered}`;
}

/** What is worth knowing at the moment. @param {Teaching} teaching */
function stateWords({ room, line, unseen, shown }) {
  if (!room) return "";
  if (room.state === "ended") return "The class has ended.";
  if (line !== "open") return "The line to the class is lost; it comes back by itself.";
  const waiting = room.members?.filter((each) => each.state === "waiting").length ?? 0;
  const words = [
    waiting > 0 ? `${waiting} ${waiting === 1 ? "waits" : "wait"} to be let in` : "",
    unseen ? `The class does not see this page: ${unseen}` : "",
    room.eyes_up === null ? "" : "eyes up",
    room.turn === null ? "" : "your turn",
    room.question && !shown ? voteName(room) : "",
  ];
  return words.filter(Boolean).join(" · ");
}
