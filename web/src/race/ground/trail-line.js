/** One lane's trail on a canvas: with a casing, so that it reads on every ground; older parts thinner and paler; a dot every so many steps. */

/** @import { Plane } from "../plots/plane.js" */
/** @import { Trail } from "../types.js" */

/** Of its life so far, where a part of a trail is as old as the next one: it is drawn so wide, and so strong. */
const AGES = [
  { until: 0.5, width: 0.7, alpha: 0.65 },
  { until: 0.8, width: 0.85, alpha: 0.8 },
  { until: Infinity, width: 1, alpha: 1 },
];
/** Pixels: what is nearer to the last point is not drawn. */
const NEAR = 0.8;
const CASING = 2.5;
const DOTS = 10;

/** Steps from dot to dot: 1, 2 or 5 times a power of ten, so that there are about ten on a trail. @param {number} step */
export function dotEvery(step) {
  const least = Math.max(1, step / DOTS);
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= least) ?? 10 * power;
}

/**
 * @typedef {object} Look
 * @property {string} colour
 * @property {string} paper
 * @property {number[]} pattern
 * @property {number} width
 */

export class TrailLine {
  /** The points that are drawn, in pixels: x, y, and how long the line is there. */
  #drawn = /** @type {number[]} */ ([]);
  /** The step of each. */
  #steps = /** @type {number[]} */ ([]);
  /** Points of the trail that were looked at. */
  count = 0;

  /**
   * Puts the points that came since on the screen.
   * @param {Plane} plane
   * @param {Trail} trail
   * @param {number} end  how many there are now
   * @returns {number}  the first that is new, among those that are drawn
   */
  grow({ px, py }, { points }, end) {
    const drawn = this.#drawn;
    const bound = (/** @type {number} */ value) => Math.max(-1e5, Math.min(1e5, value));
    const first = this.#steps.length;
    for (let i = this.count; i < end; i++) {
      const [x, y] = [bound(px(points[2 * i])), bound(py(points[2 * i + 1]))];
      if (!(x === x && y === y)) continue;
      const last = drawn.length - 3;
      const far = last < 0 ? 0 : Math.hypot(x - drawn[last], y - drawn[last + 1]);
      if (last >= 0 && far < NEAR && i < end - 1) continue;
      drawn.push(x, y, last < 0 ? 0 : drawn[last + 2] + far);
      this.#steps.push(i);
    }
    this.count = end;
    return first;
  }

  /** All of it. @param {CanvasRenderingContext2D} context @param {Look} look */
  draw(context, look) {
    const steps = this.#steps;
    if (steps.length === 0) return;
    const parts = [];
    for (let from = 0, i = 0; i < AGES.length; i++) {
      let to = from;
      while (to < steps.length - 1 && steps[to] < AGES[i].until * this.count) to++;
      if (to > from) parts.push({ from, to, width: look.width * AGES[i].width, alpha: AGES[i].alpha });
      from = to;
    }
    for (const { from, to, width } of parts) this.#stroke(context, from, to, look.paper, width + CASING, [], 1);
    for (const { from, to, width, alpha } of parts) this.#stroke(context, from, to, look.colour, width, look.pattern, alpha);
  }

  /** What came since, as strong as the newest is. @param {CanvasRenderingContext2D} context @param {Look} look @param {number} first */
  drawFrom(context, look, first) {
    const last = this.#steps.length - 1;
    if (last < first) return;
    this.#stroke(context, Math.max(0, first - 1), last, look.paper, look.width + CASING, [], 1);
    // One further back: the casing has covered where the line ended.
    this.#stroke(context, Math.max(0, first - 2), last, look.colour, look.width, look.pattern, 1);
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {number} from
   * @param {number} to
   * @param {string} colour
   * @param {number} width
   * @param {number[]} pattern
   * @param {number} alpha
   */
  #stroke(context, from, to, colour, width, pattern, alpha) {
    const drawn = this.#drawn;
    context.globalAlpha = alpha;
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.lineJoin = "bevel";
    context.setLineDash(pattern);
    context.lineDashOffset = drawn[3 * from + 2];
    context.beginPath();
    context.moveTo(drawn[3 * from], drawn[3 * from + 1]);
    for (let i = from + 1; i <= to; i++) context.lineTo(drawn[3 * i], drawn[3 * i + 1]);
    context.stroke();
    context.setLineDash([]);
    context.globalAlpha = 1;
  }
}

/**
 * A dot at each of its steps that `every` divides, but where it begins.
 * @param {CanvasRenderingContext2D} context
 * @param {Plane} plane
 * @param {Trail} trail
 * @param {number} from  the first that may have one
 * @param {number} end
 * @param {number} every
 * @param {Look} look
 */
export function drawDots(context, { px, py }, { points }, from, end, every, look) {
  context.fillStyle = look.paper;
  context.strokeStyle = look.colour;
  context.lineWidth = 1.5;
  context.beginPath();
  for (let i = Math.max(every, Math.ceil(from / every) * every); i < end; i += every) {
    const [x, y] = [px(points[2 * i]), py(points[2 * i + 1])];
    if (!(Math.abs(x) < 1e5 && Math.abs(y) < 1e5)) continue;
    context.moveTo(x + 2.5, y);
    context.arc(x, y, 2.5, 0, 7);
  }
  context.fill();
  context.stroke();
}
