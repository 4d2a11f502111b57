/** The ground of a race from above: colours, contours, axes and the bar that tells what they mean, on one canvas. */

/** @import { Numbers } from "../../channels.js" */
/** @import { Palette } from "../../toolkit/colours.js" */
/** @import { Plane } from "../plots/plane.js" */
/** @import { Grid } from "./refine.js" */

import { palette } from "../../toolkit/colours.js";
import { h, memo, prepareCanvas } from "../../toolkit/dom.js";
import { tellPlane } from "../../shared/plane.js";
import { typeScale } from "../../toolkit/type-scale.js";
import { clip } from "../plots/drawing.js";
import { levelText, paintBar } from "./colour-bar.js";
import { bandsOf, contourLines } from "./contour-lines.js";
import { refined } from "./refine.js";
import { edgesOf, shadesOf } from "./scale.js";
import { ticksOf } from "./ticks.js";

/**
 * @typedef {object} Field  Heights over a part of the plane.
 * @property {Numbers} x
 * @property {Numbers} y
 * @property {Numbers} heights  row by row
 * @property {number[]} contours  at which heights there is one
 *
 * @typedef {object} Drawn  What a field is drawn as, whatever part of it is looked at.
 * @property {Grid} fine
 * @property {number[]} edges  the least height, the contours, the highest
 * @property {Uint8Array} bands  between which of them each height lies
 * @property {number[][]} lines  of all contours, in steps of the fine grid
 */

/** @param {string} testid */
export function groundView(testid) {
  const canvas = h("canvas", { class: "race-canvas", role: "img", data: { testid } });
  const [known, coloured, painted] = [memo(), memo(), memo()];
  const image = document.createElement("canvas");
  /** @type {Drawn | null} */
  let drawn = null;
  /** @type {import("./labels.js").Box[]} */
  let taken = [];
  return {
    element: canvas,
    /** Where words stand on it. */
    taken: () => taken,
    /** What the colours mean, in words. @param {Field} field */
    words: ({ contours }) => `contours at f = ${contours.map(levelText).join(", ")}`,
    /**
     * @param {Field} field
     * @param {Plane} plane
     * @param {number} width
     * @param {number} height
     * @param {string} theme
     * @param {[string, string]} [titles]  of the axes
     */
    paint(field, plane, width, height, theme, titles = ["", ""]) {
      if (!painted(field.heights, plane, width, height, theme, typeScale(), window.devicePixelRatio, ...titles)) return;
      if (known(field.heights) || !drawn) drawn = drawnOf(field);
      const colours = palette(theme);
      if (coloured(field.heights, theme)) paintImage(image, drawn, colours);
      const context = prepareCanvas(canvas, width, height);
      tellPlane(canvas, plane);
      const { fine, lines } = drawn;
      const { x, y } = field;
      const [x0, y0] = [x[0], y[0]];
      const [dx, dy] = [(x[x.length - 1] - x0) / (fine.columns - 1), (y[y.length - 1] - y0) / (fine.rows - 1)];
      clip(context, plane, () => {
        // Each height is the middle of its pixel.
        const [left, right] = [plane.px(x0 - dx / 2), plane.px(x0 + (fine.columns - 0.5) * dx)];
        const [bottom, top] = [plane.py(y0 - dy / 2), plane.py(y0 + (fine.rows - 0.5) * dy)];
        context.imageSmoothingQuality = "high";
        context.drawImage(image, left, top, right - left, bottom - top);
        context.beginPath();
        const [px, py] = [plane.px(x0), plane.py(y0)];
        const [sx, sy] = [plane.px(x0 + dx) - px, plane.py(y0 + dy) - py];
        for (const line of lines) {
          context.moveTo(px + line[0] * sx, py + line[1] * sy);
          for (let i = 2; i < line.length; i += 2) context.lineTo(px + line[i] * sx, py + line[i + 1] * sy);
        }
        context.strokeStyle = colours.ink2;
        context.globalAlpha = 0.7;
        context.lineWidth = 0.75;
        context.lineJoin = "round";
        context.stroke();
      });
      paintAxes(context, plane, colours, titles);
      taken = field.contours.length > 0 ? [paintBar(context, plane, field.contours, colours)] : [];
    },
  };
}

/** @param {Field} field @returns {Drawn} */
function drawnOf({ x, y, heights, contours }) {
  const fine = refined({ heights, columns: x.length, rows: y.length });
  const bands = bandsOf(fine, contours);
  return { fine, edges: edgesOf(fine, contours), bands, lines: contourLines(fine, contours, bands) };
}

/** @param {HTMLCanvasElement} image @param {Drawn} drawn @param {Palette} colours */
function paintImage(image, { fine: { heights, columns, rows }, edges, bands }, colours) {
  [image.width, image.height] = [columns, rows];
  const context = /** @type {CanvasRenderingContext2D} */ (image.getContext("2d"));
  const pixels = context.createImageData(columns, rows);
  const words = new Uint32Array(pixels.data.buffer);
  const shade = shadesOf(colours.ground);
  const parts = edges.length - 1;
  for (let row = 0; row < rows; row++) {
    const to = (rows - 1 - row) * columns;
    for (let i = 0; i < columns; i++) {
      const at = row * columns + i;
      const band = bands[at];
      if (band >= parts) continue; // where there is no number, paper shows
      words[to + i] = shade((band + (heights[at] - edges[band]) / (edges[band + 1] - edges[band] || 1)) / parts);
    }
  }
  context.putImageData(pixels, 0, 0);
}

/** @param {CanvasRenderingContext2D} context @param {Plane} plane @param {Palette} colours @param {[string, string]} titles */
function paintAxes(context, { left, top, width, height, xs, ys, px, py }, colours, titles) {
  const size = 12 * typeScale();
  context.strokeStyle = colours.line;
  context.lineWidth = 1;
  context.strokeRect(left + 0.5, top + 0.5, width - 1, height - 1);
  context.font = `${size}px system-ui, sans-serif`;
  context.fillStyle = colours.ink2;
  context.strokeStyle = colours.ink2;
  context.beginPath();
  context.textAlign = "center";
  context.textBaseline = "top";
  for (const { value, text } of ticksOf(xs, width / (5.5 * size))) {
    const x = Math.round(px(value)) + 0.5;
    context.moveTo(x, top + height);
    context.lineTo(x, top + height + 4);
    context.fillText(text, x, top + height + 6);
  }
  context.textAlign = "right";
  context.textBaseline = "middle";
  for (const { value, text } of ticksOf(ys, height / (3 * size))) {
    const y = Math.round(py(value)) + 0.5;
    context.moveTo(left - 4, y);
    context.lineTo(left, y);
    context.fillText(text, left - 6, y);
  }
  context.stroke();
  context.textAlign = "center";
  context.textBaseline = "alphabetic";
  context.fillText(titles[0], left + width / 2, top + height + 2.75 * size);
  context.save();
  context.translate(size, top + height / 2);
  context.rotate(-Math.PI / 2);
  context.fillText(titles[1], 0, 0);
  context.restore();
}
