/** Points in the box, and matrices of 4 × 4 numbers, column by column, as WebGL takes them. */

/** @typedef {[number, number, number]} Point */

/** @param {Point} a @param {Point} b */
export function dot(a, b) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/** @param {...[number, Point]} parts  how much of which point @returns {Point} */
export function sum(...parts) {
  const along = (/** @type {0 | 1 | 2} */ axis) => parts.reduce((total, [share, point]) => total + share * point[axis], 0);
  return [along(0), along(1), along(2)];
}

/**
 * What stands at `eye`, with these three directions to its right, upwards and towards it.
 * @param {Point[]} axes
 * @param {Point} eye
 * @param {[number, number]} tangents  of half the angles of view, across and up
 * @param {number} near
 * @param {number} far
 */
export function viewMatrix([right, up, towards], eye, tangents, near, far) {
  const rows = [right, up, towards].map((axis) => [...axis, -dot(axis, eye)]);
  const [depth, shift] = [(far + near) / (near - far), (2 * far * near) / (near - far)];
  const matrix = new Float32Array(16);
  for (let column = 0; column < 4; column++) {
    matrix[4 * column] = rows[0][column] / tangents[0];
    matrix[4 * column + 1] = rows[1][column] / tangents[1];
    matrix[4 * column + 2] = depth * rows[2][column] + (column === 3 ? shift : 0);
    matrix[4 * column + 3] = -rows[2][column];
  }
  return matrix;
}

/**
 * Where a point lies on a screen of this size, in pixels from its upper left; `depth` grows away from the eye.
 * @param {Float32Array} m
 * @param {Point} point
 * @param {number} width
 * @param {number} height
 */
export function projected(m, [x, y, z], width, height) {
  const row = (/** @type {number} */ i) => m[i] * x + m[i + 4] * y + m[i + 8] * z + m[i + 12];
  const w = row(3);
  return { x: (0.5 + row(0) / w / 2) * width, y: (0.5 - row(1) / w / 2) * height, depth: row(2) / w, before: w > 0 };
}
