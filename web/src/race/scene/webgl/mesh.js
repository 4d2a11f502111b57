/** The ground as triangles: every point of the grid with the slope there and its colour, and walls down from its edges. */

/** @import { Rgb } from "../../../toolkit/colours.js" */
/** @import { Relief } from "../relief.js" */

/** Of a vertex: its place, the direction that it faces, its colour, and where it lies between the contours. */
export const NUMBERS = 10;

/**
 * @typedef {object} Mesh
 * @property {Float32Array} vertices
 * @property {Uint32Array} triangles
 */

/**
 * @param {Relief} relief
 * @param {(level: number) => Rgb} tint
 * @param {(level: number) => number} band  whole on a contour
 * @returns {Mesh}
 */
export function meshOf(relief, tint, band) {
  const { columns, rows, level, across, up, heights } = relief;
  const edge = border(columns, rows);
  const vertices = new Float32Array(NUMBERS * (columns * rows + 4 * edge.length));
  const known = (/** @type {number} */ i) => heights[i] === heights[i];
  for (let row = 0, i = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, i++) {
      if (!known(i)) continue;
      const [along, away] = [relief.slope(column, row, 0), relief.slope(column, row, 1)];
      const steep = Math.hypot(along, away, 1);
      const [red, green, blue] = tint(level[i]);
      const facing = [-along / steep, -away / steep, 1 / steep];
      const vertex = [across[column], up[row], heights[i], ...facing, red / 255, green / 255, blue / 255, band(level[i])];
      vertices.set(vertex, i * NUMBERS);
    }
  }
  /** @type {number[]} */
  const triangles = [];
  for (let row = 0; row + 1 < rows; row++) {
    for (let column = 0; column + 1 < columns; column++) {
      const a = row * columns + column;
      const [b, c, e] = [a + 1, a + columns, a + columns + 1];
      // What is not known is a hole.
      if (known(b) && known(c)) {
        if (known(a)) triangles.push(a, b, c);
        if (known(e)) triangles.push(b, e, c);
      }
    }
  }
  let next = columns * rows;
  for (const { from, to, outward } of edge) {
    if (!known(from) || !known(to)) continue;
    for (const i of [from, to])
      for (const down of [false, true]) {
        const wall = vertices.subarray(NUMBERS * next, NUMBERS * (next + 1));
        wall.set(vertices.subarray(NUMBERS * i, NUMBERS * (i + 1)));
        wall.set([...outward, 0], 3);
        if (down) wall[2] = 0;
        wall[9] = 0.5; // between contours
        next++;
      }
    triangles.push(next - 4, next - 3, next - 2, next - 3, next - 1, next - 2);
  }
  return { vertices: vertices.subarray(0, NUMBERS * next), triangles: new Uint32Array(triangles) };
}

/** The grid's four edges, piece by piece. @param {number} columns @param {number} rows */
function border(columns, rows) {
  const pieces = [];
  for (let i = 0; i + 1 < columns; i++)
    for (const [first, y] of [
      [0, -1],
      [(rows - 1) * columns, 1],
    ])
      pieces.push({ from: first + i, to: first + i + 1, outward: [0, y] });
  for (let i = 0; i + 1 < rows; i++)
    for (const [first, x] of [
      [0, -1],
      [columns - 1, 1],
    ])
      pieces.push({ from: first + i * columns, to: first + (i + 1) * columns, outward: [x, 0] });
  return pieces;
}
