/** What the colours of a ground mean: a bar of them, numbered at its contours with values of f. */

/** @import { Palette } from "../../toolkit/colours.js" */
/** @import { Plane } from "../plots/plane.js" */

import { css } from "../../toolkit/colours.js";
import { formatNumber, formatSetting } from "../../toolkit/maths.js";
import { typeScale } from "../../toolkit/type-scale.js";
import { colourAt } from "./scale.js";

const [LONGEST, THICK, INSET, PAD] = [260, 9, 10, 6];

/** A contour's value: it is round, and told in full where that is short. @param {number} value */
export function levelText(value) {
  const digits = value.toExponential().replace(/e.*|[^\d]/g, "").length;
  return Math.abs(value) < 1e6 && Math.abs(value) >= 1e-4
    ? formatSetting(value)
    : formatNumber(value, Math.min(4, digits)).replace(/^1·10/, "10");
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Plane} plane  in whose lower right corner it lies
 * @param {number[]} contours
 * @param {Palette} colours
 * @returns {import("./labels.js").Box}  where it lies
 */
export function paintBar(context, plane, contours, colours) {
  const size = 12 * typeScale();
  context.font = `${size}px system-ui, sans-serif`;
  const word = context.measureText("f ").width;
  const length = Math.round(Math.min(LONGEST * typeScale(), Math.max(140, 0.35 * plane.width), 0.55 * plane.width) - word);
  const [width, height] = [length + word + 3 * PAD, THICK + size + 2 * PAD + 4];
  const left = plane.left + plane.width - width - INSET;
  const top = plane.top + plane.height - height - INSET;
  context.fillStyle = colours.panel;
  context.fillRect(left, top, width, height);
  const [x0, y0] = [left + PAD + word, top + PAD];
  const fill = context.createLinearGradient(x0, 0, x0 + length, 0);
  for (let i = 0; i <= 16; i++) fill.addColorStop(i / 16, css(colourAt(colours.ground, i / 16)));
  context.fillStyle = fill;
  context.fillRect(x0, y0, length, THICK);
  context.fillStyle = colours.ink;
  context.textBaseline = "middle";
  context.textAlign = "left";
  context.fillText("f", left + PAD, y0 + THICK / 2);
  context.fillStyle = colours.ink2;
  const marks = contours.map((value, i) => ({ at: x0 + ((i + 1) / (contours.length + 1)) * length, text: levelText(value) }));
  for (const { at } of marks) context.fillRect(at - 0.5, y0 + THICK - 3, 1, 5);
  context.fillStyle = colours.ink;
  context.textAlign = "center";
  for (const { at, text } of apart(context, marks, left + 2, left + width - 2))
    context.fillText(text, at, y0 + THICK + 4 + size / 2);
  return { x: left, y: top, width, height };
}

/**
 * As many of the marks as have room, evenly: every one, or every second, third …
 * @param {CanvasRenderingContext2D} context
 * @param {{at: number, text: string}[]} marks
 * @param {number} low  where there is room from
 * @param {number} high
 */
function apart(context, marks, low, high) {
  const widths = marks.map(({ text }) => context.measureText(text).width);
  for (let stride = 1; stride < marks.length; stride++) {
    const some = marks.map((mark, i) => ({ ...mark, half: widths[i] / 2 })).filter((_, i) => i % stride === 0);
    const within = some.filter(({ at, half }) => at - half >= low && at + half <= high);
    if (within.every(({ at, half }, i) => i === 0 || at - half >= within[i - 1].at + within[i - 1].half + 6)) return within;
  }
  return marks.slice(0, 1);
}
