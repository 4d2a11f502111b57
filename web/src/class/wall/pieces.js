/** The pieces of the wall as they came, and which of them are to be drawn anew: a class of two hundred changes a few at a time. */

/** @import { NamedArray } from "../../channels.js" */
/** @import { Piece, PieceMeta, Sort, Wall } from "./types.js" */

/** Rows and columns of a map. */
export const GRID = 16;
/** Points of a curve. */
export const POINTS = 32;

/**
 * A frame of the channel `wall`: an array has a row for each of the pieces.
 * @typedef {object} WallFrame
 * @property {{whole?: boolean, gone?: (number)[], classes?: number, pieces: PieceMeta[]}} meta
 * @property {Record<string, NamedArray | undefined>} arrays
 */

export class Pieces {
  /** In the order in which they joined. @type {Map<number, Piece>} */
  all = new Map();
  /** Whose picture, number or state is another since they were drawn. @type {Set<number>} */
  changed = new Set();
  /** Counts the frames that brought something. */
  version = 0;
  /** Called with each of them: something is to be painted. @type {() => void} */
  came = () => {};

  /** @param {WallFrame} frame */
  take({ meta, arrays }) {
    if (meta.whole) this.clear();
    for (const member of meta.gone ?? []) {
      this.all.delete(member);
      this.changed.delete(member);
    }
    meta.pieces.forEach((told, i) => {
      const levels = arrays.classes ?? arrays.maps;
      const map = levels ? rowOf(/** @type {Uint8Array} */ (levels.data), i, GRID * GRID) : null;
      const curve = arrays.curves ? rowOf(/** @type {Float32Array} */ (arrays.curves.data), i, POINTS) : null;
      this.all.set(told.member, { ...told, map, curve, classes: arrays.classes ? (meta.classes ?? 0) : 0 });
      this.changed.add(told.member);
    });
    this.version += 1;
    this.came();
  }

  clear() {
    this.all.clear();
    this.changed.clear();
    this.version += 1;
  }
}

/** Of the room that this page leads. */
export const pieces = new Pieces();

/** Takes what comes over the room's socket, where it is a frame of the wall. @param {{channel: string, meta: unknown}} frame */
export function takeWallFrame(frame) {
  if (frame.channel === "wall") pieces.take(/** @type {WallFrame} */ (/** @type {unknown} */ (frame)));
}

/**
 * A copy: what it lies in is the whole message.
 * @template {Uint8Array | Float32Array} T
 * @param {T} data
 * @param {number} row
 * @param {number} length
 * @returns {T}
 */
const rowOf = (data, row, length) => /** @type {T} */ (data.slice(row * length, (row + 1) * length));

/**
 * The pieces in the order that is wished for; among equals those that joined first.
 * @param {Iterable<Piece>} pieces
 * @param {Sort} sort
 * @param {Wall["number"]["best"]} best
 * @returns {Piece[]}
 */
export function sorted(pieces, sort, best) {
  const all = [...pieces];
  if (sort === "joined") return all;
  const sign = best === "most" ? -1 : 1;
  /** @type {Record<Exclude<Sort, "joined">, (piece: Piece) => number>} */
  const keys = {
    best: ({ value }) => last(value === null ? NaN : sign * value),
    worst: ({ value }) => last(value === null ? NaN : -sign * value),
    seed: ({ seed }) => last(seed ?? NaN),
    met: ({ met }) => (met === true ? 0 : met === false ? 1 : 2),
  };
  const key = keys[sort];
  return all.sort((a, b) => key(a) - key(b) || 0);
}

/** What has no number comes last; two of them are equal. @param {number} value */
const last = (value) => (Number.isNaN(value) ? Number.MAX_VALUE : value);
