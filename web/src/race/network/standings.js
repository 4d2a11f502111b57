/** The lanes of a race on the network: what each answers, its losses, how far it is off the plane; its settings one press away. */

/** @import { FrameOf } from "../../channels.js" */
/** @import { AppState, View } from "../../types.js" */
/** @import { NetworkStanding } from "../channels.js" */
/** @import { LocalPoint } from "../studies/studies.js" */
/** @import { NetworkLane } from "./types.js" */
/** @import { Trajectory } from "./trajectories.js" */

import { classColour, levels, pack, paintLevels, palette } from "../../toolkit/colours.js";
import { h, memo, setAttribute, setText } from "../../toolkit/dom.js";
import { formatCount, formatExact, formatNumber, formatPercent, formatSetting, toNumber } from "../../toolkit/maths.js";
import { networkFrameOf } from "../frames.js";
import { laneParts } from "../lanes/row.js";
import { standingsOf } from "../lanes/standings.js";
import { networkEditor } from "./editor.js";
import { rateChoice, CHOSEN } from "../rates.js";
import { studyOf } from "../studies/study.js";
import { networkNames } from "./names.js";
import { trajectoriesOf } from "./trajectories.js";

/** @param {import("./actions.js").NetworkRaceActions} actions @returns {View} */
export function networkStandings(actions) {
  const editor = networkEditor(actions);
  const rates = rateChoice(actions, {
    hook: "network",
    data: "netrates",
    tuned:
      "each optimizer at the best of 16 rates from 1e-4 to 10, in 500 steps each: that which arrives first and stays, else that of least train loss",
    choose: (how, lr) => actions.rates(how, lr),
    of: ({ network, networkClock }) => ({ race: network, tuning: networkClock?.tuning ?? null }),
  });
  const standings = standingsOf(actions, {
    hook: "network",
    part: "network-standings",
    label: "Standings on the network",
    hint: "one more optimizer, with its defaults (n)",
    editor,
    rates: rates.element,
    row: (id) => laneRow(actions, id),
  });
  const { element, title, head, shared } = standings;
  const told = memo();
  return {
    element,
    update(state) {
      const { network, networkLook, networkClock, theme, catalog } = state;
      rates.update(state);
      editor.update(state);
      if (!network || !catalog) return;
      standings.update(state, network.lanes);
      const [frame, moving, maps] = [
        networkFrameOf(state, "network_standings"),
        networkFrameOf(state, "network_ways"),
        networkFrameOf(state, "network_maps"),
      ];
      const point = studyOf(state, "point");
      if (!told(network, frame, moving, maps, point, networkLook, theme, networkClock?.status)) return;
      const ranked = frame?.meta.lanes ?? [];
      setText(title, `Standings at step ${formatCount(frame?.step ?? 0)}`);
      setAttribute(title, "data-step", String(frame?.step ?? 0));
      setText(head, `train loss · reached ${formatSetting(network.threshold)} at step`);
      const alike = network.lanes.every(({ badges }) => badges.length === 0);
      setText(
        shared,
        alike ? "same data, start and batches, bit for bit" : "same data; start and batches too, where no badge says otherwise",
      );
      const names = networkNames(state);
      const mixed = new Set(network.lanes.map(({ chosen }) => chosen)).size > 1;
      const trajectories = moving ? trajectoriesOf(moving) : [];
      standings.arrange(
        network.lanes.map(({ id }) => id),
        ranked.map(({ id }) => id),
        (row, id) => {
          const lane = /** @type {NetworkLane} */ (network.lanes.find((each) => each.id === id));
          const found = ranked.find((each) => each.id === id);
          const trajectory = trajectories.find((each) => each.id === id);
          const rank = ranked.findIndex((each) => each.id === id) + 1;
          const measured = point?.meta.lanes.find((each) => each.id === id);
          const here = measured?.step === found?.step ? measured : undefined;
          row.show(lane, names.get(id) ?? "", found, rank, here, mixed);
          row.place(trajectory, maps, names.get(id) ?? "", state);
        },
      );
    },
  };
}

