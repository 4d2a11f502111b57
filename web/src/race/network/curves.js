/** The lanes' recorded losses: of what they train on solid, of the test samples where there are any on demand. */

/** @import { AppState, View } from "../../types.js" */

import { h, memo, setAttribute, setText } from "../../toolkit/dom.js";
import { toNumber } from "../../toolkit/maths.js";
import { Redrawn, sized } from "../../toolkit/plot.js";
import { typeScale } from "../../frame/projector.js";
import { colourOf, isDashed } from "../lanes.js";
import { networkFrameOf } from "../frames.js";
import { networkNames } from "./lanes.js";

/** @returns {View} */
export function networkCurves() {
  const place = h("div", {
    class: "race-plot",
    role: "img",
    aria: { label: "Loss of every lane" },
    data: { testid: "network-curves" },
  });
  const stage = h("div", { class: "race-loss-stage" }, place);
  /** @type {"train" | "test"} */
  let split = "train";
  const choices = /** @type {const} */ (["train", "test"]).map((name) =>
    h(
      "button",
      { type: "button", class: "race-choice", data: { curves: name }, onclick: () => ((split = name), last && update(last)) },
      name,
    ),
  );
  const note = h("span", { class: "small" });
  const element = h(
    "section",
    { class: "race-loss", aria: { label: "Losses" } },
    h(
      "div",
      { class: "title-row" },
      h("h2", { class: "panel-title" }, "Loss"),
      h(
        "div",
        { class: "race-choices" },
        note,
        h("div", { class: "race-choices", role: "group", aria: { label: "Which samples" } }, ...choices),
      ),
    ),
    stage,
  );
  const figure = new Redrawn(place);
  const changed = memo();
  /** @type {AppState | null} */
  let last = null;
  new ResizeObserver(() => last && update(last)).observe(stage);
  return { element, update };

  /** @param {AppState} state */
  function update(state) {
    last = state;
    const { network, figures, theme, linear, networkClock } = state;
    const frame = networkFrameOf(state, "network_curves");
    const [width, height] = [stage.clientWidth, stage.clientHeight];
    const standing = networkFrameOf(state, "network_standings");
    const themed = figures?.figures[linear ? "race_loss_linear" : "race_loss"];
    choices.forEach((button) => setAttribute(button, "aria-pressed", String(button.dataset.curves === split)));
    if (!network || !frame || !themed || width < 40 || height < 40) return;
    const tested = network.lanes.some(({ id }) => frame.arrays[`test${id}`]);
    choices[1].disabled = !tested;
    setAttribute(choices[1], "title", tested ? null : "this run has no test samples");
    setText(note, networkClock ? `recorded once an epoch, every ${networkClock.steps_per_epoch} steps` : "");
    if (!changed(frame, standing, network, theme, themed, width, height, typeScale(), split)) return;
    figure.later(async (plotly) => {
      const { data, layout: drawn } = themed[theme];
      const layout = sized(drawn, typeScale(), height);
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
        return [
          {
            ...data[0],
            uid: `lane-${lane.id}`,
            name,
            x: xs,
            y: ys,
            line: { ...data[0].line, color: colourOf(lane, theme), dash: isDashed(lane) ? "dash" : "solid" },
          },
        ];
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
