/** Opens a room: what it is called, and what is kept of it; or why there can be none. */

/** @import { View } from "../types.js" */

import { at } from "../toolkit/address.js";
import { h, setText } from "../toolkit/dom.js";
import { messageOf } from "../wire/refusals.js";
import { sheet } from "./sheet.js";

/** Letters that a title may have. */
const LONGEST = 80;

/** @param {import("./teacher.js").Teacher} teacher @returns {View & {open: () => void}} */
export function openDialog(teacher) {
  const title = h("input", {
    type: "text",
    class: "line-field",
    id: "teach-title-field",
    maxlength: LONGEST,
    autocomplete: "off",
    placeholder: "such as: Deep networks, Monday",
    data: { testid: "teach-title" },
  });
  const trouble = h("p", { class: "sheet-error", role: "alert", hidden: true, data: { testid: "teach-error" } });
  const go = h("button", { type: "submit", class: "primary-button", data: { testid: "teach-open" } }, "Open a room");
  const form = h(
    "form",
    { class: "class-form" },
    h("label", { for: title.id }, "What it is about (may stay empty)"),
    title,
    h(
      "ul",
      { class: "class-facts" },
      h(
        "li",
        {},
        "Learners join on their phones by a code of four characters. They see this page as it is, vote, and try for themselves.",
      ),
      h("li", {}, "Nobody signs in. Each gets a name of two words, which is never on the screen unless you say so."),
      h(
        "li",
        {},
        "Kept on this server: these names, votes, and small pictures of their runs. All of it is deleted 24 hours after the end of the class, or at once when you say so.",
      ),
      h("li", {}, "The room is yours by a key that stays in this browser."),
    ),
    trouble,
    h("div", { class: "sheet-buttons" }, go),
  );
  const dialog = sheet("teach", "Teach a class", form);
  let refused = "";
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    teacher.open(title.value.trim());
  });
  return {
    element: dialog.element,
    open() {
      title.value ||= teacher.store.state.lesson?.title ?? "";
      dialog.open();
      teacher.store.schedule();
      title.focus();
      mayOpen().then(
        (why) => {
          refused = why;
          teacher.store.schedule();
        },
        (error) => {
          refused = `The server does not answer: ${messageOf(error)}`;
          teacher.store.schedule();
        },
      );
    },
    update({ teaching }) {
      const { line, room } = teaching;
      if (!dialog.element.open) return;
      if (room) return dialog.close();
      const words = teaching.refused || refused;
      trouble.hidden = words === "";
      setText(trouble, words);
      const busy = line === "opening" || line === "lost";
      go.disabled = busy || refused !== "";
      title.disabled = busy;
      setText(go, busy ? "Opening a room …" : "Open a room");
    },
  };
}

/** Why this server takes no class; empty where it does. */
async function mayOpen() {
  const answer = await fetch(at("api/limits"));
  if (!answer.ok) throw new Error(`it answered ${answer.status}`);
  const { class: told } = await answer.json();
  return /** @type {string} */ (told?.refused ?? "");
}
