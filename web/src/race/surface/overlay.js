/** What moves over the contours, on two canvases: trails, which grow, and heads with their arrows, which are drawn anew. */

/** @import { AppState } from "../../types.js" */
/** @import { RaceLane, Trail } from "../types.js" */
/** @import { Plane } from "../plots/plane.js" */

import { palette } from "../../toolkit/colours.js";
import { h, memo, prepareCanvas } from "../../toolkit/dom.js";
import { colourOf, isDashed } from "../lanes/lanes.js";
import { ARROW, arrow, clip, head, leftTheFrame, star } from "../plots/drawing.js";
import { shows } from "../plots/plane.js";
import { lengthAt } from "./trails.js";

export function overlay() {
  const [below, above] = [0, 1].map((i) =>
    h("canvas", { class: "race-canvas", aria: { hidden: true }, data: { testid: i ? "race-heads" : "race-trails" } }),
  );
  /** @type {CanvasRenderingContext2D | null} */
  let trailing = null;
  /** How many points of each lane are drawn already, and how long its line is. @type {Map<number, {count: number, length: number}>} */
  const drawn = new Map();
  const again = memo();
  return {
    elements: [below, above],
    /**
     * @param {AppState} state
     * @param {Plane} plane
     * @param {number} width
     * @param {number} height
     * @param {{x: number, y: number, kind: string}[]} minima
     */
    paint(state, plane, width, height, minima) {
      const { race, trails, theme, raceLook } = state;
      if (!race || !trails || trails.race !== race.race) return;
      const chosen = raceLook.lane;
      const looks = race.lanes.map(({ id, slot }) => `${id}:${slot}`).join();
      const same = [trails.version, trails.race, plane, width, height, theme, looks, chosen, window.devicePixelRatio];
      const shrunk = [...drawn].some(
        ([id, { count }]) => (trails.lanes.get(id)?.length ?? 0) < count || count > trails.step + 1,
      );
      if (again(...same) || shrunk || !trailing) {
        trailing = prepareCanvas(below, width, height);
        drawn.clear();
      }
      clip(trailing, plane, () => {
        for (const lane of race.lanes) {
          const trail = trails.lanes.get(lane.id);
          if (!trail || !trailing) continue;
          const end = lengthAt(trail, trails.step);
          const done = drawn.get(lane.id) ?? { count: 0, length: 0 };
          if (end <= done.count) continue;
          const width = lane.id === chosen ? 3 : 2;
          const part = { from: Math.max(0, done.count - 1), to: end, length: done.length };
          drawn.set(lane.id, {
            count: end,
            length: drawTrail(trailing, plane, trail, part, colourOf(lane, theme), isDashed(lane), width),
          });
        }
      });
      const context = prepareCanvas(above, width, height);
      for (const { x, y, kind } of minima)
        if (shows(plane, x, y)) star(context, plane.px(x), plane.py(y), kind === "global", palette(theme));
      drawHeads(context, plane, state);
      above.dataset.step = String(trails.step);
    },
  };
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Plane} plane
 * @param {Trail} trail
 * @param {{from: number, to: number, length: number}} part  the points to draw, and how long the line is before them
 * @param {string} colour
 * @param {boolean} dashed
 * @param {number} width
 * @returns {number}  how long it is then: dashes go on where the last stroke ended
 */
function drawTrail(context, { px, py }, { points }, { from, to, length }, colour, dashed, width) {
  const at = (/** @type {number} */ value) => Math.max(-1e5, Math.min(1e5, value));
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.lineJoin = "round";
  context.setLineDash(dashed ? [6, 4] : []);
  context.lineDashOffset = length;
  context.beginPath();
  let [lx, ly] = [NaN, NaN];
  for (let i = from; i < to; i++) {
    const [x, y] = [at(px(points[2 * i])), at(py(points[2 * i + 1]))];
    if (!(x === x && y === y)) continue;
    if (i === from) context.moveTo(x, y);
    else if (i === to - 1 || Math.abs(x - lx) + Math.abs(y - ly) > 0.4) {
      context.lineTo(x, y);
      length += Math.hypot(x - lx, y - ly);
    } else continue;
    [lx, ly] = [x, y];
  }
  context.stroke();
  context.setLineDash([]);
  return length;
}

