/** What the network answers over the plane: decision regions or the fitted height, with the samples on it. */

/** @import { FrameOf } from "../../channels.js" */
/** @import { Frame as WireFrame, RunInfo, View } from "../../types.js" */

import { classColour, css, levels, mix, pack, paintLevels, palette, signed } from "../../toolkit/colours.js";
import { h, memo, prepareCanvas, setText } from "../../toolkit/dom.js";
import { formatCount, formatSetting } from "../../toolkit/maths.js";
import { tellPlane } from "../../shared/plane.js";
import { frameOf } from "../../run/selectors.js";
import { drawAxes, drawPieces, drawPoint, plotFrame, plotPlaces, roundUp } from "../../toolkit/canvas-plot.js";
import { pointPicker } from "./point-picker.js";

/**
 * @param {import("../actions.js").TrainActions} actions
 * @param {{name?: string, reach?: (data: WireFrame | null) => number}} [options]  its hook, and how far a regression's scale reaches
 * @returns {View}
 */
export function regionsView(actions, { name: hook = "regions", reach: reachOf = targetReach } = {}) {
  const canvas = h("canvas", {
    class: "plot",
    role: "img",
    aria: { label: "The answer over the plane: nothing drawn yet" },
    data: { testid: hook },
  });
  const picker = pointPicker(canvas, actions);
  const ramp = h("canvas", { class: "ramp", aria: { hidden: true } });
  const low = h("span");
  const middle = h("span");
  const high = h("span");
  const classes = h("div", { class: "class-key", role: "group", aria: { label: "Classes" } });
  const name = h("span", { class: "ramp-name" });
  const bar = h("div", { class: "ramp-key" }, name, ramp, h("div", { class: "ramp-words" }, low, middle, high));
  const marks = h("div", { class: "point-key" });
  const element = h("figure", { class: "regions" }, picker.element, h("figcaption", { class: "key" }, bar, classes, marks));
  const picture = h("canvas");
  // Axes and samples stay as they are while the answer behind them changes: drawn once, then laid over it.
  const over = h("canvas");
  const overChanged = memo();
  const keyChanged = memo();
  const changed = memo();
  let outside = 0;
  return {
    element,
    update(state) {
      const { run, theme } = state;
      if (!run || element.hidden) return;
      const maps = frameOf(state, "maps");
      const data = frameOf(state, "data");
      const size = Math.round(canvas.clientWidth);
      if (size < 40) return;
      const [xs, ys] = run.domain;
      const placing = plotPlaces(size, size, xs, ys);
      picker.update(state, (split, i) => samplePlace(data?.arrays[`${split}_raw`], i, placing), size, size);
      const reach = run.task === "regression" ? reachOf(data) : 1;
      if (!changed(run, maps, data, reach, theme, state.projector, size, window.devicePixelRatio)) return;
      const colours = palette(theme);
      const context = prepareCanvas(canvas, size, size);
      const frame = plotFrame(context, size, size, xs, ys);
      tellPlane(canvas, { ...frame, xs, ys });
      if (maps) {
        paintAnswer(picture, run, maps, reach, colours);
        context.imageSmoothingEnabled = !maps.arrays.classes;
        context.drawImage(picture, frame.left, frame.top, frame.width, frame.height);
      }
      if (overChanged(run, data, reach, theme, state.projector, size, window.devicePixelRatio, !maps)) {
        const top = plotFrame(prepareCanvas(over, size, size), size, size, xs, ys);
        drawAxes(top, xs, ys, colours, !maps);
        if (data?.arrays.border) drawPieces(top, data.arrays.border.data, colours.ink);
        if (data) {
          const { context: on } = top;
          on.save();
          on.beginPath();
          on.rect(top.left - EDGE, top.top - EDGE, top.width + 2 * EDGE, top.height + 2 * EDGE);
          on.clip();
          drawSamples(top, run, data, reach, colours);
          on.restore();
        }
        outside = countOutside(data, xs, ys);
      }
      context.drawImage(over, 0, 0, size, size);
      canvas.setAttribute(
        "aria-label",
        `${run.task === "regression" ? "Fitted height" : "Decision regions"} over the plane${maps ? `, after step ${maps.step}` : ""}`,
      );
      const bordered = (data?.arrays.border?.shape[0] ?? 0) > 0;
      if (keyChanged(run, theme, reach, bordered, outside, ramp.clientWidth)) drawKey(run, reach, bordered);
    },
  };

  /** @param {RunInfo} run @param {number} reach @param {boolean} bordered */
  function drawKey(run, reach, bordered) {
    const colours = palette(document.documentElement.dataset.theme ?? "light");
    const many = run.classes.length > 2;
    bar.hidden = many;
    classes.hidden = !many;
    if (many) {
      if (run.classes.length > 8) classes.tabIndex = 0; // where they are many they scroll
      classes.replaceChildren(
        ...run.classes.map((name, i) =>
          h(
            "span",
            { class: "class-name" },
            h("i", { class: "dot", style: `background:${css(classColour(colours, i, run.classes.length))}` }),
            name,
          ),
        ),
      );
    } else {
      const width = Math.max(40, ramp.clientWidth);
      const context = prepareCanvas(ramp, width, 8);
      for (let x = 0; x < width; x++) {
        context.fillStyle = css(signed(colours, (2 * x) / (width - 1) - 1));
        context.fillRect(x, 0, 1, 8);
      }
      const probability = run.task === "classification" && run.output_activation === "sigmoid";
      const ends = run.task === "classification" ? [probability ? 0 : -1, 1] : [-reach, reach];
      setText(name, run.outputs[0] ?? "ŷ");
      setText(low, short(ends[0]));
      setText(middle, probability ? "0.5" : "0");
      setText(high, short(ends[1]));
    }
    marks.replaceChildren(
      h("span", {}, h("i", { class: "dot ink" }), "train"),
      run.samples.test > 0 ? h("span", {}, h("i", { class: "dot ring" }), "test") : "",
      bordered
        ? h("span", { title: "where the formula separates the classes" }, h("i", { class: "stroke thin" }), "border")
        : "",
      outside > 0 ? h("span", { title: "samples that lie beyond the plane’s edges" }, `${formatCount(outside)} outside`) : "",
    );
  }
}

