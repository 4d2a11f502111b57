/** From where the box is looked at: an eye that goes round a place in it, up and down, closer and further away. */

/** @import { Point } from "./matrices.js" */

import { dot, sum, viewMatrix } from "./matrices.js";

/** Tangent of half the angle of view, along the shorter side of the picture. */
const NARROW = Math.tan(Math.PI / 12);
const LOWEST = Math.PI / 36;
const HIGHEST = Math.PI / 2 - LOWEST / 4;
/** How close, and how far away, of the distance from which all is seen. */
const [CLOSEST, FURTHEST] = [0.15, 3];
/** Light falls from the upper left, over the shoulder: how much to the right, upwards and towards the eye. */
const LIGHT = [-0.5, 0.62, 0.6];

export class Camera {
  azimuth = 0;
  elevation = 0;
  /** @type {Point} */
  #target = [0, 0, 0];
  #distance = 1;
  #whole = 1;

  /** To the right, upwards, and from what is looked at to the eye. @returns {[Point, Point, Point]} */
  get axes() {
    const [ca, sa] = [Math.cos(this.azimuth), Math.sin(this.azimuth)];
    const [ce, se] = [Math.cos(this.elevation), Math.sin(this.elevation)];
    return [
      [-sa, ca, 0],
      [-se * ca, -se * sa, ce],
      [ce * ca, ce * sa, se],
    ];
  }

  /** @returns {Point} */
  get eye() {
    return sum([1, this.#target], [this.#distance, this.axes[2]]);
  }

  /** @returns {Point} */
  get light() {
    const [right, up, towards] = this.axes;
    return sum([LIGHT[0], right], [LIGHT[1], up], [LIGHT[2], towards]);
  }

  /** How much of the box a pixel is, at the place that is looked at. @param {number} width @param {number} height */
  pixel(width, height) {
    return (2 * this.#distance * tangents(width, height)[1]) / height;
  }

  /**
   * As close as lets all these points be seen, without turning. Each edge of the picture is a plane through the eye that no
   * point may lie beyond: the furthest point for each says where the eye must be.
   * @param {Point[]} points
   * @param {number} width
   * @param {number} height
   * @param {number} margin  in pixels, left free around them
   */
  fit(points, width, height, margin) {
    const axes = this.axes;
    const seen = points.map((point) => axes.map((axis) => dot(axis, point)));
    const [tx, ty] = tangents(width, height);
    const free = (/** @type {number} */ size) => Math.max(0.3, 1 - (2 * margin) / size);
    const [across, over] = [tx * free(width), ty * free(height)];
    const furthest = (/** @type {number} */ sign, /** @type {0 | 1} */ axis, /** @type {number} */ tangent) =>
      Math.max(...seen.map((point) => sign * point[axis] + tangent * point[2]));
    const [right, left] = [furthest(1, 0, across), furthest(-1, 0, across)];
    const [top, bottom] = [furthest(1, 1, over), furthest(-1, 1, over)];
    const away = Math.max((right + left) / (2 * across), (top + bottom) / (2 * over));
    const middle = seen.reduce((total, point) => total + point[2] / seen.length, 0);
    this.#whole = this.#distance = away - middle;
    this.#target = sum([(right - left) / 2, axes[0]], [(top - bottom) / 2, axes[1]], [middle, axes[2]]);
  }

  /** In which direction a pixel is looked through. @param {number} x @param {number} y @param {number} width @param {number} height @returns {Point} */
  through(x, y, width, height) {
    const [right, up, towards] = this.axes;
    const [tx, ty] = tangents(width, height);
    return sum([((2 * x) / width - 1) * tx, right], [(1 - (2 * y) / height) * ty, up], [-1, towards]);
  }

  /** @param {number} across  radians @param {number} up */
  turn(across, up) {
    this.azimuth -= across;
    this.elevation = Math.max(LOWEST, Math.min(HIGHEST, this.elevation + up));
  }

  /** @param {number} factor  below 1: closer */
  zoom(factor) {
    this.#distance = Math.max(CLOSEST * this.#whole, Math.min(FURTHEST * this.#whole, this.#distance * factor));
  }

  /** @param {number} width @param {number} height */
  matrix(width, height) {
    const near = this.#distance * 0.02;
    return viewMatrix(this.axes, this.eye, tangents(width, height), near, this.#distance + 10);
  }
}

/** @param {number} width @param {number} height @returns {[number, number]} */
function tangents(width, height) {
  const shorter = Math.min(width, height);
  return [(NARROW * width) / shorter, (NARROW * height) / shorter];
}
