/** Words over the picture: whole, inside it, none over another. Names of lanes come first, and move until there is room. */

/** @import { Palette } from "../../toolkit/colours.js" */

/**
 * @typedef {object} Label
 * @property {string} text
 * @property {"name" | "title" | "number"} role
 * @property {number} x  what it belongs to
 * @property {number} y
 * @property {[number, number]} towards  in which direction of it there is room
 * @property {number} [past]  how many letters of numbers lie between
 *
 * @typedef {{left: number, top: number, width: number, height: number}} Place
 * @typedef {Place & {label: Label}} Placed
 */

const ORDER = /** @type {const} */ (["name", "title", "number"]);
const AROUND = [
  [1, 0],
  [-1, 0],
  [0.7, -0.7],
  [-0.7, -0.7],
  [0.7, 0.7],
  [-0.7, 0.7],
  [0, -1],
  [0, 1],
];
const GAPS = [12, 28, 46, 70, 100, 136];
const EDGE = 3;
/** From here on a line leads from the name to its ball. */
const FAR = 24;

/**
 * Where the labels lie; a number that has no room is left out.
 * @param {Label[]} labels
 * @param {{x: number, y: number, radius: number}[]} marks  that names do not lie on
 * @param {number} width
 * @param {number} height
 * @param {number} size  of type
 * @param {(text: string) => number} measure
 * @param {Map<string, number>} before  which of its places each name has had: it stays there as long as it can
 * @param {Place[]} taken  where none may be
 * @returns {Placed[]}
 */
export function placeLabels(labels, marks, width, height, size, measure, before, taken) {
  /** @type {Placed[]} */
  const placed = [];
  const free = (/** @type {Placed} */ box) =>
    ![...taken, ...placed].some(
      (other) =>
        box.left < other.left + other.width &&
        other.left < box.left + box.width &&
        box.top < other.top + other.height &&
        other.top < box.top + box.height,
    );
  const clear = (/** @type {Placed} */ { left, top, width, height }) =>
    !marks.some(({ x, y, radius }) => {
      const [dx, dy] = [x - Math.max(left, Math.min(x, left + width)), y - Math.max(top, Math.min(y, top + height))];
      return Math.hypot(dx, dy) < radius;
    });
  for (const role of ORDER) {
    for (const label of labels) {
      if (label.role !== role || !(Number.isFinite(label.x) && Number.isFinite(label.y))) continue;
      const [w, t] = [measure(label.text) + (role === "name" ? 8 : 2), size + 4];
      const at = (/** @type {number[]} */ [dx, dy], /** @type {number} */ gap) => {
        const [x, y] = [label.x + dx * (gap + w / 2), label.y + dy * (gap + t / 2)];
        return {
          label,
          left: Math.round(Math.max(EDGE, Math.min(width - EDGE - w, x - w / 2))),
          top: Math.round(Math.max(EDGE, Math.min(height - EDGE - t, y - t / 2))),
          width: w,
          height: t,
        };
      };
      if (role === "number") {
        const box = at(label.towards, 6);
        if (free(box) && inFrame(label, width, height)) placed.push(box);
        continue;
      }
      const directions = role === "name" ? AROUND : [label.towards, ...AROUND];
      const begin = label.past
        ? 10 + label.past * size * 0.6 * Math.abs(label.towards[0]) + size * Math.abs(label.towards[1])
        : 0;
      const tried = GAPS.flatMap((gap) =>
        directions.map((direction) => at(direction, role === "name" ? gap : begin + gap - 8)),
      );
      const last = tried[before.get(label.text) ?? -1];
      const best = last && free(last) && clear(last) ? last : tried.find((box) => free(box) && clear(box));
      const found = best ?? tried.find(free) ?? column(tried[0], free, width, height);
      if (!found) continue;
      placed.push(found);
      if (role === "name") before.set(label.text, tried.indexOf(found));
    }
  }
  return placed;
}

/** @param {{x: number, y: number}} at @param {number} width @param {number} height */
function inFrame({ x, y }, width, height) {
  return x >= 0 && y >= 0 && x <= width && y <= height;
}

/** The first free place of the right edge, from above. @param {Placed} box @param {(box: Placed) => boolean} free @param {number} width @param {number} height */
function column(box, free, width, height) {
  for (let top = EDGE; top + box.height <= height - EDGE; top += box.height) {
    const moved = { ...box, left: Math.round(width - EDGE - box.width), top };
    if (free(moved)) return moved;
  }
  return undefined;
}

/**
 * @param {CanvasRenderingContext2D} context  with its font set
 * @param {Placed[]} placed
 * @param {Palette} colours
 */
export function drawLabels(context, placed, colours) {
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineJoin = "round";
  for (const { label, left, top, width, height } of placed) {
    if (label.role !== "name") continue;
    const [x, y] = [Math.max(left, Math.min(label.x, left + width)), Math.max(top, Math.min(label.y, top + height))];
    if (Math.hypot(x - label.x, y - label.y) < FAR) continue;
    context.strokeStyle = colours.ink2;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(label.x, label.y);
    context.lineTo(x, y);
    context.stroke();
  }
  for (const { label, left, top, width, height } of placed) {
    if (label.role === "name") {
      context.globalAlpha = 0.86;
      context.fillStyle = colours.panel;
      context.fillRect(left, top, width, height);
      context.globalAlpha = 1;
    } else {
      context.strokeStyle = colours.paper;
      context.lineWidth = 3;
      context.strokeText(label.text, left + width / 2, top + height / 2 + 0.5);
    }
    context.fillStyle = label.role === "number" ? colours.ink2 : colours.ink;
    context.fillText(label.text, left + width / 2, top + height / 2 + 0.5);
  }
}