/** A sample on the edge is drawn whole. */
const EDGE = 4;

/**
 * How many samples lie beyond the plane's edges.
 * @param {WireFrame | null} data
 * @param {[number, number]} xs
 * @param {[number, number]} ys
 */
function countOutside(data, xs, ys) {
  let count = 0;
  for (const split of ["train", "validation", "test"]) {
    const raw = data?.arrays[`${split}_raw`]?.data ?? [];
    for (let i = 0; i < raw.length; i += 2) {
      const within = raw[i] >= xs[0] && raw[i] <= xs[1] && raw[i + 1] >= ys[0] && raw[i + 1] <= ys[1];
      if (!within) count += 1;
    }
  }
  return count;
}

/**
 * Where a sample is drawn; null outside the plane.
 * @param {import("../../types.js").NamedArray | undefined} raw
 * @param {number} i
 * @param {import("../../toolkit/canvas-plot.js").Places} places
 * @returns {[number, number] | null}
 */
function samplePlace(raw, i, { left, top, width, height, px, py }) {
  if (!raw) return null;
  const [x, y] = [px(raw.data[2 * i]), py(raw.data[2 * i + 1])];
  return x >= left && x <= left + width && y >= top && y <= top + height ? [x, y] : null;
}

/** @param {number} value */
const short = (value) => formatSetting(Number(value.toPrecision(3)));

/**
 * How far a regression's scale reaches: a round number past its targets, the same for the whole run.
 * @param {WireFrame | null} data
 */
export function targetReach(data) {
  let most = 0;
  for (const name of ["train_target", "test_target"])
    for (const value of data?.arrays[name]?.data ?? []) most = Math.max(most, Math.abs(value));
  return roundUp(most);
}

/**
 * The output's map, or the class that leads at each place.
 * @param {HTMLCanvasElement} picture
 * @param {RunInfo} run
 * @param {FrameOf<"maps">} maps
 * @param {number} reach
 * @param {import("../../toolkit/colours.js").Palette} colours
 */
function paintAnswer(picture, run, maps, reach, colours) {
  const { classes, maps: grid } = maps.arrays;
  if (classes) {
    const [rows, columns] = classes.shape;
    const table = new Uint32Array(256);
    for (let i = 0; i < run.outputs.length; i++)
      table[i] = pack(mix(colours.zero, classColour(colours, i, run.outputs.length), 0.5));
    paintLevels(picture, classes.data, 0, columns, rows, table);
    return;
  }
  const units = maps.meta.units;
  const place = units.findLastIndex((unit) => unit.layer === run.layers.length);
  if (place < 0) return;
  const [, rows, columns] = grid.shape;
  const { low, high } = units[place];
  const middle = run.task === "classification" && run.output_activation === "sigmoid" ? 0.5 : 0;
  // Paler than the samples, so that a point is seen on its own colour.
  const pale = {
    ...colours,
    positive: mix(colours.zero, colours.positive, 0.62),
    negative: mix(colours.zero, colours.negative, 0.62),
  };
  paintLevels(
    picture,
    grid.data,
    place * rows * columns,
    columns,
    rows,
    levels(pale, Number(low), Number(high), middle, middle || reach),
  );
}

/**
 * @param {import("../../toolkit/canvas-plot.js").Frame} frame
 * @param {RunInfo} run
 * @param {WireFrame} data
 * @param {number} reach
 * @param {import("../../toolkit/colours.js").Palette} colours
 */
function drawSamples(frame, run, data, reach, colours) {
  for (const split of ["test", "train"]) {
    const raw = data.arrays[`${split}_raw`];
    const target = data.arrays[`${split}_target`];
    if (!raw || !target) continue;
    for (let i = 0; i < raw.shape[0]; i++) {
      const value = target.data[i];
      const colour =
        run.task === "classification" ? classColour(colours, value, run.classes.length) : signed(colours, value / reach);
      drawPoint(
        frame,
        raw.data[2 * i],
        raw.data[2 * i + 1],
        colour,
        colours.panel,
        split === "test",
        run.task === "regression" ? colours.ink2 : colours.panel,
      );
    }
  }
}
