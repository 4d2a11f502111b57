/** The told lane's next update in numbers: each part of it along x and y, beside the arrows at its head. */

/** @import { View } from "../../types.js" */

import { h, memo, setAttribute, setText } from "../../toolkit/dom.js";
import { formatExact, formatNumber, mathElement, toNumber } from "../../toolkit/maths.js";
import { raceFrameOf } from "../frames.js";
import { surfaceNames } from "./names.js";

/** How each is drawn at the head. @type {Record<string, string>} */
const DRAWN = {
  gradient: "dashed, the other way: downhill",
  memory: "thin, the other way",
  scale: "the cross: what each coordinate is divided by",
  step: "thick, the other way: the next step",
};

/** @returns {View} */
export function componentsView() {
  const title = h("h2", { class: "panel-title" }, "Its next update");
  const why = h("p", { class: "small", data: { testid: "race-components-why" } });
  const rows = h("tbody");
  const table = h(
    "table",
    { class: "race-components", data: { testid: "race-components" } },
    h("thead", {}, h("tr", {}, h("td"), h("th", { scope: "col" }, "x"), h("th", { scope: "col" }, "y"))),
    rows,
  );
  const element = h(
    "section",
    { class: "panel", data: { part: "race-components" }, aria: { label: "Its next update" } },
    title,
    table,
    why,
  );
  const told = memo();
  return {
    element,
    update(state) {
      const frame = raceFrameOf(state, "race_arrows");
      element.hidden = !state.raceLook.arrows || !frame;
      if (element.hidden || !frame || !told(frame, state.race)) return;
      const { lane, arrows, why: reason } = frame.meta;
      setText(title, `Next update of ${surfaceNames(state).get(lane) ?? ""}`);
      setAttribute(element, "data-of", String(lane));
      setAttribute(element, "data-step", String(frame.step));
      table.hidden = arrows.length === 0;
      why.hidden = reason === null;
      setText(why, reason ? `No update follows: ${reason}.` : "");
      rows.replaceChildren(
        ...arrows.map(({ role, mathml, words, x, y }) =>
          h(
            "tr",
            { data: { role } },
            h("th", { scope: "row", title: `${words}; at the head: ${DRAWN[role]}` }, mathElement(mathml) ?? words),
            ...[x, y].map((value) =>
              h("td", { title: `exactly ${formatExact(toNumber(value))}`, data: { value } }, formatNumber(toNumber(value), 3)),
            ),
          ),
        ),
      );
    },
  };
}
