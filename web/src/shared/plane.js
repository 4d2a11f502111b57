/**
 * Where a picture shows a plane: each says so on its canvas, and whoever lays something over it reads it there, and is told when
 * that changes: pictures are drawn anew with their size, too, when nothing else is painted.
 */

/** Of the document: a picture shows another plane, or elsewhere. */
export const PLANE_MOVED = "plane-moved";

/**
 * @typedef {object} Placed
 * @property {number} left  in pixels of the picture
 * @property {number} top
 * @property {number} width
 * @property {number} height
 * @property {[number, number]} xs  the plane's own numbers
 * @property {[number, number]} ys
 *
 * @typedef {Placed & {canvas: HTMLCanvasElement}} Shown  `left` and `top` as what lies over the picture is placed
 */

/** @param {HTMLCanvasElement} canvas @param {Placed} placed */
export function tellPlane(canvas, { left, top, width, height, xs, ys }) {
  const told = JSON.stringify([left, top, width, height, xs, ys]);
  if (canvas.dataset.plane === told) return;
  canvas.dataset.plane = told;
  document.dispatchEvent(new Event(PLANE_MOVED));
}

/** The plane of the room that one is in; null where none is seen. @returns {Shown | null} */
export function planeShown() {
  for (const canvas of document.querySelectorAll("canvas[data-plane]")) {
    if (!(canvas instanceof HTMLCanvasElement) || !canvas.checkVisibility()) continue;
    const [left, top, width, height, xs, ys] = JSON.parse(canvas.dataset.plane ?? "[]");
    return { canvas, left: canvas.offsetLeft + left, top: canvas.offsetTop + top, width, height, xs, ys };
  }
  return null;
}
