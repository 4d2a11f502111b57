/** The lanes' recorded losses: of what they train on solid, of the test samples where there are any on demand. */

/** @import { AppState, View } from "../../types.js" */

import { h, memo, setAttribute, setText } from "../../toolkit/dom.js";
import { toNumber } from "../../toolkit/maths.js";
import { sized } from "../../toolkit/plot.js";
import { typeScale } from "../../toolkit/type-scale.js";
import { choiceButton, choices } from "../choices.js";
import { laneTrace, lossPlot } from "../plots/loss-plot.js";
import { networkFrameOf } from "../frames.js";
import { networkNames } from "./names.js";

/** @returns {View} */
export function networkCurves() {
  const { place, stage, figure, drawn } = lossPlot("network-curves");
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
        return [laneTrace(data[0], lane, theme, { name, x: xs, y: ys })];
      });
      await plotly.react(
        place,
        traces,
        { ...layout, margin: { ...layout.margin, r: 16 }, width, height, uirevision: `${network.race}-${split}-${linear}` },
        themed.config,
      );
      setAttribute(place, "data-drawn", String(frame.step));
    });
  }
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
