/** At the foot of the stage: what comes next. Gone while the teacher's phone has the controls. */

/** @import { Room } from "../slice.js" */

import { h, memo, setText } from "../../toolkit/dom.js";
import { sureButton } from "../sure.js";
import { actsOf } from "./acts.js";
import { controlledElsewhere, hasStage } from "./seen.js";

/** @param {import("../teacher.js").Teacher} teacher */
export function controlsView(teacher) {
  const acts = h("div", { class: "class-acts" });
  const aside = h("button", {
    type: "button",
    class: "quiet-button",
    title: "Show the page (Esc)",
    data: { testid: "class-aside" },
    onclick: () => teacher.set({ shown: false, joining: false }),
  });
  const menu = h(
    "button",
    { type: "button", class: "quiet-button", data: { testid: "class-stage-menu" }, onclick: () => teacher.menu() },
    "Class …",
  );
  const element = h(
    "footer",
    { class: "class-controls", data: { testid: "class-controls" } },
    acts,
    h("span", { class: "small class-hint" }, "PgDn: next · Esc: the page"),
    h("span", { class: "grow" }),
    aside,
    menu,
  );
  const changed = memo();
  return {
    element,
    /** @param {Room} room */
    update(room) {
      element.hidden = controlledElsewhere(room);
      setText(aside, teacher.teaching.joining && !hasStage(room) ? "Begin" : "Show the page");
      const now = actsOf(room);
      if (!changed(now.map(({ name, label }) => name + label).join())) return;
      const kept = document.activeElement instanceof HTMLElement && acts.contains(document.activeElement);
      const made = now.map((act, i) => {
        const press = () => void teacher.act(act);
        if (act.sure) return sureButton(act.label, act.sure, `class-${act.name}`, press);
        return h(
          "button",
          {
            type: "button",
            class: i === 0 ? "primary-button" : "quiet-button",
            data: { testid: `class-${act.name}` },
            onclick: press,
          },
          act.label,
        );
      });
      acts.replaceChildren(...made);
      if (kept) made[0]?.focus(); // the keyboard stays where what comes next is
    },
  };
}
