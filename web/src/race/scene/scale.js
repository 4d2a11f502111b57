/** Which colour a height has, and between which contours it lies: as much of the colours between two as between the next two. */

/** @import { Rgb } from "../../toolkit/colours.js" */
/** @import { Range } from "./box.js" */

import { colourAt } from "../ground/scale.js";

/**
 * @param {number[]} contours  heights, rising
 * @param {Range} range  of all heights
 * @param {Rgb[]} colours  from low to high
 */
export function scaleOf(contours, [low, high], colours) {
  const edges = [low, ...contours.filter((each) => each > low && each < high), high];
  const bands = edges.length - 1;
  /** The number of the band, and how far into it. @param {number} height */
  const band = (height) => {
    if (!(high > low)) return 0.5;
    let [first, last] = [0, bands];
    while (last - first > 1) {
      const middle = (first + last) >> 1;
      if (edges[middle] <= height) first = middle;
      else last = middle;
    }
    return first + (height - edges[first]) / (edges[last] - edges[first]);
  };
  return {
    /** A little inside at both ends, so that no contour is drawn there. @param {number} height */
    band: (height) => Math.max(0.02, Math.min(bands - 0.02, band(height))),
    /** @param {number} height */
    tint: (height) => colourAt(colours, band(height) / bands),
  };
}
