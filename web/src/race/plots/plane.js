/** Where the surface's plane lies on the screen: the part of it that Plotly shows, and the pixels it is shown on. */

/**
 * @typedef {object} Plane
 * @property {number} left
 * @property {number} top
 * @property {number} width
 * @property {number} height
 * @property {[number, number]} xs
 * @property {[number, number]} ys
 * @property {(x: number) => number} px
 * @property {(y: number) => number} py
 * @property {(px: number) => number} x
 * @property {(py: number) => number} y
 */

/**
 * @param {{l: number, r: number, t: number, b: number}} margin
 * @param {number} width  of the whole plot
 * @param {number} height
 * @param {[number, number]} xs
 * @param {[number, number]} ys
 * @returns {Plane}
 */
export function planeOf(margin, width, height, xs, ys) {
  const inner = { left: margin.l, top: margin.t, width: width - margin.l - margin.r, height: height - margin.t - margin.b };
  return {
    ...inner,
    xs,
    ys,
    px: (x) => inner.left + ((x - xs[0]) / (xs[1] - xs[0])) * inner.width,
    py: (y) => inner.top + (1 - (y - ys[0]) / (ys[1] - ys[0])) * inner.height,
    x: (px) => xs[0] + ((px - inner.left) / inner.width) * (xs[1] - xs[0]),
    y: (py) => ys[0] + (1 - (py - inner.top) / inner.height) * (ys[1] - ys[0]),
  };
}

/**
 * What is shown of a part of the plane where a unit of x is as long as one of y: that part, and as much more as there is room for.
 * @param {import("../../catalog.js").Plane} wanted
 * @param {number} width  of the room, in pixels
 * @param {number} height
 * @returns {import("../../catalog.js").Plane}
 */
export function fitted([xs, ys], width, height) {
  const unit = Math.max((xs[1] - xs[0]) / width, (ys[1] - ys[0]) / height);
  const grown = (/** @type {[number, number]} */ [low, high], /** @type {number} */ pixels) => {
    const [middle, half] = [(low + high) / 2, (unit * pixels) / 2];
    return /** @type {[number, number]} */ (high - low >= 2 * half * (1 - 1e-9) ? [low, high] : [middle - half, middle + half]);
  };
  return [grown(xs, width), grown(ys, height)];
}

/** @param {Plane} plane @param {number} x @param {number} y */
export function shows({ xs, ys }, x, y) {
  return x >= xs[0] && x <= xs[1] && y >= ys[0] && y <= ys[1];
}

/**
 * Where the way from the middle of the plane to a point beyond it crosses its frame.
 * @param {Plane} plane
 * @param {number} x
 * @param {number} y
 * @returns {{px: number, py: number, angle: number}}
 */
export function atFrame({ left, top, width, height, px, py }, x, y) {
  const [cx, cy] = [left + width / 2, top + height / 2];
  // A point that is no number, or too far for one, is shown where it was heading as well as can be told.
  const bound = (/** @type {number} */ value) => (Number.isFinite(value) ? Math.max(-1e9, Math.min(1e9, value)) : 1e9);
  const [dx, dy] = [bound(px(x)) - cx, bound(py(y)) - cy];
  const inset = 10;
  const scale = Math.min(
    (width / 2 - inset) / Math.max(1e-9, Math.abs(dx)),
    (height / 2 - inset) / Math.max(1e-9, Math.abs(dy)),
  );
  return { px: cx + dx * scale, py: cy + dy * scale, angle: Math.atan2(dy, dx) };
}
