/** What is drawn over the ground of a race: heads, arrows, minima, and where a lane has left the frame. */

/** @import { Plane } from "./plane.js" */

import { typeScale } from "../../toolkit/type-scale.js";
import { formatNumber } from "../../toolkit/maths.js";
import { overlap } from "../ground/labels.js";
import { atFrame } from "./plane.js";

/** Longest arrow, in pixels: directions are compared, lengths are told in the standings. */
export const ARROW = 46;

/** @param {CanvasRenderingContext2D} context @param {Plane} plane @param {() => void} draw */
export function clip(context, { left, top, width, height }, draw) {
  context.save();
  context.beginPath();
  context.rect(left, top, width, height);
  context.clip();
  draw();
  context.restore();
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} x
 * @param {number} y
 * @param {string} colour
 * @param {string} rim
 * @param {boolean} square
 * @param {number} size
 */
export function head(context, x, y, colour, rim, square, size) {
  context.beginPath();
  if (square) context.rect(x - size + 1, y - size + 1, 2 * size - 2, 2 * size - 2);
  else context.arc(x, y, size, 0, 7);
  context.fillStyle = colour;
  context.strokeStyle = rim;
  context.lineWidth = 2;
  context.fill();
  context.stroke();
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} x
 * @param {number} y
 * @param {number} dx
 * @param {number} dy
 * @param {string} colour
 * @param {number} width
 * @param {number[]} dash
 */
export function arrow(context, x, y, dx, dy, colour, width, dash) {
  let length = Math.hypot(dx, dy);
  if (!(length > 4) || !Number.isFinite(length)) return;
  if (length > 3 * ARROW) [dx, dy, length] = [(dx / length) * 3 * ARROW, (dy / length) * 3 * ARROW, 3 * ARROW];
  const [ux, uy] = [dx / length, dy / length];
  const tip = Math.min(7, length);
  context.strokeStyle = context.fillStyle = colour;
  context.lineWidth = width;
  context.setLineDash(dash);
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(x + dx - ux * tip, y + dy - uy * tip);
  context.stroke();
  context.setLineDash([]);
  context.beginPath();
  context.moveTo(x + dx, y + dy);
  context.lineTo(x + dx - ux * tip - uy * tip * 0.5, y + dy - uy * tip + ux * tip * 0.5);
  context.lineTo(x + dx - ux * tip + uy * tip * 0.5, y + dy - uy * tip - ux * tip * 0.5);
  context.fill();
}

/**
 * An arrow at the frame, with the name and the loss of what is beyond it.
 * @param {CanvasRenderingContext2D} context
 * @param {Plane} plane
 * @param {number} x
 * @param {number} y
 * @param {number} loss
 * @param {string} colour
 * @param {import("../../toolkit/colours.js").Palette} colours
 * @param {import("../ground/labels.js").Box[]} taken  where words stand already
 * @param {string} [name]
 */
export function leftTheFrame(context, plane, x, y, loss, colour, colours, taken, name = "") {
  const place = atFrame(plane, x, y);
  const [ux, uy] = [Math.cos(place.angle), Math.sin(place.angle)];
  arrow(context, place.px - ux * 14, place.py - uy * 14, ux * 20, uy * 20, colour, 3, []);
  const size = 12 * typeScale();
  const text = `${name ? `${name} · ` : ""}f ${formatNumber(loss, 3)}`;
  context.font = `${size}px system-ui, sans-serif`;
  const width = context.measureText(text).width + 8;
  const inside = (/** @type {number} */ at, /** @type {number} */ low, /** @type {number} */ high) =>
    Math.max(low, Math.min(high, at));
  const lx = inside(place.px - ux * 24 - (ux > 0 ? width : 0), plane.left + 4, plane.left + plane.width - width - 4);
  let ly = inside(place.py - uy * 24, plane.top + size, plane.top + plane.height - size);
  const apart = size + 6;
  const inward = ly < plane.top + plane.height / 2 ? 1 : -1;
  const box = () => ({ x: Math.round(lx), y: Math.round(ly - apart / 2), width, height: apart });
  for (let tries = 0; tries < 16 && taken.some((other) => overlap(box(), other)); tries++) ly += inward * apart;
  const { x: bx, y: by } = box();
  // Where there is no room for words the arrow is there alone.
  if (by < plane.top || by + apart > plane.top + plane.height || taken.some((other) => overlap(box(), other))) return;
  taken.push(box());
  context.fillStyle = colours.panel;
  context.fillRect(bx, by, width, apart);
  context.fillStyle = colours.ink;
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.fillText(text, bx + 4, by + apart / 2);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} x
 * @param {number} y
 * @param {boolean} whole  a global minimum is filled
 * @param {import("../../toolkit/colours.js").Palette} colours
 */
export function star(context, x, y, whole, colours) {
  context.beginPath();
  for (let i = 0; i < 10; i++) {
    const [angle, radius] = [(i * Math.PI) / 5 - Math.PI / 2, i % 2 ? 4 : 9];
    context.lineTo(x + radius * Math.cos(angle), y + radius * Math.sin(angle));
  }
  context.closePath();
  context.fillStyle = colours.panel;
  context.strokeStyle = colours.ink;
  context.lineWidth = 1.25;
  if (whole) context.fill();
  context.stroke();
}

/**
 * The finish: a flag whose pole stands where it is.
 * @param {CanvasRenderingContext2D} context
 * @param {number} x
 * @param {number} y
 * @param {import("../../toolkit/colours.js").Palette} colours
 */
export function flag(context, x, y, colours) {
  const [pole, cell] = [26, 4.5];
  context.lineCap = "round";
  for (const [colour, width] of /** @type {const} */ ([
    [colours.panel, 5],
    [colours.ink, 2],
  ])) {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.beginPath();
    context.moveTo(x, y);
    context.lineTo(x, y - pole);
    context.stroke();
  }
  context.lineCap = "butt";
  context.fillStyle = colours.panel;
  context.fillRect(x - 0.5, y - pole - 1.5, 5 * cell + 3, 3 * cell + 3);
  context.fillStyle = colours.ink;
  for (let row = 0; row < 3; row++)
    for (let column = 0; column < 5; column++)
      if ((row + column) % 2 === 0) context.fillRect(x + 1 + column * cell, y - pole + row * cell, cell, cell);
}
