/** What of the class is on the screen: everybody's runs, in which order, and whether with names. */

import { h } from "../../toolkit/dom.js";
import { check, choices, section } from "./parts.js";

const SORTS = [
  { value: "joined", words: "as they joined" },
  { value: "best", words: "best first" },
  { value: "worst", words: "worst first" },
  { value: "seed", words: "by seed" },
  { value: "met", words: "task met first" },
];

/** @param {import("../teacher.js").Teacher} teacher @param {import("./dialog.js").Give} give @returns {import("./dialog.js").Section} */
export function shownSection(teacher, give) {
  const eyes = check("Eyes up: every learner’s page takes nothing, and says so", "class-menu-eyes", (on) =>
    give("eyes_up", { on }),
  );
  const wall = check("Everybody’s runs on the screen", "class-menu-wall", (on) => {
    if (on) teacher.set({ shown: true });
    return give("wall", { on });
  });
  const sort = choices("Order of the runs", "class-sort", SORTS, (value) => void give("wall", { on: true, sort: value }));
  const collect = check("Collect the outcomes of all seeds into one count", "class-collect", (on) => give("collect", { on }));
  const names = check("Names may be shown on the screen", "class-names", (on) => give("names", { on }));
  const sorted = h("div", { class: "class-sorted" }, sort.element, collect.element);
  return {
    element: section("On the screens", eyes.element, wall.element, sorted, names.element),
    update(room) {
      eyes.input.checked = room.eyes_up !== null;
      wall.input.checked = room.wall !== null;
      sorted.hidden = room.wall === null;
      sort.show(room.wall?.sort ?? "joined");
      collect.input.checked = Boolean(room.wall?.collected);
      names.input.checked = room.names;
    },
  };
}
