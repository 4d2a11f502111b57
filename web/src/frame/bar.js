/** The bar: whose page this is, its rooms, what is being run, the room's tools, theme and help. */

/** @import { View } from "../types.js" */

import { h, memo, setAttribute, setText } from "../toolkit/dom.js";
import { icon } from "../toolkit/icons.js";
import { left } from "../wire/tab-sessions.js";
import { roomOf } from "./current-room.js";

/**
 * @param {import("../run/actions.js").RunActions} actions
 * @param {() => void} openHelp
 * @param {import("./current-room.js").NamedRoom[]} rooms
 * @param {HTMLElement} pointing  what a presenter points and draws with
 * @param {HTMLElement[]} more  of what is on the page in every room
 * @returns {View}
 */
export function barView(actions, openHelp, rooms, pointing, more) {
  const subject = h("span", { class: "subject", data: { testid: "subject" } });
  const theme = h("button", {
    class: "round",
    type: "button",
    data: { testid: "theme" },
    onclick: () => actions.toggleTheme(),
  });
  const help = h(
    "button",
    { class: "round", type: "button", title: "Keys (?)", aria: { label: "Keys and help" }, onclick: openHelp },
    "?",
  );
  const present = h(
    "button",
    {
      class: "pill present",
      type: "button",
      title: "Present: larger picture and type, settings in a drawer (p)",
      data: { testid: "present" },
      onclick: () => actions.toggleProjector(),
    },
    icon("present"),
    h("span", { class: "pill-label" }, "Present"),
  );
  const back = h(
    "button",
    { class: "round", type: "button", hidden: true, data: { testid: "back-to-run" }, onclick: () => actions.otherRun() },
    icon("undo"),
  );
  const doors = rooms
    .filter(({ within }) => within === undefined)
    .map(({ name, title }) => ({
      name,
      button: h("button", { type: "button", class: "door", data: { door: name }, onclick: () => actions.enter(name) }, title),
    }));
  const tools = h("div", { class: "tools" });
  const element = h(
    "header",
    { class: "bar" },
    h(
      "h1",
      { class: "name", aria: { label: "chainrule" } },
      h("span", { class: "mark", aria: { hidden: true } }, "∂"),
      h("span", { class: "word" }, " chainrule"),
    ),
    h("nav", { class: "doors", aria: { label: "Views" } }, ...(doors.length > 1 ? doors.map(({ button }) => button) : [])),
    subject,
    back,
    tools,
    ...more,
    pointing,
    present,
    theme,
    help,
  );
  const [entered, attached, themed] = [memo(), memo(), memo()];
  return {
    element,
    update(state) {
      const room = roomOf(rooms, state);
      if (entered(room)) {
        tools.replaceChildren(...room.tools);
        const door = room.within ?? room.name;
        for (const { name, button } of doors) {
          setAttribute(button, "aria-current", name === door ? "page" : null);
          if (name === door) button.scrollIntoView({ block: "nearest", inline: "nearest" }); // where the doors scroll
        }
      }
      setAttribute(present, "aria-pressed", String(state.projector));
      const words = room.subject(state);
      setText(subject, words);
      setAttribute(subject, "title", words);
      if (attached(state.attachments)) {
        const [run] = left();
        const where = run?.linked ? "Back to the run of the link" : "Back to your run";
        back.hidden = !run;
        setAttribute(back, "title", `${where} (y)`);
        setAttribute(back, "aria-label", where);
      }
      if (!themed(state.theme)) return;
      const other = state.theme === "dark" ? "light" : "dark";
      setAttribute(theme, "title", `${other} theme (t)`);
      setAttribute(theme, "aria-label", `Switch to the ${other} theme`);
      theme.replaceChildren(icon("theme"));
    },
  };
}
