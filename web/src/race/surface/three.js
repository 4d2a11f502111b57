/** The surface that is raced on in three dimensions, with the lanes' trails. */

import { raceFrameOf } from "../frames.js";
import { heightOf } from "../plots/three.js";
import { lengthAt } from "./trails.js";

/** Points of a trail, at most: more cannot be told apart. */
const MOST = 400;

/** @type {import("../plots/three.js").Told} */
export const surfaceInThree = {
  named: "race_3d",
  testid: "race-3d",
  label: "The surface in three dimensions",
  known(state) {
    const frame = raceFrameOf(state, "race_surface");
    return state.race && frame ? [frame, state.trails, state.race.change] : null;
  },
  scene(state) {
    const { race, trails } = state;
    const ground = raceFrameOf(state, "race_surface");
    if (!race || !ground) throw new Error("no surface to draw");
    const [xs, ys] = ground.meta.domain;
    const up = heightOf(ground.meta);
    const lanes = race.lanes.flatMap((lane) => {
      const trail = trails?.race === race.race ? trails.lanes.get(lane.id) : null;
      if (!trail || !trails) return [];
      const end = lengthAt(trail, trails.step);
      const stride = Math.max(1, Math.ceil(end / MOST));
      /** @type {(number | null)[][]} */
      const way = [[], [], []];
      for (let i = 0; i < end; i = i === end - 1 ? end : Math.min(end - 1, i + stride)) {
        const [px, py] = [trail.points[2 * i], trail.points[2 * i + 1]];
        const inside = px >= xs[0] && px <= xs[1] && py >= ys[0] && py <= ys[1];
        way[0].push(inside ? px : null);
        way[1].push(inside ? py : null);
        way[2].push(inside ? up(trail.losses[i]) : null);
      }
      return [{ lane, way }];
    });
    return {
      ground,
      lanes,
      titles: ["x", "y", ground.meta.colour === "log" ? "log₁₀(f − least)" : "f"],
      uirevision: `${race.race}`,
      drawn: trails?.step ?? 0,
    };
  },
};
