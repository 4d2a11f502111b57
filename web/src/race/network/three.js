/** The network's loss over a plane in three dimensions: a lane is as high as its own loss, and may float above what lies below. */

/** @import { FrameOf } from "../../channels.js" */
/** @import { AppState } from "../../types.js" */
/** @import { Trajectory } from "./trajectories.js" */

import { formatCount, formatExact, formatNumber } from "../../toolkit/maths.js";
import { networkFrameOf } from "../frames.js";
import { colourOf, isDashed, isSquare } from "../lanes/lanes.js";
import { heightOf, heightTitle } from "../scene/heights.js";
import { networkNames } from "./names.js";
import { trajectoriesOf } from "./trajectories.js";

/** The lanes' points on the plane that is shown, of each those alone whose losses are measured. @param {AppState} state */
function measured(state) {
  const [ground, moving] = [networkFrameOf(state, "network_surface"), networkFrameOf(state, "network_ways")];
  if (!ground || !moving || moving.meta.chart !== ground.meta.chart) return [];
  return trajectoriesOf(moving).flatMap((trajectory) => {
    const { true_loss: own, slice_loss: below } = trajectory.columns;
    const known = own.flatMap((_, i) => (Number.isFinite(own[i]) && Number.isFinite(below[i]) ? [i] : []));
    return known.length > 0 ? [{ ...trajectory, known, key: moving }] : [];
  });
}

/** @type {import("../scene/view.js").Told} */
export const networkInThree = {
  testid: "network-3d",
  label: "The loss over a plane through the parameters, in three dimensions",
  known(state) {
    const [ground, moving] = [networkFrameOf(state, "network_surface"), networkFrameOf(state, "network_ways")];
    return state.network && ground ? [ground, moving, state.network, state.networkLook.lane, state.catalog] : null;
  },
  scene(state) {
    const { network, theme } = state;
    const [ground, moving] = [networkFrameOf(state, "network_surface"), networkFrameOf(state, "network_ways")];
    if (!network || !ground) throw new Error("no landscape to draw");
    const heights = { ...ground.meta, colour: /** @type {const} */ ("log") };
    const up = heightOf(heights);
    const names = networkNames(state);
    const trajectories = measured(state);
    const lanes = network.lanes.flatMap((lane) => {
      const found = trajectories.find(({ id }) => id === lane.id);
      if (!found) return [];
      const { known, key } = found;
      const { a, b, true_loss: own, slice_loss: below } = found.columns;
      const way = {
        key,
        length: known.length,
        x: (/** @type {number} */ i) => a[known[i]],
        y: (/** @type {number} */ i) => b[known[i]],
        height: (/** @type {number} */ i) => up(own[known[i]]),
      };
      const head = known[known.length - 1];
      const look = {
        colour: colourOf(lane, theme),
        dashed: isDashed(lane),
        square: isSquare(lane),
        chosen: lane.id === state.networkLook.lane,
      };
      const drop = /** @type {[number, number]} */ ([up(own[head]), up(below[head])]);
      return [{ id: lane.id, name: names.get(lane.id) ?? "", ...look, way, drop }];
    });
    return {
      ground,
      heights,
      contours: ground.meta.contours.map(up),
      lies: false,
      lanes,
      marks: marksOf(moving, trajectories, up),
      titles: [...ground.meta.names, heightTitle(heights, "loss")],
      revision: `${ground.run} ${ground.meta.chart}`,
      drawn: moving?.step ?? 0,
    };
  },
  words(state, lane, index) {
    const found = measured(state).find(({ id }) => id === lane);
    if (!found) return null;
    const i = found.known[index];
    const { a, b, off, true_loss: own, slice_loss: below } = found.columns;
    const words = [
      `${networkNames(state).get(lane) ?? ""}, step ${formatCount(found.steps[i])}`,
      `its loss ${formatExact(own[i])}`,
      `the plane’s below it ${formatExact(below[i])}`,
      `${formatNumber(off[i], 3)} off the plane`,
    ];
    return { words: words.join("\n"), data: { step: found.steps[i], a: a[i], b: b[i], loss: own[i] } };
  },
};

/** Where the lanes begin, and the slice's minima. @param {FrameOf<"network_ways"> | null} moving @param {Trajectory[]} trajectories @param {(loss: number) => number} up */
function marksOf(moving, trajectories, up) {
  const [first] = trajectories;
  const minima = moving?.meta.minima;
  /** @type {import("../scene/scene.js").SceneMark[]} */
  const marks = [];
  if (first)
    marks.push({ kind: "start", x: first.columns.a[0], y: first.columns.b[0], height: up(first.columns.true_loss[0]) });
  if (minima)
    for (const [kind, [x, y, loss]] of /** @type {const} */ ([
      ["local", minima.reached],
      ["global", minima.lowest],
    ]))
      marks.push({ kind, x, y, height: up(loss) });
  return marks;
}
