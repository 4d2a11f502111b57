/** Forward or reverse: the same Jacobian twice, filled by columns and by rows, with the numbers of the pass that is at hand. */

/** @import { LabView, Shown, Tools } from "./types.js" */

import { h } from "../../toolkit/dom.js";
import { modesOf } from "./modes/read.js";
import { sideView } from "./modes/side.js";
import { bar, picture } from "./sketch.js";

const [COLUMNS, ROWS] = [5, 3];

/** @type {LabView} */
export default {
  thumbnail: () => {
    const cells = [];
    for (const [left, filled] of /** @type {const} */ ([
      [12, (/** @type {number} */ _, /** @type {number} */ column) => column < 3],
      [90, (/** @type {number} */ row) => row < 3],
    ]))
      for (let row = 0; row < ROWS; row++)
        for (let column = 0; column < COLUMNS; column++) {
          const look = filled(row, column) ? ((row * 3 + column * 2) % 5 < 3 ? "pos" : "neg") : "zero";
          cells.push(bar(left + column * 12, 24 + row * 14, 10, 12, look));
        }
    return picture(...cells);
  },
  view,
};

/** @param {Tools} tools */
function view(tools) {
  const forward = sideView("forward", (step) => tools.go(step));
  const reverse = sideView("reverse", (step) => tools.go(step));
  const element = h("div", { class: "modes", data: { testid: "modes" } }, forward.element, reverse.element);
  return {
    element,
    /** @param {Shown} shown */
    update(shown) {
      const modes = modesOf(shown);
      if (!modes) return;
      element.dataset.step = String(shown.step);
      forward.update(modes.forward, shown.step);
      reverse.update(modes.reverse, shown.step);
    },
    /** Once all is there: until then it fills by itself. @param {Shown} shown */
    steps(shown) {
      const modes = modesOf(shown);
      return modes ? Math.max(modes.forward.passes, modes.reverse.passes) : 0;
    },
    /** @param {Shown} shown */
    stepWords(shown) {
      const modes = modesOf(shown);
      if (!modes) return "";
      return `${wordsOf("column", modes.forward.passes, shown.step)}, ${wordsOf("row", modes.reverse.passes, shown.step)}`;
    },
  };
}

/** @param {string} line @param {number} passes @param {number} step */
function wordsOf(line, passes, step) {
  return step < passes ? `${line} ${step + 1} of ${passes}` : `all ${line}s there`;
}
