/** The part of a lane's path that is drawn: points that can be told apart, in the box, as far as they lie near enough. */

/** @import { Box } from "./box.js" */
/** @import { Point } from "./matrices.js" */
/** @import { Relief } from "./relief.js" */

/** Points closer to the last one than this are left out: less than a pixel of most screens … */
const NEAR = 0.003;
/** … and twice that far, again and again, where there are more points than these. */
const MOST = 4000;

/**
 * @typedef {object} Way  Where a lane has been, step by step; NaN is not known.
 * @property {unknown} key  another one is another way
 * @property {number} length
 * @property {(i: number) => number} x
 * @property {(i: number) => number} y
 * @property {(i: number) => number} height
 */

/** Where a point of a way lies: on the ground as it is drawn, where the grid is too coarse to show how low it is there. @param {Way} way @param {number} i @param {Box} box @param {Relief | null} ground  that it lies on @returns {Point} */
export function placeOn(way, i, box, ground) {
  const place = box.place(way.x(i), way.y(i), way.height(i));
  const below = ground ? ground.at(place[0], place[1]) : NaN;
  if (below > place[2]) place[2] = below;
  return place;
}

export class Track {
  /** x, y, z, and how long the path is up to there: negative where the pen was lifted on the way. */
  points = new Float32Array(4 * 256);
  /** How many of them are drawn; the last is where the lane stands. */
  drawn = 0;
  /** Where the lane stands, or stood before it went too far. @type {Point | null} */
  head = null;
  /** Whether it went too far. */
  beyond = false;
  /** In which direction it came there. @type {Point} */
  heading = [0, 0, 0];
  length = 0;
  /** What it keeps within, on each axis. @type {[Point, Point]} */
  bounds = [
    [0, 0, 0],
    [0, 0, 0],
  ];
  #kept = 0;
  #taken = 0;
  #lifted = true;
  #near = NEAR;
  /** @type {unknown[]} */
  #of = [];

  /** @param {Way} way @param {Box} box @param {Relief | null} ground */
  follow(way, box, ground) {
    const of = [way.key, box, ground];
    if (of.some((each, i) => each !== this.#of[i]) || way.length < this.#taken) {
      this.#of = of;
      this.#near = NEAR;
      this.#begin();
    }
    for (; this.#taken < way.length; this.#taken++) {
      const place = placeOn(way, this.#taken, box, ground);
      if (place.some(Number.isNaN)) continue;
      if (box.reaches(place)) this.#go(place);
      else this.#lifted = this.beyond = true;
    }
    if (this.#kept < MOST) return;
    this.#near *= 2;
    this.#begin();
    this.follow(way, box, ground);
  }

  #begin() {
    this.#kept = this.#taken = this.drawn = this.length = 0;
    this.#lifted = true;
    this.head = null;
    this.beyond = false;
    this.heading = [0, 0, 0];
    this.bounds = [
      [0, 0, 0],
      [0, 0, 0],
    ];
  }

  /** @param {Point} place */
  #go(place) {
    const last = 4 * (this.#kept - 1);
    const far = this.#kept
      ? Math.hypot(place[0] - this.points[last], place[1] - this.points[last + 1], place[2] - this.points[last + 2])
      : 0;
    const keeps = this.#lifted || far >= this.#near;
    if (!this.#lifted && far > 0) {
      const way = /** @type {Point} */ (place.map((each, axis) => (each - this.points[last + axis]) / far));
      this.heading = way;
    }
    const long = this.#kept ? this.#lengthAt(this.#kept - 1) + (this.#lifted ? 0 : far) : 0;
    if (4 * (this.#kept + 2) > this.points.length) {
      const larger = new Float32Array(2 * this.points.length);
      larger.set(this.points);
      this.points = larger;
    }
    // What can be told from the last point is kept; else it is only where the lane stands, until it goes on.
    this.points.set([...place, this.#lifted ? -1 - long : long], 4 * this.#kept);
    this.drawn = this.#kept + 1;
    if (keeps) this.#kept++;
    this.length = long;
    for (const axis of /** @type {const} */ ([0, 1, 2])) {
      this.bounds[0][axis] = Math.min(this.bounds[0][axis], place[axis]);
      this.bounds[1][axis] = Math.max(this.bounds[1][axis], place[axis]);
    }
    this.#lifted = this.beyond = false;
    this.head = place;
  }

  /** @param {number} i */
  #lengthAt(i) {
    const long = this.points[4 * i + 3];
    return long < 0 ? -1 - long : long;
  }
}
