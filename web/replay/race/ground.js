/** The ground that is raced on, with contours, and over it every lane's trail up to the present frame and its head. */

/** @import { RaceLane, RaceMeta, Recording } from "../types.js" */

import { bandsOf, contourLines } from "../../src/race/ground/contour-lines.js";
import { drawAxes, plotFrame } from "../../src/toolkit/canvas-plot.js";
import { mix, pack, paintLevels, palette } from "../../src/toolkit/colours.js";
import { h, prepareCanvas } from "../../src/toolkit/dom.js";
import { formatSetting } from "../../src/toolkit/maths.js";

/** The shade of what is no height. */
const NOTHING = 255;
/** Trails are this wide, with a rim of paper around them. */
const [TRAIL, RIM] = [2, 4];

/**
 * @param {Recording<RaceMeta>} recording
 * @param {(lane: RaceLane) => number[]} dashes
 */
export function groundView({ meta, arrays, steps }, dashes) {
  const canvas = h("canvas", { class: "ground-plot", role: "img", data: { testid: "replay-ground" } });
  const ramp = h("canvas", { class: "ramp", aria: { hidden: true } });
  const ends = h("div", { class: "ramp-words" });
  const key = h("figcaption", { class: "ramp-key" }, h("span", {}, meta.value), ramp, ends);
  const element = h("figure", { class: "ground-figure" }, canvas, key);
  const picture = h("canvas");
  /** Ground, contours and axes, which stay while lanes move. */
  const still = h("canvas");
  const [rows, columns] = arrays.shades.shape;
  const [xs, ys] = meta.domain;
  const grid = { heights: arrays.heights.data, columns, rows };
  const lines = contourLines(grid, meta.contours, bandsOf(grid, meta.contours));
  const count = meta.lanes.length;
  let drawn = "";
  return { element, draw };

  /** @param {number} frame @param {string} theme */
  function draw(frame, theme) {
    const width = Math.round(canvas.clientWidth);
    const height = Math.round(width / 1.9);
    if (width < 40) return;
    const colours = palette(theme);
    const looks = getComputedStyle(element);
    const context = prepareCanvas(canvas, width, height);
    const key = `${theme} ${width} ${window.devicePixelRatio}`;
    if (drawn !== key) {
      drawn = key;
      lay(width, height, theme);
    }
    context.drawImage(still, 0, 0, width, height);
    const plot = plotFrame(context, width, height, xs, ys);
    context.save();
    context.beginPath();
    context.rect(plot.left, plot.top, plot.width, plot.height);
    context.clip();
    for (const [x, y] of meta.minima) star(context, plot.px(x), plot.py(y), colours.ink, colours.panel);
    context.lineJoin = "round";
    const trails = meta.lanes.map((lane, i) => ({
      lane,
      colour: looks.getPropertyValue(`--racer-${i}`),
      path: trail(i, frame, plot),
    }));
    for (const { lane, colour, path } of trails) {
      context.setLineDash([]);
      context.lineWidth = RIM;
      context.strokeStyle = colours.panel;
      context.globalAlpha = 0.7;
      context.stroke(path);
      context.globalAlpha = 1;
      context.setLineDash(dashes(lane));
      context.lineWidth = TRAIL;
      context.strokeStyle = colour;
      context.stroke(path);
    }
    context.setLineDash([]);
    trails.forEach(({ colour }, i) => {
      const last = newest(i, frame);
      if (last === null) return;
      context.beginPath();
      context.arc(plot.px(last[0]), plot.py(last[1]), 6, 0, 7);
      context.fillStyle = colour;
      context.strokeStyle = colours.panel;
      context.lineWidth = 2;
      context.fill();
      context.stroke();
    });
    context.restore();
    canvas.setAttribute(
      "aria-label",
      `${meta.lanes.length} lanes on the ground, at step ${steps[frame]}; their places are in the table`,
    );
  }

  /** @param {number} width @param {number} height @param {string} theme */
  function lay(width, height, theme) {
    const colours = palette(theme);
    const shade = (/** @type {number} */ place) => {
      const at = place * (colours.ground.length - 1);
      const i = Math.min(colours.ground.length - 2, Math.floor(at));
      return pack(mix(colours.ground[i], colours.ground[i + 1], at - i));
    };
    const table = new Uint32Array(256);
    for (let level = 0; level < NOTHING; level++) table[level] = shade(level / (NOTHING - 1));
    paintLevels(picture, /** @type {Uint8Array} */ (arrays.shades.data), 0, columns, rows, table);
    const context = prepareCanvas(still, width, height);
    const plot = plotFrame(context, width, height, xs, ys);
    context.drawImage(picture, plot.left, plot.top, plot.width, plot.height);
    context.strokeStyle = colours.ink2;
    context.globalAlpha = 0.45;
    context.lineWidth = 0.8;
    context.beginPath();
    for (const line of lines)
      for (let i = 0; i < line.length; i += 2) {
        const x = plot.left + (line[i] / (columns - 1)) * plot.width;
        const y = plot.top + plot.height - (line[i + 1] / (rows - 1)) * plot.height;
        if (i === 0) context.moveTo(x, y);
        else context.lineTo(x, y);
      }
    context.stroke();
    context.globalAlpha = 1;
    drawAxes(plot, xs, ys, colours, false);
    legend(table);
  }

  /** The colours with the values of some contours. @param {Uint32Array} table */
  function legend(table) {
    const strip = Uint8Array.from({ length: NOTHING }, (_, i) => i);
    paintLevels(ramp, strip, 0, NOTHING, 1, table);
    const every = Math.max(1, Math.floor(meta.contours.length / 5));
    const shown = meta.contours.filter((_, i) => i % every === Math.floor(every / 2));
    ends.replaceChildren(
      ...shown.map((value) => {
        const word = h("span", {}, formatSetting(Number(value.toPrecision(3))));
        word.style.left = `${(100 * (meta.contours.indexOf(value) + 1)) / (meta.contours.length + 1)}%`;
        return word;
      }),
    );
  }

  /** @param {number} lane @param {number} frame @param {import("../../src/toolkit/canvas-plot.js").Frame} plot */
  function trail(lane, frame, { px, py }) {
    const path = new Path2D();
    for (let i = 0; i <= frame; i++) {
      const place = 2 * (i * count + lane);
      const [x, y] = [arrays.points.data[place], arrays.points.data[place + 1]];
      if (Number.isFinite(x) && Number.isFinite(y)) path.lineTo(px(x), py(y));
    }
    return path;
  }

  /** Where a lane is, or was last. @param {number} lane @param {number} frame @returns {[number, number] | null} */
  function newest(lane, frame) {
    for (let i = frame; i >= 0; i--) {
      const place = 2 * (i * count + lane);
      const [x, y] = [arrays.points.data[place], arrays.points.data[place + 1]];
      if (Number.isFinite(x) && Number.isFinite(y)) return [x, y];
    }
    return null;
  }
}

/**
 * A minimum.
 * @param {CanvasRenderingContext2D} context
 * @param {number} x
 * @param {number} y
 * @param {string} ink
 * @param {string} paper
 */
function star(context, x, y, ink, paper) {
  context.beginPath();
  for (let i = 0; i < 10; i++) {
    const radius = i % 2 ? 3 : 7;
    const angle = (i * Math.PI) / 5 - Math.PI / 2;
    context.lineTo(x + radius * Math.cos(angle), y + radius * Math.sin(angle));
  }
  context.closePath();
  context.fillStyle = ink;
  context.strokeStyle = paper;
  context.lineWidth = 1;
  context.fill();
  context.stroke();
}
