/** What all look at: up, everybody's runs, and all of their outcomes in one count. */

import { check, section } from "./parts.js";

/** @param {import("../teacher.js").Teacher} teacher @param {import("./dialog.js").Give} give @returns {import("./dialog.js").Section} */
export function shownSection(teacher, give) {
  const eyes = check("Eyes up: every learner’s page takes nothing, and says so", "class-menu-eyes", (on) =>
    give("eyes_up", { on }),
  );
  const wall = check("Everybody’s runs on the screen", "class-menu-wall", (on) => {
    if (on) teacher.set({ shown: true });
    return give("wall", { on });
  });
  const collect = check("Collect the outcomes of all seeds into one count", "class-collect", (on) => give("collect", { on }));
  return {
    element: section("On the screens", eyes.element, wall.element, collect.element),
    update(room) {
      eyes.input.checked = room.eyes_up !== null;
      wall.input.checked = room.wall !== null;
      collect.element.hidden = room.wall === null;
      collect.input.checked = Boolean(room.wall?.collected);
    },
  };
}
