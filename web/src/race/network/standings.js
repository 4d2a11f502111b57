/** The lanes of a race on the network: what each answers, its losses, how far it is off the plane; its settings one press away. */

/** @import { FrameOf } from "../../channels.js" */
/** @import { NetworkStanding } from "../channels.js" */
/** @import { AppState, View } from "../../types.js" */
/** @import { NetworkLane } from "./types.js" */

import { classColour, levels, pack, paintLevels, palette } from "../../toolkit/colours.js";
import { h, memo, setAttribute, setText } from "../../toolkit/dom.js";
import { formatCount, formatExact, formatNumber, formatPercent, formatSetting, toNumber } from "../../toolkit/maths.js";
import { MOST_LANES, swatch } from "../lanes.js";
import { networkEditor } from "./editor.js";
import { networkFrameOf } from "../frames.js";
import { networkNames } from "./lanes.js";
import { waysOf } from "./overlay.js";

/** @param {import("./actions.js").NetworkRaceActions} actions @returns {View} */
export function networkStandings(actions) {
  const title = h("h2", { class: "panel-title" }, "Standings");
  const head = h("span", { class: "small" });
  const list = h("ol", { class: "lanes", data: { testid: "network-standings" } });
  const empty = h(
    "p",
    { class: "small", data: { testid: "network-empty" } },
    "No lane yet: add one, and it runs from the start to where the race stands.",
  );
  const add = h(
    "button",
    { type: "button", class: "quiet-button", data: { testid: "network-add" }, onclick: () => actions.add() },
    "+ add a lane",
  );
  const shared = h("span", { class: "small" });
  const element = h(
    "section",
    { class: "panel", data: { part: "network-standings" }, aria: { label: "Standings on the network" } },
    h("div", { class: "title-row" }, title, head),
    empty,
    list,
    h("div", { class: "title-row" }, add, shared),
  );
  const editor = networkEditor(actions);
  /** @type {Map<number, ReturnType<typeof laneRow>>} */
  const rows = new Map();
  /** @type {number[]} */
  let order = [];
  const told = memo();
  return {
    element,
    update(state) {
      const { network, networkLook, networkClock, theme, catalog, connection } = state;
      editor.update(state);
      if (!network || !catalog) return;
      add.disabled = network.lanes.length >= MOST_LANES || connection.status !== "open";
      setAttribute(
        add,
        "title",
        network.lanes.length >= MOST_LANES ? `There are ${MOST_LANES} lanes, the most` : "one more rule, with its defaults (n)",
      );
      empty.hidden = network.lanes.length > 0;
      const [frame, moving, maps] = [
        networkFrameOf(state, "network_standings"),
        networkFrameOf(state, "network_ways"),
        networkFrameOf(state, "network_maps"),
      ];
      if (!told(network, frame, moving, maps, networkLook, theme, networkClock?.status)) return;
      const ranked = frame?.meta.lanes ?? [];
      setText(title, `Standings at step ${formatCount(frame?.step ?? 0)}`);
      setAttribute(title, "data-step", String(frame?.step ?? 0));
      setText(head, `train loss · steps to ${formatSetting(network.threshold)}`);
      const alike = network.lanes.every(({ badges }) => badges.length === 0);
      setText(
        shared,
        alike ? "same data, start and batches, bit for bit" : "same data; start and batches too, where no badge says otherwise",
      );
      const ids = network.lanes.map(({ id }) => id);
      const complete = order.length === ids.length && ids.every((id) => order.includes(id));
      if (networkClock?.status !== "playing" || !complete) {
        const rank = (/** @type {number} */ id) => ranked.findIndex((each) => each.id === id) + 1 || Infinity;
        order = [...ids].sort((a, b) => rank(a) - rank(b) || ids.indexOf(a) - ids.indexOf(b));
      }
      for (const id of [...rows.keys()]) if (!ids.includes(id)) rows.delete(id);
      const names = networkNames(state);
      const ways = moving ? waysOf(moving) : [];
      const wanted = order.map((id) => {
        const lane = /** @type {NetworkLane} */ (network.lanes.find((each) => each.id === id));
        const row = rows.get(id) ?? laneRow(actions, id);
        rows.set(id, row);
        row.show(
          lane,
          names.get(id) ?? "",
          ranked.find((each) => each.id === id),
          ways.find((way) => way.id === id),
          maps,
          state,
        );
        return row.element;
      });
      const present = [...list.children];
      if (present.length !== wanted.length || wanted.some((row, i) => row !== present[i])) {
        const focus = document.activeElement;
        list.replaceChildren(...wanted);
        if (focus instanceof HTMLElement && list.contains(focus) && document.activeElement !== focus) focus.focus();
      }
      const open = networkLook.edited === null ? null : rows.get(networkLook.edited);
      if (open && editor.element.parentElement !== open.element) open.element.append(editor.element);
      editor.element.hidden = !open;
    },
  };
}

