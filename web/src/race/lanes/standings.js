/** The standings: every lane in its rank, its settings one press away. While it is raced they are ranked anew twice a second. */

/** @import { AppState } from "../../types.js" */
/** @import { Lane } from "../types.js" */

import { h, setAttribute } from "../../toolkit/dom.js";
import { MOST_LANES } from "./lanes.js";
import { moved } from "./moved.js";

/** Milliseconds between two orders while lanes are moving: fast enough to follow, slow enough to read. */
const HELD = 500;

/**
 * @template Row
 * @typedef {object} Options
 * @property {string} hook  of what can be pressed
 * @property {string} part  of the page, by which a link may hide it
 * @property {string} label
 * @property {string} hint  what a new lane is
 * @property {import("../../types.js").View} editor  of the lane that is edited: it lies in its row
 * @property {HTMLElement} [rates]  how all rates are chosen
 * @property {(id: number) => Row} row
 */

/**
 * @template {{element: HTMLElement}} Row
 * @param {import("../actions.js").RaceActions} actions
 * @param {Options<Row>} options
 */
export function standingsOf(actions, { hook, part, label, hint, editor, rates, row }) {
  const title = h("h2", { class: "panel-title" }, "Standings");
  const head = h("span", { class: "small" });
  const list = h("ol", { class: "lanes", data: { testid: `${hook}-standings` } });
  const empty = h(
    "p",
    { class: "small", data: { testid: `${hook}-empty` } },
    "No lane yet: add one, and it runs from the start to where the race stands.",
  );
  const add = h(
    "button",
    { type: "button", class: "quiet-button", data: { testid: `${hook}-add` }, onclick: () => actions.add() },
    "+ add a lane",
  );
  const shared = h("span", { class: "small" });
  const element = h(
    "section",
    { class: "panel", data: { part }, aria: { label } },
    h("div", { class: "title-row" }, title, head),
    rates,
    empty,
    list,
    h("div", { class: "title-row" }, add, shared),
  );
  /** @type {Map<number, Row>} */
  const rows = new Map();
  /** The order on the screen. @type {number[]} */
  let order = [];
  let ranked = 0;
  /** No row jumps away from a finger, or from the settings that are open in one. */
  const held = () => list.matches(":hover") || actions.lanesLook.edited !== null;
  return {
    element,
    title,
    head,
    shared,
    /** What depends on the lanes alone. @param {AppState} state @param {Lane[]} lanes */
    update({ connection }, lanes) {
      const full = lanes.length >= MOST_LANES;
      add.disabled = full || connection.status !== "open";
      setAttribute(add, "title", full ? `There are ${MOST_LANES} lanes, the most` : hint);
      empty.hidden = lanes.length > 0;
    },
    /**
     * @param {number[]} ids  of the lanes
     * @param {number[]} ranks  those of which it is known where they stand, the first first
     * @param {(row: Row, id: number) => void} show
     */
    arrange(ids, ranks, show) {
      const complete = order.length === ids.length && ids.every((id) => order.includes(id));
      const playing = actions.now?.clock?.status === "playing";
      if (!complete || !playing || (performance.now() - ranked >= HELD && !held())) {
        const rank = (/** @type {number} */ id) => ranks.indexOf(id) + 1 || Infinity;
        order = [...ids].sort((a, b) => rank(a) - rank(b) || ids.indexOf(a) - ids.indexOf(b));
        ranked = performance.now();
      }
      for (const id of [...rows.keys()]) if (!ids.includes(id)) rows.delete(id);
      const wanted = order.map((id) => {
        const found = rows.get(id) ?? row(id);
        rows.set(id, found);
        show(found, id);
        return found.element;
      });
      const present = [...list.children];
      if (present.length !== wanted.length || wanted.some((each, i) => each !== present[i]))
        moved(list, () => keepFocus(list, () => list.replaceChildren(...wanted)));
      const { edited } = actions.lanesLook;
      const open = typeof edited === "number" ? rows.get(edited) : null;
      if (open && editor.element.parentElement !== open.element) open.element.append(editor.element);
      editor.element.hidden = !open;
    },
  };
}

/** Rows that change places keep what is focused. @param {HTMLElement} place @param {() => void} change */
function keepFocus(place, change) {
  const focus = document.activeElement;
  change();
  if (focus instanceof HTMLElement && place.contains(focus) && document.activeElement !== focus) focus.focus();
}
