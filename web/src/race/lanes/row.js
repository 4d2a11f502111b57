/** One lane's row in the standings: its line and name, its loss, when it came close, the door to its settings. */

/** @import { WireNumber } from "../../commands.js" */
/** @import { AppState } from "../../types.js" */
/** @import { Lane } from "../types.js" */

import { h, memo, setAttribute, setText } from "../../toolkit/dom.js";
import { formatCount, formatNumber, toNumber } from "../../toolkit/maths.js";
import { swatch } from "./lanes.js";

/**
 * @param {import("../actions.js").RaceActions} actions
 * @param {number} id
 * @param {string} [prefix]  of its hooks
 */
export function laneParts(actions, id, prefix = "") {
  const rank = h("span", { class: "lane-rank", aria: { hidden: true } });
  const sign = swatch();
  const name = h("button", { type: "button", class: "lane-name", data: { [`${prefix}pick`]: id } });
  const marks = h("span", { class: "lane-badges" });
  const loss = h("span", { class: "lane-loss", data: { [`${prefix}loss`]: id } });
  const reached = h("span", { class: "lane-reached" });
  const edit = h("button", { type: "button", class: "text-button", data: { [`${prefix}edit`]: id } }, "edit");
  const element = h("li", { class: "lane", data: { [`${prefix}lane`]: id } });
  name.addEventListener("click", () => actions.look({ lane: actions.lanesLook.lane === id ? null : id }));
  edit.addEventListener("click", () => actions.look({ edited: actions.lanesLook.edited === id ? null : id, lane: id }));
  const badged = memo();
  return {
    element,
    /** Its place among the lanes, and how its line looks. */
    sign: h("span", { class: "lane-place" }, rank, sign.element),
    name,
    marks,
    loss,
    reached,
    edit,
    /** @param {Lane} lane @param {string} words  its name @param {AppState["theme"]} theme */
    show(lane, words, theme) {
      sign.show(lane, theme);
      setText(name, words);
      setAttribute(name, "aria-pressed", String(actions.lanesLook.lane === id));
      setAttribute(edit, "aria-expanded", String(actions.lanesLook.edited === id));
      setAttribute(edit, "aria-label", `Settings of ${words}`);
      if (badged(lane)) marks.replaceChildren(...lane.badges.map((badge) => h("span", { class: "lane-badge" }, badge)));
    },
    /**
     * @param {{loss: WireNumber, diverged: number | null, reached: number | null, arrived: number | null} | undefined} found
     * @param {number} place  its rank, 0 where it is not known
     * @param {(value: number | null, diverged: number | null) => string} exactly
     */
    tell(found, place, exactly) {
      const gone = found?.diverged ?? null;
      const value = toNumber(found?.loss);
      setAttribute(element, "data-diverged", gone === null ? null : String(gone));
      setText(loss, gone === null ? formatNumber(value, 3) : `diverged at ${formatCount(gone)}`);
      setAttribute(loss, "title", exactly(value, gone));
      setAttribute(loss, "data-value", String(value));
      setText(rank, place > 0 ? String(place) : "");
      setAttribute(element, "data-rank", String(place));
      const [touched, stays] = [found?.reached ?? null, found?.arrived ?? null];
      const step = stays ?? touched;
      setText(reached, step === null ? "–" : stays === null ? `(${formatCount(step)})` : formatCount(step));
      setAttribute(reached, "data-stays", String(stays !== null));
      setAttribute(
        reached,
        "title",
        step === null ? null : stays === null ? "there at this step, and off again" : "there since this step",
      );
    },
  };
}
