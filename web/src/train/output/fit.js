/** The fit of a function of one variable: the samples, and the curve the network makes of them. */

/** @import { Frame as WireFrame, View } from "../../types.js" */

import { palette } from "../../toolkit/colours.js";
import { h, memo, prepareCanvas } from "../../toolkit/dom.js";
import { frameOf } from "../../run/selectors.js";
import { drawAxes, drawPoint, plotFrame, plotPlaces } from "../../toolkit/canvas-plot.js";
import { pointPicker } from "./point-picker.js";

/**
 * @param {import("../actions.js").TrainActions} actions
 * @param {string} [name]  its hook
 * @returns {View}
 */
export function fitView(actions, name = "fit") {
  const canvas = h("canvas", {
    class: "plot",
    role: "img",
    aria: { label: "The fit: nothing drawn yet" },
    data: { testid: name },
  });
  const picker = pointPicker(canvas, actions);
  const element = h(
    "figure",
    { class: "fit" },
    picker.element,
    h(
      "figcaption",
      { class: "key" },
      h(
        "div",
        { class: "point-key" },
        h("span", {}, h("i", { class: "stroke" }), "the network"),
        h("span", {}, h("i", { class: "dot ink" }), "train"),
        h("span", {}, h("i", { class: "dot ring" }), "test"),
      ),
    ),
  );
  const changed = memo();
  /** @type {{data: WireFrame | null, range: [number, number]}} */
  let ranged = { data: null, range: [-1, 1] };
  /** @param {WireFrame | null} data */
  const rangeOf = (data) => {
    if (ranged.data !== data) ranged = { data, range: targetRange(data) };
    return ranged.range;
  };
  return {
    element,
    update(state) {
      const { run, theme } = state;
      if (!run || element.hidden) return;
      const maps = frameOf(state, "maps");
      const data = frameOf(state, "data");
      const width = Math.round(canvas.clientWidth);
      const height = Math.round(canvas.clientHeight);
      if (width < 40) return;
      const xs = run.domain[0] ?? [-1, 1];
      const ys = rangeOf(data);
      const { px, py } = plotPlaces(width, height, xs, ys);
      picker.update(
        state,
        (split, i) => {
          const target = data?.arrays[`${split}_target`];
          const raw = data?.arrays[`${split}_raw`];
          return raw && target ? [px(raw.data[i]), py(target.data[i * (target.shape[1] ?? 1)])] : null;
        },
        width,
        height,
      );
      if (!changed(run, maps, data, theme, state.projector, width, height, window.devicePixelRatio)) return;
      const colours = palette(theme);
      const context = prepareCanvas(canvas, width, height);
      const frame = plotFrame(context, width, height, xs, ys);
      drawAxes(frame, xs, ys, colours, true);
      for (const split of ["test", "train"]) {
        const raw = data?.arrays[`${split}_raw`];
        const target = data?.arrays[`${split}_target`];
        if (!raw || !target) continue;
        const outputs = target.shape[1] ?? 1;
        for (let i = 0; i < raw.shape[0]; i++)
          drawPoint(frame, raw.data[i], target.data[i * outputs], colours.lanes[3], colours.panel, split === "test");
      }
      if (maps) drawCurve(frame, maps, colours.ink);
      canvas.setAttribute("aria-label", `The fitted curve over the samples${maps ? `, after step ${maps.step}` : ""}`);
    },
  };
}

/**
 * @param {import("../../toolkit/canvas-plot.js").Frame} frame
 * @param {WireFrame} maps
 * @param {string} ink
 */
function drawCurve({ context, left, top, width, height, px, py }, maps, ink) {
  const { x, y } = maps.arrays;
  const outputs = y.shape[1] ?? 1;
  context.save();
  context.beginPath();
  context.rect(left, top, width, height);
  context.clip();
  context.beginPath();
  for (let i = 0; i < x.data.length; i++) context.lineTo(px(x.data[i]), py(y.data[i * outputs]));
  context.strokeStyle = ink;
  context.lineWidth = 2.5;
  context.lineJoin = "round";
  context.stroke();
  context.restore();
}

/**
 * The range of the targets with a fifth of room, so that the axis stays while the curve wanders.
 * @param {WireFrame | null} data
 * @returns {[number, number]}
 */
function targetRange(data) {
  let [low, high] = [Infinity, -Infinity];
  for (const name of ["train_target", "test_target"]) {
    for (const value of data?.arrays[name]?.data ?? []) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  if (!(high > low)) return [-1, 1];
  const room = (high - low) / 5;
  return [low - room, high + room];
}
