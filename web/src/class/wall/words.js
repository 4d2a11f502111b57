/** What is said of a piece, and of all of them. */

/** @import { Piece, Sort, Wall } from "./types.js" */

import { formatExact, formatNumber, formatPercent } from "../../toolkit/maths.js";

/** @param {number | null} value @param {Wall["number"]["form"]} form */
export const numberOf = (value, form) => (form === "share" ? formatPercent(value, 0) : formatNumber(value, 3));

/** @param {number | null} value */
export const exactOf = (value) => (value === null ? null : formatExact(value));

/** The orders, as they are chosen. @type {[Sort, string][]} */
export const SORTS = [
  ["joined", "as they joined"],
  ["best", "best first"],
  ["worst", "worst first"],
  ["seed", "by seed"],
  ["met", "task met first"],
];

/**
 * A piece to one who does not see it.
 * @param {Piece} piece
 * @param {number} place  counted from 1
 * @param {Wall} wall
 */
export function spoken(piece, place, { number, task }) {
  const parts = [piece.name ?? `run ${place}`, `${number.title} ${numberOf(piece.value, number.form)}`];
  if (piece.seed !== null) parts.push(`seed ${piece.seed}`);
  if (task) parts.push(piece.met === true ? "task met" : "task not met");
  parts.push(piece.offered ? "can be put on the screen" : "not offered for the screen");
  return parts.join(", ");
}

/** What the wall is, in a line. @param {Wall} wall @param {Piece[]} pieces */
export function told({ number, shape, task }, pieces) {
  const parts = [shape === "map" ? number.title : `loss along the run, log scale; ${number.title}`];
  if (pieces.length > 0 && new Set(pieces.map(({ seed }) => seed)).size === pieces.length) parts.push("one seed each");
  if (task) parts.push("✓ has met the task");
  if (pieces.some(({ offered }) => offered)) parts.push("press one to put it on the screen");
  if (pieces.every(({ name }) => name === null)) parts.push("names hidden");
  return parts.join(" · ");
}
