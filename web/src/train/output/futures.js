/** What the faint curves are: the run as it went on before it was changed in its past; a way to hide them, and to see them again. */

/** @import { View } from "../../types.js" */

import { h, memo, setAttribute, setText } from "../../toolkit/dom.js";
import { formatCount } from "../../toolkit/maths.js";

/**
 * @param {import("../actions.js").TrainActions} actions
 * @returns {View}
 */
export function futuresView(actions) {
  const words = h("span", { class: "futures-words" });
  let hidden = false;
  const button = h("button", { type: "button", class: "text-button", onclick: () => actions.hideFutures(!hidden) });
  const element = h(
    "div",
    { class: "futures", hidden: true, role: "group", aria: { label: "Old futures" }, data: { testid: "futures" } },
    h("i", { class: "faint", aria: { hidden: true } }),
    words,
    button,
  );
  const changed = memo();
  return {
    element,
    update({ futures, withoutFutures }) {
      if (!changed(futures, withoutFutures)) return;
      hidden = withoutFutures;
      element.hidden = futures.length === 0;
      const forks = futures.map(({ fork }) => formatCount(fork));
      setText(words, `before the change${forks.length > 1 ? "s" : ""} at step ${forks.join(", ")}`);
      setText(button, hidden ? "show" : "hide");
      setAttribute(button, "aria-label", `${hidden ? "show" : "hide"} the curves from before the change`);
    },
  };
}
