/** Who may join: by the code, by the teacher's nod, or nobody more. */

import { h, setText } from "../../toolkit/dom.js";
import { typedAddress } from "../corner.js";
import { sureButton } from "../sure.js";
import { button, choices, section } from "./parts.js";

const HOW = [
  { value: "open", words: "whoever has the code" },
  { value: "nod", words: "whoever I let in" },
  { value: "closed", words: "nobody more" },
];

/** @param {import("../teacher.js").Teacher} teacher @param {import("./dialog.js").Give} give @returns {import("./dialog.js").Section} */
export function joinSection(teacher, give) {
  const told = h("p", { data: { testid: "class-menu-code" } });
  const admit = choices("Who may join", "class-admit", HOW, (how) => void give("admit", { how }));
  const large = button("Show it in large letters", "class-menu-joining", () => {
    teacher.set({ joining: true });
    large.closest("dialog")?.close();
  });
  const fresh = button("New code", "class-new-code", () => void give("new_code"));
  const expire = sureButton("End this code", "Nobody new comes in by it: end it", "class-expire", () => give("expire_code"));
  return {
    element: section("Joining", told, admit.element, h("div", { class: "class-buttons" }, large, fresh, expire)),
    update(room) {
      setText(told, room.code === null ? "There is no code: nobody new can join." : `${room.code} at ${typedAddress(room)}`);
      admit.show(room.admit);
      large.hidden = expire.hidden = room.code === null;
    },
  };
}
