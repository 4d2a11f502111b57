/** The bent grid and the points on it, painted on a canvas. */

/** @import { Chart } from "../../slice.js" */
/** @import { Look } from "../../figures/look.js" */

import { classColour, css, mix, rgbOf } from "../../../toolkit/colours.js";
import { formatNumber } from "../../../toolkit/maths.js";
import { hex } from "../../figures/look.js";

/** Room for the numbers at the axes (px, at small type of 12). */
const ROOM = 2.2;

/**
 * @param {CanvasRenderingContext2D} context
 * @param {{width: number, height: number}} size  in CSS pixels
 * @param {Float64Array[]} points
 * @param {{grid: boolean, groups: number, classes: boolean}} parts
 * @param {Look} look
 * @param {Chart | null} still  the stop that it stands at, with its numbers; null on the way
 */
export function paint(context, { width, height }, points, parts, look, still) {
  const room = ROOM * look.small;
  const side = Math.max(10, Math.min(width - 2 * room, height - room - 4));
  const [left, top] = [Math.round((width - side) / 2), 2];
  const at = (/** @type {number} */ x, /** @type {number} */ y) =>
    /** @type {const} */ ([left + x * side, top + (1 - y) * side]);
  context.clearRect(0, 0, width, height);
  context.strokeStyle = look.line;
  context.lineWidth = 1;
  context.strokeRect(left + 0.5, top + 0.5, side, side);
  context.save();
  context.beginPath();
  context.rect(left, top, side, side);
  context.clip();
  if (parts.grid) trace(context, points[0], at, css(mix(rgbOf(look.ink2), rgbOf(look.colours.paper), 0.45)));
  const groups = points.slice(parts.grid ? 1 : 0);
  const radius = Math.max(2.2, look.small / 4);
  groups.forEach((group, order) => {
    context.fillStyle = css(classColour(look.colours, order, parts.classes ? parts.groups : 3));
    context.strokeStyle = look.panel;
    context.lineWidth = 0.6;
    for (let i = 0; i < group.length; i += 2) {
      shape(context, order, ...at(group[i], group[i + 1]), radius);
      context.fill();
      context.stroke();
    }
  });
  if (still) border(context, still, at, look);
  context.restore();
  if (still) numbers(context, still, { left, top, side }, look);
}

/** @param {CanvasRenderingContext2D} context @param {Float64Array} line @param {(x: number, y: number) => readonly [number, number]} at @param {string} colour */
function trace(context, line, at, colour) {
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.beginPath();
  let begun = false;
  for (let i = 0; i < line.length; i += 2) {
    if (!Number.isFinite(line[i])) begun = false;
    else if (begun) context.lineTo(...at(line[i], line[i + 1]));
    else {
      context.moveTo(...at(line[i], line[i + 1]));
      begun = true;
    }
  }
  context.stroke();
}

/** Groups are told apart by shape too. @param {CanvasRenderingContext2D} context @param {number} order @param {number} x @param {number} y @param {number} r */
export function shape(context, order, x, y, r) {
  context.beginPath();
  if (order % 4 === 0) context.arc(x, y, r, 0, 2 * Math.PI);
  else if (order % 4 === 1) context.rect(x - 0.9 * r, y - 0.9 * r, 1.8 * r, 1.8 * r);
  else {
    const corners = order % 4 === 2 ? 4 : 3;
    for (let k = 0; k < corners; k++) {
      const angle = (2 * Math.PI * k) / corners - Math.PI / 2;
      context[k ? "lineTo" : "moveTo"](x + 1.25 * r * Math.cos(angle), y + 1.25 * r * Math.sin(angle));
    }
    context.closePath();
  }
}

/** Where the probe's two classes are equally likely. @param {CanvasRenderingContext2D} context @param {Chart} chart @param {(x: number, y: number) => readonly [number, number]} at @param {Look} look */
function border(context, { x, y, series, marks }, at, look) {
  const [[x0, x1], [y0, y1]] = [x.range ?? [0, 1], y.range ?? [0, 1]];
  const ends = series.find(({ dashed, kind }) => dashed && kind === "line");
  context.strokeStyle = look.ink;
  context.lineWidth = 2;
  context.setLineDash([7, 5]);
  context.beginPath();
  if (ends)
    ends.x.data.forEach((px, i) => {
      context[i ? "lineTo" : "moveTo"](...at((px - x0) / (x1 - x0), (ends.y.data[i] - y0) / (y1 - y0)));
    });
  for (const mark of marks) {
    const share = (mark.at - x0) / (x1 - x0);
    context.moveTo(...at(share, 0));
    context.lineTo(...at(share, 1));
  }
  context.stroke();
  context.setLineDash([]);
}

/** Names and ends of both axes. @param {CanvasRenderingContext2D} context @param {Chart} chart @param {{left: number, top: number, side: number}} box @param {Look} look */
function numbers(context, { x, y }, { left, top, side }, look) {
  context.fillStyle = look.ink2;
  context.font = `${look.small}px system-ui, sans-serif`;
  const number = (/** @type {number} */ value) => formatNumber(value, 2, 1e-3);
  context.textBaseline = "top";
  const below = top + side + 4;
  const [[x0, x1], [y0, y1]] = [x.range ?? [0, 1], y.range ?? [0, 1]];
  context.textAlign = "left";
  context.fillText(number(x0), left, below);
  context.textAlign = "center";
  context.fillText(x.title, left + side / 2, below);
  context.textAlign = "right";
  context.fillText(number(x1), left + side, below);
  if (!y.title) return;
  context.save();
  context.translate(left - 6, top + side);
  context.rotate(-Math.PI / 2);
  context.textBaseline = "bottom";
  context.textAlign = "left";
  context.fillText(number(y0), 0, 0);
  context.textAlign = "center";
  context.fillText(y.title, side / 2, 0);
  context.textAlign = "right";
  context.fillText(number(y1), side, 0);
  context.restore();
}

/** The colour of a group in the legend. @param {Look} look @param {number} order @param {{groups: number, classes: boolean}} parts */
export const groupColour = (look, order, { groups, classes }) => hex(classColour(look.colours, order, classes ? groups : 3));
