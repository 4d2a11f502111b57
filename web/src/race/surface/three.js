/** The surface that is raced on in three dimensions: the lanes' paths lie on it. */

/** @import { Plane } from "../../catalog.js" */
/** @import { FrameOf } from "../../channels.js" */
/** @import { AppState } from "../../types.js" */

import { formatCount, formatExact, toNumber } from "../../toolkit/maths.js";
import { raceFrameOf } from "../frames.js";
import { colourOf, isDashed, isSquare } from "../lanes/lanes.js";
import { heightOf, heightTitle } from "../scene/heights.js";
import { surfaceNames } from "./names.js";
import { lengthAt } from "./trails.js";

/**
 * Whether a ground is of the part that is asked for: the flat picture has more of it, as much as its panel has room for.
 * @param {FrameOf<"race_surface">} ground
 * @param {Plane | null} plane
 */
function isAsked({ arrays: { x, y }, meta }, plane) {
  const same = (/** @type {ArrayLike<number>} */ values, /** @type {[number, number]} */ [low, high]) =>
    Math.abs(values[0] - low) + Math.abs(values[values.length - 1] - high) < 1e-6 * (high - low);
  const [xs, ys] = plane ?? meta.domain;
  return same(x.data, xs) && same(y.data, ys);
}

/** @type {import("../scene/view.js").Told} */
export const surfaceInThree = {
  testid: "race-3d",
  label: "The surface in three dimensions",
  known(state) {
    const frame = raceFrameOf(state, "race_surface");
    if (!state.race || !frame || !isAsked(frame, state.raceLook.plane)) return null;
    return [frame, state.trails, state.race, state.raceLook.lane, state.catalog, raceFrameOf(state, "race_fan")];
  },
  scene(state) {
    const { race, trails, theme } = state;
    const ground = raceFrameOf(state, "race_surface");
    if (!race || !ground) throw new Error("no surface to draw");
    const up = heightOf(ground.meta);
    const names = surfaceNames(state);
    const lanes = race.lanes.flatMap((lane) => {
      const trail = trails?.race === race.race ? trails.lanes.get(lane.id) : null;
      if (!trail || !trails) return [];
      const way = {
        key: trail,
        length: lengthAt(trail, trails.step),
        x: (/** @type {number} */ i) => trail.points[2 * i],
        y: (/** @type {number} */ i) => trail.points[2 * i + 1],
        height: (/** @type {number} */ i) => up(trail.losses[i]),
      };
      const look = {
        colour: colourOf(lane, theme),
        dashed: isDashed(lane),
        square: isSquare(lane),
        chosen: lane.id === state.raceLook.lane,
      };
      return [{ id: lane.id, name: names.get(lane.id) ?? "", ...look, way }];
    });
    const minima = ground.meta.minima.map(({ x, y, level, kind }) => ({ kind, x, y, height: toNumber(level) }));
    const start = race.start
      ? [{ kind: /** @type {const} */ ("start"), x: race.start[0], y: race.start[1], height: null }]
      : [];
    return {
      ground,
      heights: ground.meta,
      contours: ground.meta.contours.map(up),
      lies: true,
      lanes,
      marks: [...start, ...minima],
      many: manyOf(state),
      titles: ["x", "y", heightTitle(ground.meta, "f")],
      revision: `${race.race} ${race.spec.surface.name}`,
      drawn: trails?.step ?? 0,
    };
  },
  words(state, lane, step) {
    const trail = state.trails?.lanes.get(lane);
    if (!trail) return null;
    const [x, y, loss] = [trail.points[2 * step], trail.points[2 * step + 1], trail.losses[step]];
    const name = surfaceNames(state).get(lane) ?? "";
    const words = `${name}, step ${formatCount(step)}\nx ${formatExact(x)}\ny ${formatExact(y)}\nf ${formatExact(loss)}`;
    return { words, data: { step, x, y, loss } };
  },
};

/** One lane's paths from many starts, if there are any. @param {AppState} state */
function manyOf(state) {
  const frame = raceFrameOf(state, "race_fan");
  const lane = state.race?.lanes.find(({ id }) => id === frame?.meta.lane);
  if (!frame || !lane) return undefined;
  const { points, steps } = frame.arrays;
  const [paths, kept] = points.shape;
  const step = state.trails?.step ?? 0;
  let end = 1;
  while (end < kept && steps.data[end] <= step) end++;
  return { points: points.data, paths, kept, end, colour: colourOf(lane, state.theme) };
}
