/** A colour for every height: as much of the colours between two contours as between the next two. */

/** @import { Rgb } from "../../toolkit/colours.js" */
/** @import { Grid } from "./refine.js" */

import { mix, pack } from "../../toolkit/colours.js";

/** The least of the heights, the contours, the highest: colours are evenly apart there. @param {Grid} grid @param {number[]} contours */
export function edgesOf({ heights }, contours) {
  let [low, high] = [contours[0] ?? Infinity, contours[contours.length - 1] ?? -Infinity];
  for (let i = 0; i < heights.length; i++) {
    const height = heights[i];
    if (height < low && height > -Infinity) low = height;
    if (height > high && height < Infinity) high = height;
  }
  return [low, ...contours, high];
}

/** Colours between those that a scale is given by. @param {Rgb[]} colours @param {number} t  0 to 1 @returns {Rgb} */
export function colourAt(colours, t) {
  const place = Math.max(0, Math.min(1, t)) * (colours.length - 1);
  const first = Math.min(colours.length - 2, Math.floor(place));
  return mix(colours[first], colours[first + 1], place - first);
}

const SHADES = 512;

/** Of a place on the scale, 0 to 1, the pixel. @param {Rgb[]} colours @returns {(t: number) => number} */
export function shadesOf(colours) {
  const table = Uint32Array.from({ length: SHADES }, (_, i) => pack(colourAt(colours, i / (SHADES - 1))));
  return (t) => table[Math.max(0, Math.min(SHADES - 1, Math.round(t * (SHADES - 1))))];
}
