/** A function of one variable: the samples, and the fit over the line. */

/** @import { Recording, RunMeta } from "../types.js" */

import { drawAxes, drawPoint, plotFrame } from "../../src/toolkit/canvas-plot.js";
import { palette, rgbOf } from "../../src/toolkit/colours.js";
import { h, prepareCanvas } from "../../src/toolkit/dom.js";

/** @param {Recording<RunMeta>} recording */
export function lineView({ meta, arrays, steps }) {
  const canvas = h("canvas", { class: "plot", role: "img", data: { testid: "replay-plane" } });
  const key = h(
    "figcaption",
    { class: "key" },
    h("span", {}, h("i", { class: "stroke accent" }), "the fit"),
    h("span", {}, h("i", { class: "dot ink" }), "train"),
    h("span", {}, h("i", { class: "dot ring" }), "test"),
  );
  const element = h("figure", { class: "plane" }, canvas, key);
  const [xs] = meta.domain;
  const [, points, outputs] = arrays.line.shape;
  const ys = heights();
  return { element, draw };

  /** @param {number} frame @param {string} theme */
  function draw(frame, theme) {
    const size = Math.round(canvas.clientWidth);
    if (size < 40) return;
    const colours = palette(theme);
    const context = prepareCanvas(canvas, size, size);
    const plot = plotFrame(context, size, size, xs, ys);
    drawAxes(plot, xs, ys, colours, true);
    context.save();
    context.beginPath();
    context.rect(plot.left, plot.top, plot.width, plot.height);
    context.clip();
    for (const split of ["test", "validation", "train"]) {
      const x = arrays[`${split}_x`];
      for (let i = 0; i < (x?.shape[0] ?? 0); i++)
        drawPoint(plot, x.data[i], arrays[`${split}_target`].data[i], rgbOf(colours.ink), colours.panel, split !== "train");
    }
    context.strokeStyle = getComputedStyle(canvas).getPropertyValue("--accent");
    context.lineWidth = 2;
    for (let output = 0; output < outputs; output++) {
      context.beginPath();
      for (let i = 0; i < points; i++)
        context.lineTo(plot.px(arrays.places.data[i]), plot.py(arrays.line.data[(frame * points + i) * outputs + output]));
      context.stroke();
    }
    context.restore();
    canvas.setAttribute("aria-label", `The fit over the line, after update ${steps[frame]}`);
  }

  /** Room for all samples. @returns {[number, number]} */
  function heights() {
    let [low, high] = [Infinity, -Infinity];
    for (const name of ["train_target", "validation_target", "test_target"])
      for (const value of arrays[name]?.data ?? []) [low, high] = [Math.min(low, value), Math.max(high, value)];
    const margin = 0.15 * (high - low || 1);
    return [low - margin, high + margin];
  }
}
