/** What stands on the ground: a ball for every lane, the start, minima, many starts; each as the graphics card takes it. */

/** @import { Box } from "./box.js" */
/** @import { Point } from "./matrices.js" */
/** @import { Relief } from "./relief.js" */
/** @import { Picture } from "./scene.js" */
/** @import { Track } from "./tracks.js" */
/** @import { Unit } from "./webgl/painter.js" */

import { rgbOf } from "../../toolkit/colours.js";
import { dot } from "./matrices.js";
import { BALL, CUBE, HOLLOW_STAR, RING, STAR } from "./webgl/shaders.js";

/** Radii in CSS pixels. */
const [HEAD, CHOSEN] = [7.5, 9.5];
const MARKS = /** @type {const} */ ({ start: [RING, 6], another: [RING, 2], global: [STAR, 9], local: [HOLLOW_STAR, 9] });
const CALM = matchMedia("(prefers-reduced-motion: reduce)");

/**
 * @typedef {{place: Point, numbers: number[]}} Standing
 * @typedef {{id: number, name: string, centre: Point, radius: number, standing: Standing | null}} Ball
 */

/** A colour as the card takes it. @param {string} colour @returns {Unit} */
export function unit(colour) {
  const [red, green, blue] = rgbOf(colour);
  return [red / 255, green / 255, blue / 255];
}

/** Start and minima, where they lie in the box. @param {Picture} picture @param {Box} box @param {Relief} relief */
export function marksOf(picture, box, relief) {
  return picture.marks.flatMap(({ kind, x, y, height }) => {
    const place = box.place(x, y, height ?? NaN);
    const ground = relief.at(place[0], place[1]);
    if (height === null || (picture.lies && ground > place[2])) place[2] = ground;
    return place.every(Number.isFinite) && box.reaches(place) ? [{ kind, place }] : [];
  });
}

/** @param {keyof typeof MARKS} kind @param {Point} place @param {string} colour @param {number} scale @returns {Standing} */
export function markAt(kind, place, colour, scale) {
  const [shape, radius] = MARKS[kind];
  return { place, numbers: [...place, ...unit(colour), shape, radius * scale, 0, 0, 0] };
}

/**
 * A ball where each lane stands, which has rolled as far as its path is long; of one that went too far only the name.
 * @param {Picture} picture
 * @param {Map<number, Track>} tracks
 * @param {Point[]} axes  to the right and upwards
 * @param {number} scale
 * @param {number} pixel  of the box
 * @returns {Ball[]}
 */
export function ballsOf({ lanes }, tracks, [right, up], scale, pixel) {
  return lanes.flatMap(
    /** @returns {Ball[]} */ (lane) => {
      const track = tracks.get(lane.id);
      const place = track?.head;
      if (!track || !place) return [];
      if (track.beyond) return [{ id: lane.id, name: `${lane.name}, outside`, centre: place, radius: 0, standing: null }];
      const radius = (lane.chosen ? CHOSEN : HEAD) * scale;
      const centre = /** @type {Point} */ ([place[0], place[1], place[2] + radius * pixel]);
      const [across, over] = [dot(track.heading, right), dot(track.heading, up)];
      const length = CALM.matches ? 0 : Math.hypot(across, over);
      const rolled = length > 0 ? [across / length, over / length, track.length / (radius * pixel)] : [0, 0, 0];
      const numbers = [...place, ...unit(lane.colour), lane.square ? CUBE : BALL, radius, ...rolled];
      return [{ id: lane.id, name: lane.name, centre, radius, standing: { place, numbers } }];
    },
  );
}

/** All of them, the furthest first. @param {Standing[]} standing @param {(place: Point) => {depth: number}} project */
export function numbersOf(standing, project) {
  return new Float32Array(
    standing.sort((a, b) => project(b.place).depth - project(a.place).depth).flatMap(({ numbers }) => numbers),
  );
}
