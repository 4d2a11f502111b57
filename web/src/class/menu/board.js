/** A leader board, only where the teacher turns it on: what is measured of everybody's run, and within which limit. */

import { h, setText } from "../../toolkit/dom.js";
import { button, choices, section } from "./parts.js";

const BEST = [
  { value: "least", words: "the least is best" },
  { value: "most", words: "the most is best" },
];

/** @param {import("../teacher.js").Teacher} teacher @param {import("./dialog.js").Give} give @returns {import("./dialog.js").Section} */
export function boardSection(teacher, give) {
  let best = "least";
  const field = (
    /** @type {string} */ name,
    /** @type {string} */ label,
    /** @type {string} */ value,
    /** @type {number} */ most,
  ) => {
    const input = h("input", {
      type: "text",
      id: `class-board-${name}`,
      class: "line-field",
      maxlength: most,
      value,
      autocomplete: "off",
      spellcheck: "false",
      data: { testid: `class-board-${name}` },
    });
    return { input, label: h("label", { for: input.id }, label) };
  };
  const title = field("title", "Its title", "Best test loss", 80);
  const of = field("of", "What counts, as a measurement", "loss(test)", 300);
  const limit = field("limit", "Only runs that keep to (may stay empty)", "parameters() <= 20", 300);
  const which = choices("Which is best", "class-board-best", BEST, (value) => which.show((best = value)));
  which.show(best);
  const wrong = h("p", { class: "field-error", role: "alert", hidden: true, data: { testid: "class-board-error" } });
  const start = button("Show the board", "class-board-on", () => void on(), "primary-button");
  const stop = button("Take it down", "class-board-off", () => void give("board", { on: false }));
  const form = h(
    "div",
    { class: "class-form" },
    ...[title, of, limit].flatMap((each) => [each.label, each.input]),
    which.element,
    wrong,
  );
  const details = h(
    "details",
    { class: "class-details" },
    h("summary", { data: { testid: "class-board-form" } }, "what counts"),
    form,
  );
  return {
    element: section("Leader board", details, h("div", { class: "class-buttons" }, start, stop)),
    update({ board, question }) {
      start.hidden = board !== null;
      start.disabled = question !== null;
      stop.hidden = board === null;
    },
  };

  async function on() {
    const [named, measured, within] = [title, of, limit].map(({ input }) => input.value.trim());
    const missing =
      named === "" ? "The title is empty." : measured === "" ? "A measurement is missing, such as loss(test)." : "";
    wrong.hidden = missing === "";
    setText(wrong, missing);
    if (missing) {
      details.open = true;
      return;
    }
    teacher.set({ shown: true });
    await give("board", { on: true, title: named, of: measured, best, ...(within ? { limit: within } : {}) });
  }
}
