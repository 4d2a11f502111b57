/** A mean of disagreeing arrows: every sample's gradient in a plane of two weights, a mini-batch's mean, the full gradient. */

/** @import { AppState, View } from "../../types.js" */

import { css, palette } from "../../toolkit/colours.js";
import { h, memo, setAttribute, setText } from "../../toolkit/dom.js";
import { formatCount, formatExact, formatNumber } from "../../toolkit/maths.js";
import { typeScale } from "../../toolkit/type-scale.js";
import { networkNames, placesOf } from "../network/names.js";
import { fillTable, plotOn, rangeOf, strokeLine } from "./axes.js";
import { numberOf, progress, studyOf, wishField } from "./study.js";

const MOST = 3000;

/** @param {import("../network/actions.js").NetworkRaceActions} actions @returns {View} */
export function gradientNoiseStudy(actions) {
  const select = (/** @type {string} */ label, /** @type {string} */ testid) =>
    h("select", { aria: { label }, data: { testid } });
  const [lane, first, second] = [
    select("Where which lane stands", "compass-lane"),
    select("Weight across", "compass-first"),
    select("Weight upwards", "compass-second"),
  ];
  const batch = wishField("batch", "compass-batch", 10, "samples of a mini-batch, up to all of them");
  let number = 0;
  const begin = h("button", { type: "submit", class: "quiet-button", data: { testid: "compass-begin" } }, "take the gradients");
  const redraw = h(
    "button",
    {
      type: "button",
      class: "quiet-button",
      title: "another mini-batch of the same size (d)",
      data: { testid: "compass-redraw" },
    },
    "Draw another mini-batch",
  );
  const how = progress(actions, "compass");
  const form = h(
    "form",
    { class: "study-form", aria: { label: "Noisy compass" } },
    lane,
    h("label", {}, "across ", first),
    h("label", {}, "up ", second),
    batch.element,
    begin,
    redraw,
  );
  const ask = () =>
    actions.study(
      {
        type: "study_compass",
        lane: Number(lane.value),
        weights: [Number(first.value), Number(second.value)],
        batch_size: numberOf(batch),
        number,
      },
      "study.compass",
    );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    ask();
  });
  redraw.addEventListener("click", () => {
    number++;
    ask();
  });
  actions.redraw = () => {
    const { on, study } = actions.state.networkLook;
    if (on === "studies" && study === "compass" && !redraw.disabled) redraw.click();
  };
  const empty = h(
    "p",
    { class: "small study-empty" },
    "A mini-batch’s gradient is a mean of arrows that disagree. Take every sample’s own where a lane stands, and draw the batch again: the mean wavers about the full gradient, the less the larger the batch.",
  );
  const arrows = h("canvas", { class: "study-plot square", role: "img", data: { testid: "compass-plot" } });
  const spread = h("canvas", { class: "study-plot short", role: "img", data: { testid: "compass-spread" } });
  const table = h("table", { class: "study-table", data: { testid: "compass-table" } });
  const words = h("p", { class: "small" });
  const found = h("div", { class: "study-found beside" }, arrows, h("div", {}, table, spread, words));
  const element = h(
    "section",
    { class: "study", data: { part: "study-compass" }, aria: { label: "Noisy compass" } },
    form,
    how.element,
    empty,
    found,
  );
  const [changed, listed, named] = [memo(), memo(), memo()];
  return {
    element,
    /** @param {AppState} state */
    update(state) {
      how.update(state);
      const { network, theme } = state;
      const frame = studyOf(state, "compass");
      begin.disabled = !network || network.lanes.length === 0;
      redraw.disabled = begin.disabled || frame === null;
      empty.hidden = frame !== null;
      found.hidden = frame === null;
      if (network && listed(network.race)) {
        const places = placesOf(network, MOST);
        for (const list of [first, second])
          list.replaceChildren(...places.map(({ place, name }) => h("option", { value: place }, name)));
        second.value = String(places[1]?.place ?? 0);
      }
      if (network && named(network, state.catalog)) {
        const [names, before] = [networkNames(state), lane.value];
        lane.replaceChildren(...network.lanes.map(({ id }) => h("option", { value: id }, names.get(id) ?? "")));
        if (network.lanes.some(({ id }) => String(id) === before)) lane.value = before;
      }
      if (
        !frame?.arrays.samples ||
        !changed(frame, theme, arrows.clientWidth, arrows.clientHeight, spread.clientWidth, typeScale())
      )
        return;
      const { samples, rows, mean, full, sizes, spread: widths } = frame.arrays;
      const { about } = frame.meta;
      const colours = palette(theme);
      const count = samples.data.length / 2;
      // Downhill: an arrow is where one sample alone, or the batch, would send the two weights.
      const lengths = [...samples.data].map(Math.abs).sort((a, b) => a - b);
      const usual = 1.6 * (lengths[Math.floor(0.95 * (lengths.length - 1))] ?? 0);
      const reach =
        1.08 *
        Math.max(
          Math.min(usual || Infinity, lengths[lengths.length - 1]),
          ...[...mean.data, ...full.data].map(Math.abs),
          1e-12,
        );
      const plot = plotOn(
        arrows,
        theme,
        { low: -reach, high: reach, log: false, label: `−∂ℓ/∂${about.names[0]}` },
        { low: -reach, high: reach, log: false, label: `−∂ℓ/∂${about.names[1]}` },
      );
      const ray = (
        /** @type {number} */ x,
        /** @type {number} */ y,
        /** @type {string} */ colour,
        /** @type {number} */ width,
        /** @type {number} */ alpha,
      ) => {
        plot.context.globalAlpha = alpha;
        // What would leave the frame ends at it, in its own direction.
        const scale = Math.min(1, reach / Math.max(Math.abs(x), Math.abs(y), 1e-300));
        strokeLine(plot, [0, -x * scale], [0, -y * scale], colour, { width });
        plot.context.globalAlpha = 1;
      };
      const drawn = new Set(rows.data);
      for (let i = 0; i < count; i++)
        if (!drawn.has(i)) ray(samples.data[2 * i], samples.data[2 * i + 1], colours.ink2, 1, 0.25);
      for (const i of drawn) ray(samples.data[2 * i], samples.data[2 * i + 1], css(colours.lanes[3]), 1.5, 0.9);
      ray(full.data[0], full.data[1], colours.ink, 5, 1);
      ray(mean.data[0], mean.data[1], css(colours.lanes[4]), 3, 1);
      setAttribute(
        arrows,
        "aria-label",
        `Gradients of ${count} samples along ${about.names.join(" and ")}; batch mean and full gradient are in the table`,
      );
      setAttribute(arrows, "data-drawn", String(frame.meta.study.number));
      const exact = (/** @type {string} */ name, /** @type {number} */ value) =>
        h(
          "span",
          { title: `exactly ${formatExact(value)}`, data: { compass: name, value: String(value) } },
          formatNumber(value, 3),
        );
      const sign = (/** @type {string} */ colour, /** @type {string} */ text) => {
        const made = h("span", { class: "study-sign" });
        made.style.background = colour;
        return h("span", {}, made, ` ${text}`);
      };
      fillTable(
        table,
        ["gradient", about.names[0], about.names[1]],
        [
          [
            sign(css(colours.lanes[4]), `mean of the ${formatCount(about.batch_size)} drawn`),
            exact("mean-1", mean.data[0]),
            exact("mean-2", mean.data[1]),
          ],
          [sign(colours.ink, `of all ${formatCount(count)}`), exact("full-1", full.data[0]), exact("full-2", full.data[1])],
        ],
      );
      const [low, high] = rangeOf(
        [...widths.data].filter((value) => value > 0),
        true,
      );
      const [left, right] = rangeOf(sizes.data, true);
      const spreadPlot = plotOn(
        spread,
        theme,
        { low: left, high: right, log: true, label: "batch size" },
        { low, high, log: true, label: "distance of a batch’s mean from the full gradient" },
      );
      strokeLine(spreadPlot, sizes.data, widths.data, colours.ink);
      setAttribute(
        spread,
        "aria-label",
        "Spread of a batch's mean about the full gradient against the batch size: it falls as one over the square root of it",
      );
      setText(
        words,
        `After step ${formatCount(about.step)}. A batch of ${formatCount(about.batch_size)} misses the full gradient by ${formatNumber(frame.meta.spread, 3)} on average (root mean square); ${frame.meta.spread_of_four === null ? "" : `of ${formatCount(4 * about.batch_size)} by ${formatNumber(frame.meta.spread_of_four, 3)}, `}of all by nothing. Arrows point downhill; this draw is number ${formatCount(about.number + 1)}.`,
      );
    },
  };
}
