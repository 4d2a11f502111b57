/**
 * The maps inside the diagram's units. All of them go into one picture, so that a frame costs one transfer of pixels and one
 * clip, however many units there are.
 */

/** @import { Frame as WireFrame } from "../../types.js" */
/** @import { Box } from "./layout.js" */

import { fillLevels } from "../../toolkit/colours.js";
import { h } from "../../toolkit/dom.js";

/** Maps in a row of the picture: neither side of it grows beyond what a canvas may have. */
const ACROSS = 16;

/**
 * @typedef {object} MapPlace  A unit's map and where it is shown.
 * @property {Box} box
 * @property {number} place  its number in the frame
 * @property {Uint32Array} table  what its levels look like
 */

export function mapPainter() {
  const atlas = h("canvas");
  /** @type {ImageData | null} */
  let image = null;

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {WireFrame} frame  of the channel maps or inputs
   * @param {MapPlace[]} places
   * @param {number} radius  of the corners
   */
  return (context, frame, places, radius) => {
    if (places.length === 0) return;
    const { data, shape } = frame.arrays.maps;
    const [, rows, columns] = shape;
    const width = columns * Math.min(ACROSS, places.length);
    const height = rows * Math.ceil(places.length / ACROSS);
    const source = /** @type {CanvasRenderingContext2D} */ (atlas.getContext("2d"));
    if (image?.width !== width || image.height !== height) {
      atlas.width = width;
      atlas.height = height;
      image = source.createImageData(width, height);
    }
    const pixels = new Uint32Array(image.data.buffer);
    const corner = (/** @type {number} */ i) => [(i % ACROSS) * columns, Math.floor(i / ACROSS) * rows];
    places.forEach(({ place, table }, i) => {
      const [left, top] = corner(i);
      fillLevels(pixels, top * width + left, width, data, place * rows * columns, columns, rows, table);
    });
    source.putImageData(image, 0, 0);
    context.save();
    context.beginPath();
    for (const { box } of places) context.roundRect(box.x, box.y, box.width, box.height, radius);
    context.clip();
    places.forEach(({ box }, i) => {
      const [left, top] = corner(i);
      context.drawImage(atlas, left, top, columns, rows, box.x, box.y, box.width, box.height);
    });
    context.restore();
  };
}