/** @param {import("./actions.js").NetworkRaceActions} actions @param {number} id */
function laneRow(actions, id) {
  const parts = laneParts(actions, id, "net");
  const { element, sign, name, marks, loss, reached, edit } = parts;
  const [rates, answers] = [h("span", { class: "lane-rate" }), h("span")];
  const how = h("span", { class: "lane-how" }, rates, answers);
  const where = h("span", { class: "lane-how", data: { off: id } });
  const map = h("canvas", { class: "network-map", width: 1, height: 1, role: "img", data: { netmap: id } });
  setAttribute(name, "title", "told of below, and the picture goes by it");
  const line = h("div", { class: "lane-line network-line" }, sign, map, h("div", { class: "lane-words" }, name, marks));
  line.append(loss, reached, edit, how, where);
  element.append(line);
  const mapped = memo();
  return {
    element,
    /**
     * @param {NetworkLane} lane
     * @param {string} words
     * @param {NetworkStanding | undefined} found
     * @param {number} rank
     * @param {LocalPoint | undefined} here  where it stands, looked at
     * @param {boolean} mixed  whether rates were chosen in more than one way
     */
    show(lane, words, found, rank, here, mixed) {
      parts.show(lane, words, actions.state.theme);
      const rate = toNumber(found?.rate) ?? lane.optimizer.lr;
      const limit = toNumber(here?.bound?.rate);
      const bound = limit === null ? "" : limit === Infinity ? "no bound here" : `bound ${formatNumber(limit, 3)}`;
      const [right, test] = [share(found?.accuracy), toNumber(found?.test)];
      const rated = `η ${formatSetting(Number(rate.toPrecision(3)))}${mixed ? CHOSEN[lane.chosen] : ""}`;
      setText(rates, bound ? `${rated} · ${bound}` : rated);
      setText(answers, `${right && ` · ${right} right`}${test === null ? "" : ` · test ${formatNumber(test, 3)}`}`);
      setAttribute(
        how,
        "title",
        `the rate of its next update, exactly ${formatExact(rate)}, ${lane.chosen}; its stability bound here ${formatExact(limit)}; test loss ${formatExact(test)}${known(found?.baseline)}`,
      );
      setAttribute(rates, "data-value", String(rate));
      setAttribute(rates, "data-bound", limit === null ? null : String(limit));
      setAttribute(rates, "data-beyond", String(limit !== null && rate > limit));
      parts.tell(found, rank, (value, gone) => {
        const why = String(found?.stopped ?? "");
        return gone === null ? `exactly ${formatExact(value)}${why && `; ${why}`}` : why;
      });
    },
    /**
     * @param {Trajectory | undefined} way
     * @param {FrameOf<"network_maps"> | null} maps
     * @param {string} words
     * @param {AppState} state
     */
    place(way, maps, words, { theme, network }) {
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
        `its distance off the plane is ${formatNumber(at("residual"), 3)} times as long as the line from its start; the objective where it stands is ${formatExact(at("true_loss"))}, on the plane below it ${formatExact(at("slice_loss"))}`,
      );
      for (const [key, column] of Object.entries(
        /** @type {const} */ ({ value: "off", residual: "residual", true: "true_loss", slice: "slice_loss" }),
      ))
        setAttribute(where, `data-${key}`, String(at(column)));
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

/** A share that is known, in words; "" where it is not. @param {import("../../commands.js").WireNumber | null | undefined} accuracy */
function share(accuracy) {
  const value = toNumber(accuracy);
  return value === null || Number.isNaN(value) ? "" : formatPercent(value);
}

/** What an accuracy is to be compared with. @param {import("../../commands.js").WireNumber | null | undefined} baseline */
function known(baseline) {
  const share = toNumber(baseline);
  return share === null ? "" : `; always the largest class: ${formatPercent(share)} right`;
}
