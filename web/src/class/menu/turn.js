/** Your turn: each learner goes on from what is on the screen, where wanted with a seed of its own. Eyes up ends no turn. */

import { h, setText } from "../../toolkit/dom.js";
import { button, check, section } from "./parts.js";

/** @param {import("./dialog.js").Give} give @returns {import("./dialog.js").Section} */
export function turnSection(give) {
  const seeds = check("a seed of one’s own for each", "class-seeds", () => {});
  const task = check("with the task of this card", "class-task", () => {});
  const told = h("p", { class: "small", data: { testid: "class-turn-told" } });
  const start = button(
    "Give it to them",
    "class-turn-start",
    () => {
      void give("your_turn", { on: true, seeds: seeds.input.checked, task: task.input.checked && !task.input.disabled });
    },
    "primary-button",
  );
  const stop = button("Back to the teacher’s screen", "class-turn-stop", () => void give("your_turn", { on: false }));
  const words = h(
    "p",
    { class: "small" },
    "Each gets this page’s state as a session of its own, with the settings that the card leaves open.",
  );
  return {
    element: section("Your turn", words, seeds.element, task.element, told, h("div", { class: "class-buttons" }, start, stop)),
    update({ turn, question }, { lesson }) {
      const on = turn !== null;
      for (const each of [seeds, task]) each.input.disabled = on;
      if (!on) task.input.disabled = !lesson?.task;
      task.element.title = lesson?.task ? "" : "The card that is open has no task.";
      if (turn) [seeds.input.checked, task.input.checked] = [turn.seeds, turn.task];
      start.hidden = on;
      start.disabled = question !== null;
      stop.hidden = !on;
      setText(told, on ? "It is their turn." : question ? "A question is open: drop or reveal it first." : "");
    },
  };
}
