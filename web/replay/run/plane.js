/** What the network answers over the plane, with the samples on it: the page's own picture, from bytes. */

/** @import { Recording, RunMeta } from "../types.js" */

import { drawAxes, drawPoint, plotFrame, roundUp } from "../../src/toolkit/canvas-plot.js";
import { classColour, css, levels, mix, pack, paintLevels, palette, signed } from "../../src/toolkit/colours.js";
import { h, prepareCanvas } from "../../src/toolkit/dom.js";
import { column } from "../recording.js";

/** Paler than the samples, so that a point is seen on its own colour. */
const PALE = 0.62;

/** @param {Recording<RunMeta>} recording */
export function planeView(recording) {
  const { meta, arrays, steps } = recording;
  const canvas = h("canvas", { class: "plot", role: "img", data: { testid: "replay-plane" } });
  const key = h("figcaption", { class: "key" });
  const element = h("figure", { class: "plane" }, canvas, key);
  const picture = h("canvas");
  const [, rows, columns] = arrays.map.shape;
  const [xs, ys] = meta.domain;
  const low = column(recording, "low");
  const high = column(recording, "high");
  const probability = meta.task === "classification" && meta.activations.at(-1) === "sigmoid";
  const reach = meta.task === "classification" ? 1 : targetReach();
  const names = meta.classes.length ? meta.classes : meta.outputs;
  let keyed = "";
  return { element, draw };

  /** @param {number} frame @param {string} theme */
  function draw(frame, theme) {
    const size = Math.round(canvas.clientWidth);
    if (size < 40) return;
    const colours = palette(theme);
    const pale = {
      ...colours,
      positive: mix(colours.zero, colours.positive, PALE),
      negative: mix(colours.zero, colours.negative, PALE),
    };
    /** @type {Uint32Array} */
    let table;
    if (low && high) {
      const middle = probability ? 0.5 : 0;
      table = levels(pale, low[frame], high[frame], middle, middle || reach);
    } else {
      table = new Uint32Array(256);
      for (let i = 0; i < meta.outputs.length; i++)
        table[i] = pack(mix(colours.zero, classColour(colours, i, meta.outputs.length), 0.5));
    }
    paintLevels(picture, /** @type {Uint8Array} */ (arrays.map.data), frame * rows * columns, columns, rows, table);
    const context = prepareCanvas(canvas, size, size);
    const plot = plotFrame(context, size, size, xs, ys);
    context.imageSmoothingEnabled = low !== null;
    context.drawImage(picture, plot.left, plot.top, plot.width, plot.height);
    drawAxes(plot, xs, ys, colours, false);
    context.save();
    context.beginPath();
    context.rect(plot.left - 4, plot.top - 4, plot.width + 8, plot.height + 8);
    context.clip();
    for (const split of ["test", "validation", "train"]) samples(plot, split, colours);
    context.restore();
    canvas.setAttribute("aria-label", `What the network answers over the plane, after update ${steps[frame]}`);
    if (keyed !== theme) {
      keyed = theme;
      key.replaceChildren(...legend(colours));
    }
  }

  /**
   * @param {import("../../src/toolkit/canvas-plot.js").Frame} plot
   * @param {string} split
   * @param {import("../../src/toolkit/colours.js").Palette} colours
   */
  function samples(plot, split, colours) {
    const x = arrays[`${split}_x`];
    const target = arrays[`${split}_target`];
    if (!x || !target) return;
    for (let i = 0; i < x.shape[0]; i++) {
      const value = target.data[i];
      const classes = meta.task === "classification";
      const colour = classes ? classColour(colours, value, names.length) : signed(colours, value / reach);
      const rim = classes ? colours.panel : colours.ink2;
      drawPoint(plot, x.data[2 * i], x.data[2 * i + 1], colour, colours.panel, split !== "train", rim);
    }
  }

  /** @param {import("../../src/toolkit/colours.js").Palette} colours */
  function legend(colours) {
    const dot = (/** @type {string} */ colour, /** @type {string} */ name) => {
      const sign = h("i", { class: "dot" });
      sign.style.background = colour;
      return h("span", {}, sign, name);
    };
    const ends =
      meta.task === "classification"
        ? names.map((name, i) => dot(css(classColour(colours, i, names.length)), name))
        : [dot(css(colours.negative), `−${reach}`), dot(css(colours.positive), `${reach}`)];
    const others = (meta.samples.test ?? 0) > 0 ? [h("span", {}, h("i", { class: "dot ring" }), "test")] : [];
    return [...ends, h("span", {}, h("i", { class: "dot ink" }), "train"), ...others];
  }

  /** A round number past the targets. */
  function targetReach() {
    let most = 0;
    for (const name of ["train_target", "test_target"])
      for (const value of arrays[name]?.data ?? []) most = Math.max(most, Math.abs(value));
    return roundUp(most);
  }
}