/** @param {CanvasRenderingContext2D} context @param {Plane} plane @param {AppState} state */
function drawHeads(context, plane, state) {
  const { race, trails, theme, raceLook } = state;
  if (!race || !trails) return;
  const colours = palette(theme);
  /** Labels at the frame, kept apart. @type {{x: number, y: number}[]} */
  const taken = [];
  const whole = longest(trails.gradients);
  for (const lane of [...race.lanes].reverse()) {
    const trail = trails.lanes.get(lane.id);
    const count = trail ? lengthAt(trail, trails.step) : 0;
    if (!trail || count === 0) continue;
    const [x, y] = [trail.points[2 * count - 2], trail.points[2 * count - 1]];
    const colour = colourOf(lane, theme);
    if (!shows(plane, x, y)) {
      leftTheFrame(context, plane, x, y, trail.losses[count - 1], colour, colours, taken);
      continue;
    }
    const row = trails.order.indexOf(lane.id);
    const [hx, hy] = [plane.px(x), plane.py(y)];
    if (row >= 0) {
      const [gx, gy] = [trails.gradients[2 * row], trails.gradients[2 * row + 1]];
      const [sx, sy] = [trails.next[2 * row], trails.next[2 * row + 1]];
      // Downhill is where −∇f points; its length says how steep it is beside the other lanes.
      const [dx, dy] = [plane.px(x - gx) - hx, plane.py(y - gy) - hy];
      const scale = whole > 0 ? (ARROW * (0.35 + 0.65 * (Math.hypot(gx, gy) / whole))) / Math.hypot(dx, dy) : 0;
      arrow(context, hx, hy, dx * scale, dy * scale, colours.ink2, 1.5, [3, 2]);
      arrow(context, hx, hy, plane.px(x + sx) - hx, plane.py(y + sy) - hy, colour, 2.5, []);
    }
    head(context, hx, hy, colour, colours.paper, isDashed(lane), lane.id === raceLook.lane ? 7 : 5.5);
  }
}

/** @param {Float64Array} gradients */
function longest(gradients) {
  let most = 0;
  for (let i = 0; i < gradients.length; i += 2) {
    const size = Math.hypot(gradients[i], gradients[i + 1]);
    if (Number.isFinite(size)) most = Math.max(most, size);
  }
  return most;
}

/**
 * The point of a trail nearest to a place on the screen, where one is near.
 * @param {AppState} state
 * @param {Plane} plane
 * @param {number} px
 * @param {number} py
 * @param {number} reach
 * @returns {{lane: RaceLane, step: number, x: number, y: number, loss: number} | null}
 */
export function nearest({ race, trails }, plane, px, py, reach = 14) {
  if (!race || !trails) return null;
  let [best, found] = [reach * reach, /** @type {{lane: RaceLane, trail: Trail, step: number} | null} */ (null)];
  for (const lane of race.lanes) {
    const trail = trails.lanes.get(lane.id);
    if (!trail) continue;
    const count = lengthAt(trail, trails.step);
    for (let i = 0; i < count; i++) {
      const [dx, dy] = [plane.px(trail.points[2 * i]) - px, plane.py(trail.points[2 * i + 1]) - py];
      const far = dx * dx + dy * dy;
      // Of places as near, the later: the head lies on top.
      if (far <= best) [best, found] = [far, { lane, trail, step: i }];
    }
  }
  if (!found) return null;
  const { lane, trail, step } = found;
  return { lane, step, x: trail.points[2 * step], y: trail.points[2 * step + 1], loss: trail.losses[step] };
}
