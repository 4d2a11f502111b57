/** Paths and axes as they lie on the screen: pieces that can be told apart there, each a strip for the graphics card to draw. */

/** Numbers of a corner: where the piece ends there, its depth, its direction, which corner, how long it is and the path up to it. */
export const NUMBERS = 9;
const CORNERS = [
  [-1, -1],
  [-1, 1],
  [1, -1],
  [1, 1],
];
/** Pixels; points closer to the last one than this are left out. Where the processor draws fewer are kept: every piece has round
 * ends, and the pixels under them are all painted again. */
const [NEAR, NEAR_SLOW] = [1.5, 3];

export class Ribbons {
  /** Corners, four of each piece. */
  corners = new Float32Array(4 * NUMBERS * 512);
  pieces = 0;

  /** @param {boolean} slow  whether the processor draws */
  constructor(slow) {
    this.near = slow ? NEAR_SLOW : NEAR;
  }

  /**
   * Another path, as seen on a screen of this size.
   * @param {Float32Array} points  x, y, z and how long the path is up to there; negative where the pen was lifted on the way
   * @param {number} count
   * @param {Float32Array} matrix
   * @param {number} width  in the pixels that are drawn
   * @param {number} height
   * @returns {{first: number, pieces: number}}
   */
  add(points, count, matrix, width, height) {
    const first = this.pieces;
    const m = matrix;
    let [px, py, pz, before, lifted] = [0, 0, 0, 0, true];
    for (let i = 0; i < 4 * count; i += 4) {
      const [x, y, z] = [points[i], points[i + 1], points[i + 2]];
      const w = m[3] * x + m[7] * y + m[11] * z + m[15];
      if (w < 1e-3) {
        lifted = true; // behind the eye
        continue;
      }
      const sx = (((m[0] * x + m[4] * y + m[8] * z + m[12]) / w) * width) / 2;
      const sy = (((m[1] * x + m[5] * y + m[9] * z + m[13]) / w) * height) / 2;
      const sz = (m[2] * x + m[6] * y + m[10] * z + m[14]) / w;
      const long = points[i + 3] < 0 ? -1 - points[i + 3] : points[i + 3];
      if (!lifted && points[i + 3] >= 0) {
        const size = Math.hypot(sx - px, sy - py);
        const last = i + 4 >= 4 * count || points[i + 7] < 0;
        if (size < this.near && !last) continue;
        if (size > 0) this.#piece(px, py, pz, sx, sy, sz, size, before, long);
      }
      [px, py, pz, before, lifted] = [sx, sy, sz, long, false];
    }
    return { first, pieces: this.pieces - first };
  }

  /** @param {number} px @param {number} py @param {number} pz @param {number} x @param {number} y @param {number} z @param {number} size @param {number} before @param {number} long */
  #piece(px, py, pz, x, y, z, size, before, long) {
    let at = 4 * NUMBERS * this.pieces;
    if (at + 4 * NUMBERS > this.corners.length) {
      const larger = new Float32Array(2 * this.corners.length);
      larger.set(this.corners);
      this.corners = larger;
    }
    const [ux, uy] = [(x - px) / size, (y - py) / size];
    for (const [end, side] of CORNERS) {
      const first = end < 0;
      this.corners[at++] = first ? px : x;
      this.corners[at++] = first ? py : y;
      this.corners[at++] = first ? pz : z;
      this.corners[at++] = ux;
      this.corners[at++] = uy;
      this.corners[at++] = end;
      this.corners[at++] = side;
      this.corners[at++] = size;
      this.corners[at++] = first ? before : long;
    }
    this.pieces++;
  }

  clear() {
    this.pieces = 0;
  }
}

/** The corners of so many pieces, two triangles each. @param {number} pieces */
export function cornersOf(pieces) {
  const indices = new Uint32Array(6 * pieces);
  for (let i = 0; i < pieces; i++) indices.set([4 * i, 4 * i + 1, 4 * i + 2, 4 * i + 1, 4 * i + 3, 4 * i + 2], 6 * i);
  return indices;
}
