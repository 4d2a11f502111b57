/** What moves over the contours, on two canvases: trails, which grow, and heads with their arrows, which are drawn anew. */

/** @import { AppState } from "../../types.js" */
/** @import { RaceLane, Trail } from "../types.js" */
/** @import { Plane } from "../plane.js" */

import { palette } from "../../toolkit/colours.js";
import { h, memo, prepareCanvas } from "../../toolkit/dom.js";
import { formatNumber } from "../../toolkit/maths.js";
import { typeScale } from "../../frame/projector.js";
import { colourOf, isDashed } from "../lanes.js";
import { atFrame, shows } from "../plane.js";
import { lengthAt } from "./trails.js";

/** Longest arrow, in pixels: directions are compared, lengths are told in the standings. */
const ARROW = 46;

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
 * An arrow at the frame, with the loss of what is beyond it.
 * @param {CanvasRenderingContext2D} context
 * @param {Plane} plane
 * @param {number} x
 * @param {number} y
 * @param {number} loss
 * @param {string} colour
 * @param {import("../../toolkit/colours.js").Palette} colours
 * @param {{x: number, y: number}[]} taken
 */
export function leftTheFrame(context, plane, x, y, loss, colour, colours, taken) {
  const place = atFrame(plane, x, y);
  const [ux, uy] = [Math.cos(place.angle), Math.sin(place.angle)];
  arrow(context, place.px - ux * 14, place.py - uy * 14, ux * 20, uy * 20, colour, 3, []);
  const size = 12 * typeScale();
  const text = `f ${formatNumber(loss, 3)}`;
  context.font = `${size}px system-ui, sans-serif`;
  const width = context.measureText(text).width + 8;
  const inside = (/** @type {number} */ at, /** @type {number} */ low, /** @type {number} */ high) =>
    Math.max(low, Math.min(high, at));
  let lx = inside(place.px - ux * 24 - (ux > 0 ? width : 0), plane.left + 4, plane.left + plane.width - width - 4);
  let ly = inside(place.py - uy * 24, plane.top + size, plane.top + plane.height - size);
  const apart = size + 6;
  const inward = ly < plane.top + plane.height / 2 ? 1 : -1;
  for (
    let tries = 0;
    tries < 16 && taken.some((other) => Math.abs(other.x - lx) < width && Math.abs(other.y - ly) < apart);
    tries++
  )
    ly += inward * apart;
  lx = Math.round(lx);
  taken.push({ x: lx, y: ly });
  context.fillStyle = colours.panel;
  context.fillRect(lx, ly - apart / 2, width, apart);
  context.fillStyle = colours.ink;
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.fillText(text, lx + 4, ly);
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
