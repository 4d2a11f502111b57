/** What can be done with the class, in one dialog: who may join, whose turn it is, what is shown, the teacher's phone, the end. */

/** @import { View } from "../../types.js" */

import { h, setText } from "../../toolkit/dom.js";
import { MENU } from "../index.js";
import { sheet } from "../sheet.js";
import { wordsOf } from "../teacher.js";
import { endSection } from "./end.js";
import { joinSection } from "./join.js";
import { remoteSection } from "./remote.js";
import { shownSection } from "./shown.js";
import { turnSection } from "./turn.js";

/**
 * Gives a command from the dialog, which has a line of its own for what is refused.
 * @typedef {(name: string, fields?: Record<string, unknown>) => Promise<unknown>} Give
 *
 * @typedef {{element: HTMLElement, update: (room: import("../slice.js").Room, state: import("../../types.js").AppState) => void, leave?: () => void}} Section
 */

/** @param {import("../teacher.js").Teacher} teacher @returns {View & {open: (section?: string) => void}} */
export function menuDialog(teacher) {
  const trouble = h("p", { class: "sheet-error", role: "alert", hidden: true, data: { testid: "class-menu-error" } });
  const say = (/** @type {string} */ words) => {
    trouble.hidden = words === "";
    setText(trouble, words);
  };
  /** @type {Give} */
  const give = async (name, fields) => {
    say("");
    try {
      return (await teacher.command(name, fields)) ?? true;
    } catch (error) {
      say(wordsOf(error));
      return null;
    }
  };
  const hands = { command: teacher.command, store: teacher.store };
  /** @type {Record<string, Section>} */
  const named = {
    join: joinSection(teacher, give),
    turn: turnSection(give),
    shown: shownSection(teacher, give),
    remote: remoteSection(teacher),
  };
  const guests = MENU.map((make) => make(hands));
  const end = endSection(teacher, give, say);
  const during = [...Object.values(named), ...guests];
  const heading = h("p", { class: "small", data: { testid: "class-menu-told" } });
  const dialog = sheet("class-menu", "The class", heading, trouble, ...during.map((each) => each.element), end.element);
  dialog.element.addEventListener("close", () => Object.values(named).forEach((each) => each.leave?.()));
  return {
    element: dialog.element,
    open(section) {
      say("");
      dialog.open();
      this.update(teacher.store.state);
      const part = section ? named[section]?.element : null;
      part?.scrollIntoView({ block: "start" });
      /** @type {HTMLElement | null | undefined} */ (part?.querySelector("input, button"))?.focus();
    },
    update(state) {
      const { room } = state.teaching;
      if (!room) dialog.close();
      if (!room || !dialog.element.open) return;
      const over = room.state === "ended";
      setText(heading, over ? "The class has ended." : [room.title, `${room.here} here`].filter(Boolean).join(" · "));
      for (const each of during) {
        each.element.inert = false;
        each.element.toggleAttribute("data-over", over);
        if (!over) each.update(room, state);
      }
      end.update(room, state);
    },
  };
}