/** @param {import("./actions.js").NetworkRaceActions} actions @param {number} id */
function laneRow(actions, id) {
  const sign = swatch();
  const name = h("button", {
    type: "button",
    class: "lane-name",
    title: "told of below, and the picture goes by it",
    data: { netpick: id },
  });
  const how = h("span", { class: "lane-how" });
  const where = h("span", { class: "lane-how", data: { off: id } });
  const marks = h("span", { class: "lane-badges" });
  const map = h("canvas", { class: "network-map", width: 1, height: 1, role: "img", data: { netmap: id } });
  const loss = h("span", { class: "lane-loss", data: { netloss: id } });
  const reached = h("span", { class: "lane-reached" });
  const edit = h("button", { type: "button", class: "text-button", data: { netedit: id } }, "edit");
  const element = h(
    "li",
    { class: "lane", data: { netlane: id } },
    h(
      "div",
      { class: "lane-line network-line" },
      sign.element,
      map,
      h("div", { class: "lane-words" }, name, marks),
      loss,
      reached,
      edit,
      how,
      where,
    ),
  );
  const [badged, mapped] = [memo(), memo()];
  name.addEventListener("click", () => actions.look({ lane: actions.state.networkLook.lane === id ? null : id }));
  edit.addEventListener("click", () => actions.look({ edited: actions.state.networkLook.edited === id ? null : id, lane: id }));
  return {
    element,
    /**
     * @param {NetworkLane} lane
     * @param {string} words
     * @param {NetworkStanding | undefined} found
     * @param {import("./overlay.js").Way | undefined} way
     * @param {FrameOf<"network_maps"> | null} maps
     * @param {AppState} state
     */
    show(lane, words, found, way, maps, { theme, network, networkLook }) {
      sign.show(lane, theme);
      setText(name, words);
      setAttribute(name, "aria-pressed", String(networkLook.lane === id));
      setAttribute(edit, "aria-expanded", String(networkLook.edited === id));
      setAttribute(edit, "aria-label", `Settings of ${words}`);
      const rate = toNumber(found?.rate) ?? lane.optimizer.lr;
      const test =
        found?.accuracy !== null && found?.accuracy !== undefined
          ? ` · ${formatPercent(toNumber(found.accuracy) ?? NaN)} right`
          : "";
      setText(
        how,
        `η ${formatSetting(Number(rate.toPrecision(3)))}${test}${toNumber(found?.test) === null ? "" : ` · test ${formatNumber(toNumber(found?.test), 3)}`}`,
      );
      setAttribute(
        how,
        "title",
        `the rate of its next update, exactly ${formatExact(rate)}; test loss ${formatExact(toNumber(found?.test))}`,
      );
      const last = way ? way.steps.length - 1 : -1;
      const at = (/** @type {"off" | "residual" | "true_loss" | "slice_loss"} */ column) => way?.columns[column][last] ?? NaN;
      setText(
        where,
        last < 0
          ? " "
          : `${formatNumber(at("off"), 3)} off the plane · loss ${formatNumber(at("true_loss"), 3)}, the plane’s ${formatNumber(at("slice_loss"), 3)}`,
      );
      setAttribute(
        where,
        "title",
        `its distance off the plane is ${formatPercent(at("residual"))} of its way from the start; the objective where it stands is ${formatExact(at("true_loss"))}, on the plane below it ${formatExact(at("slice_loss"))}`,
      );
      for (const [key, column] of Object.entries(
        /** @type {const} */ ({ value: "off", residual: "residual", true: "true_loss", slice: "slice_loss" }),
      ))
        setAttribute(where, `data-${key}`, String(at(column)));
      if (badged(lane)) marks.replaceChildren(...lane.badges.map((badge) => h("span", { class: "lane-badge" }, badge)));
      const gone = found?.diverged ?? null;
      setAttribute(element, "data-diverged", gone === null ? null : String(gone));
      const value = toNumber(found?.loss);
      setText(loss, gone === null ? formatNumber(value, 3) : `diverged at ${formatCount(gone)}`);
      setAttribute(
        loss,
        "title",
        gone === null
          ? `exactly ${formatExact(value)}${found?.stopped ? `; ${found.stopped}` : ""}`
          : String(found?.stopped ?? ""),
      );
      setAttribute(loss, "data-value", String(value));
      setText(reached, found?.reached === null || found?.reached === undefined ? "–" : formatCount(found.reached));
      const row = maps ? maps.meta.lanes.indexOf(id) : -1;
      map.hidden = row < 0;
      if (maps && row >= 0 && network && mapped(maps, row, theme)) {
        const side = maps.arrays.maps.shape[1];
        paintLevels(
          map,
          maps.arrays.maps.data,
          row * side * side,
          side,
          side,
          mapTable(theme, maps.meta.classes ? network.classes : 0),
        );
        setAttribute(map, "aria-label", `What ${words} answers over the plane`);
      }
    },
  };
}

/** The colours of an output's map: of bytes over its range, or of classes. @param {"light" | "dark"} theme @param {number} classes */
export function mapTable(theme, classes) {
  const colours = palette(theme);
  if (classes < 3) return levels(colours, -1, 1, 0, 1);
  return Uint32Array.from({ length: 256 }, (_, index) => pack(classColour(colours, index, classes)));
}
