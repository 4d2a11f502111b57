/** The lanes' recorded losses: of what they train on solid, of the test samples where there are any on demand. */

/** @import { AppState, View } from "../../types.js" */
/** @import { NetworkStanding } from "../channels.js" */
/** @import { NetworkLane } from "./types.js" */

import { h, memo, setAttribute, setText } from "../../toolkit/dom.js";
import { formatSetting, toNumber } from "../../toolkit/maths.js";
import { logTicks } from "../../toolkit/log-ticks.js";
import { sized } from "../../toolkit/plot.js";
import { typeScale } from "../../toolkit/type-scale.js";
import { choiceButton, choices } from "../choices.js";
import { finishLine, lossRange } from "../plots/finish.js";
import { lossLabels } from "../plots/loss-labels.js";
import { arrivalDot, laneTrace, lossPlot } from "../plots/loss-plot.js";
import { networkFrameOf } from "../frames.js";
import { networkNames } from "./names.js";

/** So many times the finish is near it. */
const NEAR = 4;

/** @returns {View} */
export function networkCurves() {
  const { place, stage, figure, drawn, paint } = lossPlot("network-curves");
  /** @type {"train" | "test"} */
  let split = "train";
  const buttons = /** @type {const} */ (["train", "test"]).map((name) =>
    choiceButton(name, { curves: name }, () => {
      split = name;
      if (last) draw(last);
    }),
  );
  const note = h("span", { class: "small" });
  const element = h(
    "section",
    { class: "race-loss", aria: { label: "Losses" } },
    h(
      "div",
      { class: "title-row" },
      h("h2", { class: "panel-title" }, "Loss"),
      h("div", { class: "race-choices" }, note, choices("Which samples", ...buttons)),
    ),
    stage,
  );
  const changed = memo();
  /** @type {AppState | null} */
  let last = null;
  return { element, update: drawn(draw) };

  /**
   * Where a lane came to the finish, and since when it has stayed there: on its line, of which not every point is shown.
   * @param {NetworkLane} lane
   * @param {NetworkStanding | undefined} found
   * @param {ArrayLike<number>} xs
   * @param {ArrayLike<number | null>} ys
   */
  function dots(lane, found, xs, ys) {
    const steps = split === "train" ? new Set([found?.reached ?? null, found?.arrived ?? null]) : [];
    return [...steps].flatMap((step) => {
      const y = step === null ? NaN : heightAt(step, xs, ys);
      return step === null || Number.isNaN(y)
        ? []
        : [arrivalDot(lane, last?.theme ?? "light", step, y, step === found?.arrived)];
    });
  }

  /** @param {AppState} state */
  function draw(state) {
    last = state;
    const { network, figures, theme, linear } = state;
    const frame = networkFrameOf(state, "network_curves");
    const [width, height] = [stage.clientWidth, stage.clientHeight];
    const standing = networkFrameOf(state, "network_standings");
    const themed = figures?.figures[linear ? "race_loss_linear" : "race_loss"];
    buttons.forEach((button) => setAttribute(button, "aria-pressed", String(button.dataset.curves === split)));
    if (!network || !frame || !themed || width < 40 || height < 40) return;
    const tested = network.lanes.some(({ id }) => frame.arrays[`test${id}`]);
    buttons[1].disabled = !tested;
    setAttribute(buttons[1], "title", tested ? null : "this run has no test samples");
    setText(note, recorded(network.lanes.map(({ id }) => frame.arrays[`steps${id}`]?.data)));
    if (!changed(frame, standing, network, theme, themed, width, height, typeScale(), split)) return;
    figure.later(async (plotly) => {
      const { data, layout: laid } = themed[theme];
      const layout = sized(laid, typeScale(), height);
      const names = networkNames(state);
      const traces = network.lanes.flatMap((lane) => {
        const [x, y] = [frame.arrays[`steps${lane.id}`], frame.arrays[`${split}${lane.id}`]];
        if (!x || !y) return [];
        const name = (names.get(lane.id) ?? "").replace(/[<>&]/g, " ");
        // From the last recorded point to where the lane stands now.
        const now = standing?.meta.lanes.find(({ id }) => id === lane.id);
        const loss = toNumber(split === "train" ? now?.loss : now?.test);
        const on = now && loss !== null && now.step > x.data[x.data.length - 1];
        const [xs, ys] = on
          ? [
              [...x.data, now.step],
              [...y.data, loss],
            ]
          : [x.data, y.data];
        return [laneTrace(data[0], lane, theme, { name, x: xs, y: ys }), ...dots(lane, now, xs, ys)];
      });
      // Far from it, it would press the curves together.
      const finish = network.threshold;
      const near = traces.some(({ y }) => Array.from(y ?? []).some((value) => value !== null && value < NEAR * finish));
      const log = layout.yaxis.type === "log";
      const curves = traces.map(({ y }) => ({ y: Array.from(y ?? [], (value) => value ?? NaN) }));
      const range = lossRange(curves, log, near ? finish : NaN);
      const [begin, end] = [
        Math.min(...traces.map(({ x }) => Number(x?.[0] ?? 0))),
        Math.max(...traces.map(({ x }) => Number(x?.[x.length - 1] ?? 0))),
      ];
      const text = `finish: ${formatSetting(finish)}`;
      await paint(
        plotly,
        traces,
        {
          ...layout,
          margin: { ...layout.margin, r: 16 },
          xaxis: { ...layout.xaxis, ...(begin < end ? { range: [begin, end] } : {}) },
          yaxis: {
            ...layout.yaxis,
            ...(range ? { range } : {}),
            ...(log && range ? logTicks(10 ** range[0], 10 ** range[1], layout.yaxis.nticks) : {}),
          },
          shapes: near ? [finishLine(finish, theme)] : [],
          width,
          height,
          uirevision: `${network.race}-${split}-${linear}`,
        },
        themed.config,
        (sight) => (near ? lossLabels({ value: finish, texts: [text, "finish"] }, [], sight, theme, layout.font) : []),
      );
      setAttribute(place, "data-drawn", String(frame.step));
    });
  }
}

/** How high a line is at a step; NaN before it begins and after its end. @param {number} step @param {ArrayLike<number>} xs @param {ArrayLike<number | null>} ys */
function heightAt(step, xs, ys) {
  for (let i = 0; i < xs.length; i++) {
    if (xs[i] < step) continue;
    const [after, before] = [ys[i] ?? NaN, ys[i - 1] ?? NaN];
    return xs[i] === step ? after : before + ((step - xs[i - 1]) / (xs[i] - xs[i - 1])) * (after - before);
  }
  return NaN;
}

/** How far apart the recorded points are, where all lanes' newest are alike. @param {(ArrayLike<number> | undefined)[]} lanes */
function recorded(lanes) {
  const gaps = new Set(
    lanes.flatMap((steps) => (steps && steps.length > 1 ? [steps[steps.length - 1] - steps[steps.length - 2]] : [])),
  );
  if (gaps.size === 0) return "";
  const [gap] = gaps;
  return gaps.size > 1
    ? "recorded at each lane’s own interval"
    : gap === 1
      ? "recorded at every step"
      : `recorded every ${gap} steps`;
}
