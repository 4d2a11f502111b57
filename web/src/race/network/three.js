/** The network's loss over a plane in three dimensions: a lane is as high as its own loss, and may float above what lies below. */

import { heightOf } from "../plots/three.js";
import { networkFrameOf } from "../frames.js";
import { trajectoriesOf } from "./trajectories.js";

/** @type {import("../plots/three.js").Told} */
export const networkInThree = {
  named: "network_3d",
  testid: "network-3d",
  label: "The loss over a plane through the parameters, in three dimensions",
  known(state) {
    const [ground, moving] = [networkFrameOf(state, "network_surface"), networkFrameOf(state, "network_ways")];
    return state.network && ground ? [ground, moving, state.network.change] : null;
  },
  scene(state) {
    const { network } = state;
    const [ground, moving] = [networkFrameOf(state, "network_surface"), networkFrameOf(state, "network_ways")];
    if (!network || !ground) throw new Error("no landscape to draw");
    const up = heightOf({ ...ground.meta, colour: "log" });
    const trajectories = moving && moving.meta.chart === ground.meta.chart ? trajectoriesOf(moving) : [];
    const lanes = network.lanes.flatMap((lane) => {
      const found = trajectories.find(({ id }) => id === lane.id);
      if (!found) return [];
      const { a, b, true_loss: own, slice_loss: below } = found.columns;
      // What is not measured yet is left out: the line goes on to the next point that is.
      const known = a.flatMap((_, i) => (Number.isFinite(own[i]) && Number.isFinite(below[i]) ? [i] : []));
      if (known.length === 0) return [];
      const way = [known.map((i) => a[i]), known.map((i) => b[i]), known.map((i) => up(own[i]))];
      const head = /** @type {number} */ (known.at(-1));
      return [{ lane, way, drop: /** @type {[number, number]} */ ([up(own[head]), up(below[head])]) }];
    });
    const { names, chart } = ground.meta;
    return {
      ground,
      lanes,
      titles: [names[0], names[1], "log loss"],
      uirevision: `${ground.run}-${chart}`,
      drawn: moving?.step ?? 0,
    };
  },
};
