/** The code by which one joins; who may come in is said beside the members. */

import { h, setText } from "../../toolkit/dom.js";
import { typedAddress } from "../corner.js";
import { sureButton } from "../sure.js";
import { button, section } from "./parts.js";

/** @param {import("../teacher.js").Teacher} teacher @param {import("./dialog.js").Give} give @returns {import("./dialog.js").Section} */
export function joinSection(teacher, give) {
  const told = h("p", { data: { testid: "class-menu-code" } });
  const large = button("Show it in large letters", "class-menu-joining", () => {
    teacher.set({ joining: true });
    large.closest("dialog")?.close();
  });
  const fresh = button("New code", "class-new-code", () => void give("new_code"));
  const expire = sureButton("End this code", "Nobody new comes in by it: end it", "class-expire", () => give("expire_code"));
  return {
    element: section("Joining", told, h("div", { class: "class-buttons" }, large, fresh, expire)),
    update(room) {
      setText(told, room.code === null ? "There is no code: nobody new can join." : `${room.code} at ${typedAddress(room)}`);
      large.hidden = expire.hidden = room.code === null;
    },
  };
}
