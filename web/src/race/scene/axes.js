/** The box's edges and its axes: numbers along the edges that face the one who looks, a grid on the walls behind. */

/** @import { Heights } from "../channels.js" */
/** @import { Box } from "./box.js" */
/** @import { Label } from "./labels.js" */
/** @import { Point } from "./matrices.js" */

import { formatSetting, ticks } from "../../toolkit/maths.js";
import { heightTicks } from "./heights.js";

/** Pixels that a number takes of its axis, at least. */
const ROOM = 52;
/** How far outside the box it is looked where outside is. */
const OUTSIDE = 1.1;

/**
 * @param {Box} box
 * @param {Point} eye
 * @param {(place: Point) => {x: number, y: number}} project
 * @param {Heights} heights
 * @param {[string, string, string]} titles
 * @param {number} scale  of type
 * @returns {{edges: Float32Array, grid: Float32Array, labels: Label[]}}
 */
export function axesOf(box, eye, project, heights, titles, scale) {
  const [w, d] = box.half;
  const top = box.height;
  const [nx, ny] = [eye[0] >= 0 ? w : -w, eye[1] >= 0 ? d : -d];
  // The height stands where the box ends on the left.
  const sides = /** @type {[number, number][]} */ ([
    [nx, -ny],
    [-nx, ny],
  ]);
  const leftmost = (/** @type {[number, number]} */ corner) => project([...corner, 0]).x + project([...corner, top]).x;
  const [ux, uy] = sides.sort((a, b) => leftmost(a) - leftmost(b))[0];
  const axes = [
    { from: [-w, ny, 0], to: [w, ny, 0], out: [0, ny * OUTSIDE - ny, 0], title: titles[0], numbers: along(box.xs) },
    { from: [nx, -d, 0], to: [nx, d, 0], out: [nx * OUTSIDE - nx, 0, 0], title: titles[1], numbers: along(box.ys) },
    {
      from: [ux, uy, 0],
      to: [ux, uy, top],
      out: [ux * OUTSIDE - ux, uy * OUTSIDE - uy, 0],
      title: "",
      numbers: (/** @type {number} */ count) =>
        heightTicks(heights, box.zs, count).map(({ height, text }) => ({ at: box.up(height) / (top || 1), text })),
    },
  ];
  /** @type {Label[]} */
  const labels = [];
  const [edges, grid] = [strokes(), strokes()];
  for (const { from, to, out, title, numbers } of axes) {
    const at = (/** @type {number} */ share, beyond = 0) =>
      /** @type {Point} */ ([0, 1, 2].map((axis) => from[axis] + share * (to[axis] - from[axis]) + beyond * out[axis]));
    const [begin, end] = [project(at(0)), project(at(1))];
    const length = Math.hypot(end.x - begin.x, end.y - begin.y);
    const vertical = to[2] > from[2];
    const count = Math.max(2, Math.min(7, Math.floor(length / ((vertical ? 0.6 : 1) * ROOM * scale))));
    const told = length > 0 ? numbers(count) : [];
    for (const { at: share, text } of told) {
      const place = project(at(share));
      /** @type {[number, number]} */
      const towards = vertical ? [-1, 0] : direction(place, project(at(share, 1)));
      labels.push({ text, role: "number", ...place, towards });
      if (!vertical) continue;
      const z = share * top;
      grid.line([-nx, -ny, z], [-nx, ny, z]);
      grid.line([-nx, -ny, z], [nx, -ny, z]);
    }
    const middle = at(0.5);
    const longest = Math.max(0, ...told.map(({ text }) => text.length));
    if (title)
      labels.push({
        text: title,
        role: "title",
        ...project(middle),
        towards: direction(project(middle), project(at(0.5, 1))),
        past: longest,
      });
    edges.line(at(0), at(1));
  }
  labels.push({ text: titles[2], role: "title", ...project([ux, uy, top]), towards: [0, -1] });
  for (const corner of /** @type {[number, number][]} */ ([[-nx, -ny], ...sides])) grid.line([...corner, 0], [...corner, top]);
  grid.line([-nx, -ny, top], [-nx, ny, top]);
  grid.line([-nx, -ny, top], [nx, -ny, top]);
  return { edges: edges.points(), grid: grid.points(), labels };
}

/** Where round numbers lie on an axis, of 1. @param {[number, number]} range */
function along([low, high]) {
  return (/** @type {number} */ count) =>
    ticks(low, high, count).map((value) => ({ at: (value - low) / (high - low), text: formatSetting(value) }));
}

/** @param {{x: number, y: number}} from @param {{x: number, y: number}} to @returns {[number, number]} */
function direction(from, to) {
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  return [(to.x - from.x) / length, (to.y - from.y) / length];
}

/** Lines with the pen lifted between them. */
function strokes() {
  /** @type {number[]} */
  const numbers = [];
  return {
    /** @param {Point} from @param {Point} to */
    line(from, to) {
      numbers.push(...from, -1, ...to, 0);
    },
    points: () => new Float32Array(numbers),
  };
}
