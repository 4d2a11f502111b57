/**
 * From strokes to a picture as the digits data set has them: a bitmap of 32 × 32 whose 4 × 4 blocks are counted, 0 to 16 each.
 * That is how Alpaydin and Kaynak made theirs (1998), of digits brought to one height before. Nothing here is drawn.
 */

/** @typedef {[number, number]} Place  x and y in the bitmap, from 0 to 32 */
/** @typedef {readonly Place[]} Stroke */

/** Pixels along a side of the bitmap, and of a block. */
export const FINE = 32;
const BLOCK = 4;
/** Pixels along a side of the picture. */
export const SIDE = FINE / BLOCK;
/** Half the width of the pen: as much ink as the set's digits have. */
const PEN = 2.25;
/** How high and how wide a digit's path is where it is brought to the set's size, and how much it grows at most. */
const HIGH = FINE - 2 * PEN;
const WIDE = 20;
const MOST_GROWTH = 4;

/**
 * The strokes in the middle and as high as the set's. A dot stays a dot.
 * @param {readonly Stroke[]} strokes
 * @returns {Stroke[]}
 */
export function brought(strokes) {
  const places = strokes.flat();
  const [left, right] = ends(places.map(([x]) => x));
  const [top, bottom] = ends(places.map(([, y]) => y));
  const [wide, high] = [right - left, bottom - top];
  const growth = Math.max(wide, high) < 1 ? 1 : Math.min(HIGH / (high || 1e-9), WIDE / (wide || 1e-9), MOST_GROWTH);
  const [x0, y0] = [(left + right) / 2, (top + bottom) / 2];
  return strokes.map((stroke) => stroke.map(([x, y]) => [FINE / 2 + growth * (x - x0), FINE / 2 + growth * (y - y0)]));
}

/** @param {number[]} values @returns {[number, number]} */
function ends(values) {
  return [Math.min(...values), Math.max(...values)];
}

/**
 * Which pixels a pen inks that goes along the strokes: those whose middle it covers.
 * @param {readonly Stroke[]} strokes
 * @returns {Uint8Array}  FINE rows of FINE, 1 where there is ink
 */
export function bitmap(strokes) {
  const pixels = new Uint8Array(FINE * FINE);
  for (const stroke of strokes) {
    stroke.forEach((to, i) => {
      const from = stroke[Math.max(0, i - 1)];
      const rows = span(from[1], to[1]);
      const columns = span(from[0], to[0]);
      for (let row = rows[0]; row <= rows[1]; row++) {
        for (let column = columns[0]; column <= columns[1]; column++) {
          if (away([column + 0.5, row + 0.5], from, to) <= PEN) pixels[row * FINE + column] = 1;
        }
      }
    });
  }
  return pixels;
}

/** Pixels that the pen may reach between two places. @param {number} a @param {number} b @returns {[number, number]} */
function span(a, b) {
  return [Math.max(0, Math.floor(Math.min(a, b) - PEN)), Math.min(FINE - 1, Math.ceil(Math.max(a, b) + PEN))];
}

/** How far a place is from a piece of a line. @param {Place} place @param {Place} from @param {Place} to */
function away([x, y], [x0, y0], [x1, y1]) {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const along = dx * dx + dy * dy;
  const share = along === 0 ? 0 : Math.max(0, Math.min(1, ((x - x0) * dx + (y - y0) * dy) / along));
  return Math.hypot(x - x0 - share * dx, y - y0 - share * dy);
}

/**
 * The picture: SIDE rows of SIDE, each the share of its block that is inked, in sixteenths.
 * @param {readonly Stroke[]} strokes
 * @returns {number[]}
 */
export function picture(strokes) {
  const pixels = bitmap(strokes);
  const counts = new Array(SIDE * SIDE).fill(0);
  pixels.forEach((ink, i) => {
    const [row, column] = [Math.floor(i / FINE), i % FINE];
    counts[Math.floor(row / BLOCK) * SIDE + Math.floor(column / BLOCK)] += ink;
  });
  return counts.map((count) => count / (BLOCK * BLOCK));
}
