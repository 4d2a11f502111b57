/** Where a grid's heights pass given values, as lines without gaps: marching squares, each crossing joined to the next cell's. */

/** @import { Grid } from "./refine.js" */

/** Per kind of cell, by its corners above the value (1 lower left, 2 lower right, 4 upper right, 8 upper left): pairs of its edges
 * (0 below, 1 right, 2 above, 3 left) that are joined. Of saddles (5, 10) what the mean says. */
const JOINED = [[], [3, 0], [0, 1], [3, 1], [1, 2], [], [0, 2], [3, 2], [2, 3], [0, 2], [], [1, 2], [1, 3], [0, 1], [0, 3], []];
const RISING = [3, 0, 1, 2];
const FALLING = [0, 1, 2, 3];
/** The band of what is no number. */
const NONE = 255;

/**
 * The lines of all values, one value's after the other's: each a list of columns and rows, x, y, x, y …, in steps of the grid; closed
 * ones end where they begin.
 * @param {Grid} grid
 * @param {number[]} values  rising
 * @param {Uint8Array} bands  how many of the values each height reaches, 255 of what is no number: see `bandsOf`
 * @returns {number[][]}
 */
export function contourLines(grid, values, bands) {
  const joined = pairs(grid, values, bands);
  const follow = follower(grid);
  return values.flatMap((value, i) => follow(value, joined[i]));
}

/** @param {Grid} grid @param {number[]} values  rising */
export function bandsOf({ heights }, values) {
  const bands = new Uint8Array(heights.length);
  let band = 0; // neighbours are alike
  for (let i = 0; i < heights.length; i++) {
    const height = heights[i];
    if (!Number.isFinite(height)) {
      bands[i] = NONE;
      continue;
    }
    while (band > 0 && height < values[band - 1]) band--;
    while (band < values.length && height >= values[band]) band++;
    bands[i] = band;
  }
  return bands;
}

/**
 * Of each value the pairs of edges that are joined in a cell, one after the other. Edges are numbered: those along a row first, then
 * those along a column.
 * @param {Grid} grid
 * @param {number[]} values
 * @param {Uint8Array} bands
 */
function pairs({ heights, columns, rows }, values, bands) {
  const cells = columns * rows;
  /** @type {number[][]} */
  const joined = values.map(() => []);
  for (let row = 0; row + 1 < rows; row++) {
    for (let cell = row * columns; cell < (row + 1) * columns - 1; cell++) {
      const a = bands[cell];
      const b = bands[cell + 1];
      const c = bands[cell + columns + 1];
      const d = bands[cell + columns];
      if (a === b && a === c && a === d) continue;
      const most = Math.max(a, b, c, d);
      if (most === NONE) continue;
      for (let k = Math.min(a, b, c, d); k < most; k++) {
        const kind = (a > k ? 1 : 0) + (b > k ? 2 : 0) + (c > k ? 4 : 0) + (d > k ? 8 : 0);
        let sides = JOINED[kind];
        if (kind === 5 || kind === 10) {
          const sum = heights[cell] + heights[cell + 1] + heights[cell + columns + 1] + heights[cell + columns];
          sides = sum / 4 >= values[k] === (kind === 5) ? FALLING : RISING;
        }
        for (const side of sides)
          joined[k].push(side === 0 ? cell : side === 2 ? cell + columns : cells + cell + (side === 1 ? 1 : 0));
      }
    }
  }
  return joined;
}

/** Of each edge the one or two that it is joined to, plus one, and whether it lies on a line already: 0 between two values. */
let edges = { one: new Int32Array(0), other: new Int32Array(0), done: new Uint8Array(0) };

/** Joins pairs to lines, one value after the other. @param {Grid} grid */
function follower({ heights, columns, rows }) {
  const cells = columns * rows;
  if (edges.done.length < 2 * cells)
    edges = { one: new Int32Array(2 * cells), other: new Int32Array(2 * cells), done: new Uint8Array(2 * cells) };
  const { one, other, done } = edges;
  return follow;

  /** @param {number} value @param {number[]} joined */
  function follow(value, joined) {
    /** @type {number[][]} */
    const lines = [];
    for (let i = 0; i < joined.length; i += 2) {
      link(joined[i], joined[i + 1]);
      link(joined[i + 1], joined[i]);
    }
    // Lines that end at the frame, or beside what is no number, from an end; then those that are closed.
    for (const at of joined) if (!done[at] && other[at] === 0) lines.push(line(value, at));
    for (const at of joined) if (!done[at]) lines.push(line(value, at));
    for (const at of joined) one[at] = other[at] = done[at] = 0;
    return lines;
  }

  /** @param {number} from @param {number} to */
  function link(from, to) {
    if (one[from] === 0) one[from] = to + 1;
    else other[from] = to + 1;
  }

  /** @param {number} value @param {number} begin */
  function line(value, begin) {
    /** @type {number[]} */
    const found = [];
    for (let [at, before] = [begin, -1]; ;) {
      done[at] = 1;
      place(found, value, at);
      const next = (one[at] - 1 === before ? other[at] : one[at]) - 1; // -1: it ends here
      if (next < 0 || done[next]) {
        if (next === begin) found.push(found[0], found[1]);
        return found;
      }
      [before, at] = [at, next];
    }
  }

  /** @param {number[]} line @param {number} value @param {number} at */
  function place(line, value, at) {
    const upward = at >= cells;
    const cell = upward ? at - cells : at;
    const [from, to] = [heights[cell], heights[cell + (upward ? columns : 1)]];
    const part = (value - from) / (to - from);
    const column = cell % columns;
    line.push(upward ? column : column + part, (cell - column) / columns + (upward ? part : 0));
  }
}
