/** The end of a class: what is taken along, and what is kept or deleted. */

import { h, setText } from "../../toolkit/dom.js";
import { sureButton } from "../sure.js";
import { wordsOf } from "../teacher.js";
import { button, section } from "./parts.js";

/**
 * @param {import("../teacher.js").Teacher} teacher
 * @param {import("./dialog.js").Give} give
 * @param {(words: string) => void} say  what was refused
 * @returns {import("./dialog.js").Section}
 */
export function endSection(teacher, give, say) {
  const save = (/** @type {"csv" | "page"} */ format) => async () => {
    say("");
    try {
      await teacher.results(format);
    } catch (error) {
      say(wordsOf(error));
    }
  };
  const csv = button("Answers as CSV", "class-csv", save("csv"));
  const page = button("Results as a page", "class-page", save("page"));
  const end = sureButton("End the class", "All pages say goodbye: end it", "class-end", () => give("end", { keep: true }));
  const remove = sureButton("Delete everything now", "It cannot be brought back: delete it", "class-delete", async () => {
    if ((await give("delete")) !== null) teacher.forget();
  });
  const leave = button("Close this class here", "class-forget", () => teacher.forget());
  const told = h("p", { class: "small" });
  return {
    element: section(
      "The end",
      told,
      h("div", { class: "class-buttons" }, csv, page),
      h("div", { class: "class-buttons" }, end, remove, leave),
    ),
    update(room) {
      const over = room.state === "ended";
      end.hidden = over;
      leave.hidden = !over;
      setText(
        told,
        over
          ? "What was answered is kept for 24 hours after the end, for you to take along; then all of the room is deleted."
          : "Answers are taken along without names. 24 hours after the end all of the room is deleted.",
      );
    },
  };
}
