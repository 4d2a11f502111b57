/** The run that was put on the screen, as large as the room sees it: its owner offered it, and its name is not told. */

/** @import { Palette } from "../../toolkit/colours.js" */
/** @import { Piece, PutUp, Wall } from "./types.js" */

import { h, setAttribute, setText } from "../../toolkit/dom.js";
import { drawPiece } from "./draw.js";
import { exactOf, numberOf } from "./words.js";

/** @param {() => void} takeDown */
export function putUpView(takeDown) {
  const canvas = h("canvas", { class: "put-up-picture", role: "img" });
  const value = h("p", { class: "put-up-value", data: { testid: "put-up-value" } });
  const words = h("p", { class: "put-up-words" });
  const open = h(
    "a",
    { class: "text-button put-up-open", target: "_blank", rel: "noopener", data: { testid: "put-up-open" } },
    "open this run",
  );
  const element = h(
    "section",
    { class: "put-up", hidden: true, aria: { label: "A run of the class" }, data: { testid: "put-up" } },
    canvas,
    h(
      "div",
      { class: "put-up-side" },
      value,
      words,
      h(
        "div",
        { class: "put-up-buttons" },
        open,
        h(
          "button",
          { type: "button", class: "quiet-button", data: { testid: "take-down" }, onclick: takeDown },
          "take it down",
        ),
      ),
    ),
  );
  return {
    element,
    /** @param {PutUp | null} up @param {Wall} wall @param {Piece | undefined} piece @param {Palette} colours @param {[number, number] | null} span */
    show(up, wall, piece, colours, span) {
      element.hidden = up === null;
      if (!up) return;
      const seen = piece?.value ?? up.value;
      setText(value, numberOf(seen, wall.number.form));
      setAttribute(value, "data-value", exactOf(seen));
      const parts = [wall.number.title];
      if (up.seed !== null) parts.push(`seed ${up.seed}`);
      if (wall.task && up.met !== null) parts.push(up.met ? "the task is met" : "the task is not met yet");
      setText(words, parts.join(" · "));
      open.hidden = up.link === null;
      setAttribute(open, "href", up.link);
      canvas.hidden = !piece;
      setAttribute(canvas, "aria-label", wall.shape === "map" ? "Its decision map" : "Its loss along the run");
      if (piece) drawPiece(canvas, piece, wall.shape, colours, span);
    },
  };
}
