/** One piece of the wall: a picture, its number, and whether it may be put on the screen. It is drawn when it has changed. */

/** @import { Palette } from "../../toolkit/colours.js" */
/** @import { Piece, Wall } from "./types.js" */

import { h, setAttribute, setText } from "../../toolkit/dom.js";
import { drawPiece } from "./draw.js";
import { exactOf, numberOf, spoken } from "./words.js";

/** @param {Piece["member"]} member @param {(member: Piece["member"]) => void} press */
export function tileOf(member, press) {
  const canvas = h("canvas", { class: "wall-picture", aria: { hidden: true } });
  const value = h("span", { class: "wall-value" });
  const met = h("span", { class: "wall-met" }, "✓");
  const name = h("span", { class: "wall-name" });
  const element = h(
    "button",
    { type: "button", class: "wall-piece", tabindex: -1, data: { member }, onclick: () => press(member) },
    canvas,
    h("span", { class: "wall-words", aria: { hidden: true } }, value, met, name),
  );
  return {
    element,
    /**
     * @param {Piece} piece
     * @param {number} place  counted from 1
     * @param {Wall} wall
     * @param {boolean} up  it is on the screen
     */
    tell(piece, place, wall, up) {
      setText(value, numberOf(piece.value, wall.number.form));
      setAttribute(value, "data-value", exactOf(piece.value));
      met.hidden = !(wall.task && piece.met === true);
      name.hidden = piece.name === null;
      setText(name, piece.name ?? "");
      element.dataset.offered = String(piece.offered);
      setAttribute(element, "aria-pressed", piece.offered ? String(up) : null);
      setAttribute(element, "aria-disabled", piece.offered ? null : "true");
      setAttribute(element, "aria-label", spoken(piece, place, wall));
    },
    /** @param {Piece} piece @param {Wall["shape"]} shape @param {Palette} colours @param {[number, number] | null} span */
    draw(piece, shape, colours, span) {
      canvas.dataset.shape = shape;
      drawPiece(canvas, piece, shape, colours, span);
    },
  };
}
