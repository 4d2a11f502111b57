/** Names beside what they name, on paper: never over each other, nor out of the frame. */

/** @import { Palette } from "../../toolkit/colours.js" */
/** @import { Plane } from "../plots/plane.js" */

import { typeScale } from "../../toolkit/type-scale.js";

/**
 * @typedef {object} Box
 * @property {number} x  its left edge
 * @property {number} y  its upper edge
 * @property {number} width
 * @property {number} height
 *
 * @typedef {object} Label
 * @property {number} id
 * @property {string} text
 * @property {number} x  of what it names
 * @property {number} y
 */

const PAD = 4;
const MARGIN = 3;
/** Where a name may lie, the best first: to which side of its head, and how many lines higher or lower. From FAR on a line leads to it. */
const PLACES = /** @type {const} */ ([
  [1, 0],
  [-1, 0],
  [1, 1],
  [1, -1],
  [-1, 1],
  [-1, -1],
  [1, 2],
  [1, -2],
  [-1, 2],
  [-1, -2],
  [1, 3],
  [-1, 3],
  [1, -3],
  [-1, -3],
  [1, 4],
  [1, -4],
]);
const FAR = 6;

/** @param {Box} a @param {Box} b */
export const overlap = (a, b) => a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

/**
 * The places of as many labels as have one, those that come first before the others; each where it was, as long as it can be there.
 * @template {Label & {width: number}} L
 * @param {L[]} labels
 * @param {number} height  of a label
 * @param {Box} frame
 * @param {Box[]} taken  where none may be
 * @param {Map<number, number>} before  which of its places each has had
 * @returns {{label: L, box: Box, far: boolean}[]}
 */
export function placeLabels(labels, height, frame, taken, before) {
  const boxes = [...taken];
  return labels.flatMap((label) => {
    const boxAt = (/** @type {number} */ place) => {
      const [side, line] = PLACES[place];
      const gap = place >= FAR ? 26 : line === 0 ? 11 : 6;
      const x = side > 0 ? label.x + gap : label.x - gap - label.width;
      return { x: Math.round(x), y: Math.round(label.y - height / 2 + line * (height + 3)), width: label.width, height };
    };
    const free = (/** @type {number} */ place) => {
      const box = boxAt(place);
      const within =
        box.x >= frame.x + MARGIN &&
        box.y >= frame.y + MARGIN &&
        box.x + box.width <= frame.x + frame.width - MARGIN &&
        box.y + box.height <= frame.y + frame.height - MARGIN;
      return within && !boxes.some((other) => overlap(box, other));
    };
    const last = before.get(label.id);
    const place = last !== undefined && free(last) ? last : PLACES.findIndex((_, i) => free(i));
    if (place < 0) {
      before.delete(label.id);
      return [];
    }
    before.set(label.id, place);
    const box = boxAt(place);
    boxes.push(box);
    return [{ label, box, far: place >= FAR }];
  });
}

/** Of a canvas that is painted again and again. */
export function labelPainter() {
  /** @type {Map<number, number>} */
  const before = new Map();
  /** @type {Map<string, number>} */
  const widths = new Map();
  let font = "";
  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Plane} plane
   * @param {Label[]} labels
   * @param {Box[]} taken
   * @param {Palette} colours
   */
  return (context, { left, top, width, height }, labels, taken, colours) => {
    const size = 12 * typeScale();
    const now = `${size}px system-ui, sans-serif`;
    if (font !== now) widths.clear();
    context.font = font = now;
    const measured = labels.map((label) => {
      const known = widths.get(label.text) ?? context.measureText(label.text).width;
      widths.set(label.text, known);
      return { ...label, width: Math.ceil(known) + 2 * PAD };
    });
    const frame = { x: left, y: top, width, height };
    const placed = placeLabels(measured, size + 5, frame, taken, before);
    context.strokeStyle = colours.ink2;
    context.lineWidth = 1;
    context.beginPath();
    for (const { label, box, far } of placed) {
      if (!far) continue;
      context.moveTo(label.x, label.y);
      context.lineTo(box.x > label.x ? box.x : box.x + box.width, box.y + box.height / 2);
    }
    context.stroke();
    context.textAlign = "left";
    context.textBaseline = "middle";
    for (const { label, box } of placed) {
      context.fillStyle = colours.panel;
      context.fillRect(box.x, box.y, box.width, box.height);
      context.fillStyle = colours.ink;
      context.fillText(label.text, box.x + PAD, box.y + box.height / 2 + 0.5);
    }
    return placed.length;
  };
}
