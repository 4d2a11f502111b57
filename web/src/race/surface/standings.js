/** The standings: every lane with its rate and how it was chosen, its loss, when it came close; its settings one press away. */

/** @import { AppState, View } from "../../types.js" */
/** @import { RaceLane } from "../types.js" */

import { h, memo, setAttribute, setText } from "../../toolkit/dom.js";
import { formatCount, formatExact, formatNumber, formatSetting, toNumber } from "../../toolkit/maths.js";
import { raceFrameOf } from "../frames.js";
import { laneEditor } from "./editor.js";
import { MOST_LANES, swatch } from "../lanes.js";
import { surfaceNames } from "./names.js";
import { rateChoice } from "./rates.js";

/** How a rate was chosen, where it was by no one's own hand. @type {Record<RaceLane["chosen"], string>} */
const CHOSEN = { own: "", same: " · same", default: " · default", tuned: " · tuned" };

/**
 * @param {import("./actions.js").SurfaceRaceActions} actions
 * @returns {View}
 */
export function standingsView(actions) {
  const title = h("h2", { class: "panel-title" }, "Standings");
  const head = h("span", { class: "small" });
  const list = h("ol", { class: "lanes", data: { testid: "race-standings" } });
  const empty = h(
    "p",
    { class: "small", data: { testid: "race-empty" } },
    "No lane yet: add one, and it runs from the start to where the race stands.",
  );
  const rates = rateChoice(actions);
  const add = h(
    "button",
    { type: "button", class: "quiet-button", data: { testid: "race-add" }, onclick: () => actions.add() },
    "+ add a lane",
  );
  const shared = h("span", { class: "small" });
  const element = h(
    "section",
    { class: "panel", data: { part: "standings" }, aria: { label: "Standings" } },
    h("div", { class: "title-row" }, title, head),
    rates.element,
    empty,
    list,
    h("div", { class: "title-row" }, add, shared),
  );
  const editor = laneEditor(actions);
  /** @type {Map<number, ReturnType<typeof laneRow>>} */
  const rows = new Map();
  /** The order on the screen: it changes while the race stands, so that no row jumps away from a finger. @type {number[]} */
  let order = [];
  const [told, edited] = [memo(), memo()];
  return {
    element,
    update(state) {
      const { race, raceLook, raceClock, theme, catalog, connection } = state;
      rates.update(state);
      editor.update(state);
      if (!race || !catalog) return;
      add.disabled = race.lanes.length >= MOST_LANES || connection.status !== "open";
      setAttribute(
        add,
        "title",
        race.lanes.length >= MOST_LANES ? `There are ${MOST_LANES} lanes, the most` : "one more rule, with its defaults",
      );
      empty.hidden = race.lanes.length > 0;
      const frame = raceFrameOf(state, "race_standings");
      if (!told(race, frame, raceLook, theme, raceClock?.status) && !edited(raceLook.edited)) return;
      const ranked = frame?.meta.lanes ?? [];
      const step = frame?.step ?? 0;
      setText(title, `Standings at step ${formatCount(step)}`);
      setAttribute(title, "data-step", String(step));
      setAttribute(title, "data-change", String(frame?.meta.change ?? ""));
      setText(head, `loss · steps to ${brief(race.threshold)}`);
      setText(shared, race.spec.noise > 0 ? "same start, same noise" : "same start");
      const ids = race.lanes.map(({ id }) => id);
      const resting = raceClock?.status !== "playing";
      const complete = order.length === ids.length && ids.every((id) => order.includes(id));
      if (resting || !complete) {
        const place = (/** @type {number} */ id) => ranked.findIndex((each) => each.id === id);
        const rank = (/** @type {number} */ id) => (place(id) < 0 ? Infinity : place(id));
        order = [...ids].sort((a, b) => rank(a) - rank(b) || ids.indexOf(a) - ids.indexOf(b));
      }
      const names = surfaceNames(state);
      for (const id of [...rows.keys()]) if (!ids.includes(id)) rows.delete(id);
      const wanted = order.map((id) => {
        const lane = /** @type {RaceLane} */ (race.lanes.find((each) => each.id === id));
        const row = rows.get(id) ?? laneRow(actions, id);
        rows.set(id, row);
        row.show(
          lane,
          names.get(id) ?? "",
          ranked.find((each) => each.id === id),
          ranked.findIndex((each) => each.id === id) + 1,
          state,
        );
        return row.element;
      });
      const present = [...list.children];
      if (present.length !== wanted.length || wanted.some((row, i) => row !== present[i]))
        keepFocus(list, () => list.replaceChildren(...wanted));
      const open = typeof raceLook.edited === "number" ? rows.get(raceLook.edited) : null;
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

/**
 * @param {import("./actions.js").SurfaceRaceActions} actions
 * @param {number} id
 */
function laneRow(actions, id) {
  const sign = swatch();
  const name = h("button", { type: "button", class: "lane-name", data: { pick: id } });
  const how = h("span", { class: "lane-how" });
  const marks = h("span", { class: "lane-badges" });
  const loss = h("span", { class: "lane-loss", data: { loss: id } });
  const reached = h("span", { class: "lane-reached" });
  const edit = h("button", { type: "button", class: "text-button", data: { edit: id } }, "edit");
  const element = h(
    "li",
    { class: "lane", data: { lane: id } },
    h("div", { class: "lane-line" }, sign.element, h("div", { class: "lane-words" }, name, how, marks), loss, reached, edit),
  );
  const badged = memo();
  name.addEventListener("click", () => actions.look({ lane: actions.state.raceLook.lane === id ? null : id }));
  edit.addEventListener("click", () => actions.look({ edited: actions.state.raceLook.edited === id ? null : id, lane: id }));
  return {
    element,
    /**
     * @param {RaceLane} lane
     * @param {string} words
     * @param {import("../channels.js").RaceStanding | undefined} found
     * @param {number} rank
     * @param {AppState} state
     */
    show(lane, words, found, rank, { theme, raceLook }) {
      sign.show(lane, theme);
      setText(name, words);
      setAttribute(name, "aria-pressed", String(raceLook.lane === id));
      setAttribute(name, "title", "its place on the surface, told below");
      setAttribute(edit, "aria-expanded", String(raceLook.edited === id));
      setAttribute(edit, "aria-label", `Settings of ${words}`);
      const rate = toNumber(found?.rate) ?? lane.optimizer.lr;
      const moves = rate !== lane.optimizer.lr ? ` of ${formatSetting(lane.optimizer.lr)}` : "";
      const limit = toNumber(found?.bound?.rate);
      const bound = limit === null ? "" : limit === Infinity ? " · no bound" : ` · bound ${formatNumber(limit, 3)}`;
      setText(how, `η ${brief(rate)}${moves}${bound}${CHOSEN[lane.chosen]}`);
      setAttribute(
        how,
        "title",
        `the rate of its next update, exactly ${formatExact(rate)}; its stability bound here ${formatExact(limit)}; chosen: ${lane.chosen}`,
      );
      setAttribute(how, "data-bound", limit === null ? null : String(limit));
      setAttribute(how, "data-beyond", String(limit !== null && rate > limit));
      setAttribute(how, "data-value", String(rate));
      if (badged(lane)) marks.replaceChildren(...lane.badges.map((badge) => h("span", { class: "lane-badge" }, badge)));
      const gone = found?.diverged ?? null;
      setAttribute(element, "data-rank", String(rank));
      setAttribute(element, "data-diverged", gone === null ? null : String(gone));
      const value = toNumber(found?.loss);
      setText(loss, gone === null ? formatNumber(value, 3) : `diverged at ${formatCount(gone)}`);
      setAttribute(
        loss,
        "title",
        gone === null
          ? `exactly ${formatExact(value)}`
          : `it left the surface with update ${gone}; f there ${formatExact(value)}`,
      );
      setAttribute(loss, "data-value", String(value));
      setText(reached, found?.reached === null || found?.reached === undefined ? "–" : formatCount(found.reached));
    },
  };
}

/** Three digits, without zeros that say nothing: 0.03, 0.00215. @param {number} value */
function brief(value) {
  const text = formatNumber(value, 3);
  return /^[\d.]+$/.test(text) && text.includes(".") ? text.replace(/0+$/, "").replace(/\.$/, "") : text;
}
