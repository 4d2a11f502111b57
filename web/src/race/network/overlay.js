/** What moves over the network's loss: the lanes' trajectories on the plane, heads, the slope along the plane, the slice's minima. */

/** @import { FrameOf } from "../../channels.js" */
/** @import { AppState } from "../../types.js" */
/** @import { Plane } from "../plots/plane.js" */
/** @import { NetworkLane } from "./types.js" */
/** @import { Trajectory } from "./trajectories.js" */

import { palette } from "../../toolkit/colours.js";
import { h, prepareCanvas } from "../../toolkit/dom.js";
import { labelPainter } from "../ground/labels.js";
import { colourOf, isSquare } from "../lanes/lanes.js";
import { patternOf } from "../lanes/looks.js";
import { ARROW, arrow, clip, head, leftTheFrame, star } from "../plots/drawing.js";
import { shows } from "../plots/plane.js";
import { networkNames } from "./names.js";

/** From this share of its way off the plane a head is drawn hollow: what the picture shows of it is not where it is. */
const HOLLOW = 0.5;

export function networkOverlay() {
  const canvas = h("canvas", { class: "race-canvas", aria: { hidden: true }, data: { testid: "network-heads" } });
  const label = labelPainter();
  return {
    element: canvas,
    /**
     * @param {AppState} state
     * @param {FrameOf<"network_ways">} frame
     * @param {Trajectory[]} trajectories
     * @param {Plane} plane
     * @param {number} width
     * @param {number} height
     * @param {import("../ground/labels.js").Box[]} words  that stand on the ground
     */
    paint(state, frame, trajectories, plane, width, height, words) {
      const { network, networkLook, theme } = state;
      const context = prepareCanvas(canvas, width, height);
      if (!network) return;
      const colours = palette(theme);
      const found = network.lanes.flatMap((lane) => {
        const row = trajectories.findIndex(({ id }) => id === lane.id);
        return row < 0 ? [] : [{ lane, way: trajectories[row], row }];
      });
      clip(context, plane, () => {
        for (const { lane, way } of found) trail(context, plane, way, lane, theme, lane.id === networkLook.lane ? 3 : 2);
      });
      const { minima } = frame.meta;
      if (minima) {
        for (const [[x, y], whole] of /** @type {const} */ ([
          [minima.reached, false],
          [minima.lowest, true],
        ])) {
          if (shows(plane, x, y)) star(context, plane.px(x), plane.py(y), whole, colours);
        }
      }
      const taken = [...words];
      const names = networkNames(state);
      /** @type {import("../ground/labels.js").Label[]} */
      const labels = [];
      const slopes = frame.arrays.slopes.data;
      const longest = Math.max(
        ...found.map(({ row }) => Math.hypot(slopes[2 * row], slopes[2 * row + 1])).filter(Number.isFinite),
        0,
      );
      for (const { lane, way, row } of [...found].reverse()) {
        const last = way.steps.length - 1;
        const [x, y] = [way.columns.a[last], way.columns.b[last]];
        const colour = colourOf(lane, theme);
        if (!shows(plane, x, y)) {
          leftTheFrame(context, plane, x, y, way.columns.true_loss[last], colour, colours, taken, names.get(lane.id));
          continue;
        }
        const [gx, gy] = [slopes[2 * row], slopes[2 * row + 1]];
        const size = Math.hypot(gx, gy);
        const [hx, hy] = [plane.px(x), plane.py(y)];
        if (size > 0 && Number.isFinite(size)) {
          const [dx, dy] = [plane.px(x - gx) - hx, plane.py(y - gy) - hy];
          const scale = (ARROW * (0.35 + 0.65 * (size / longest))) / Math.hypot(dx, dy);
          arrow(context, hx, hy, dx * scale, dy * scale, colours.ink2, 1.5, [3, 2]);
        }
        head(
          context,
          hx,
          hy,
          way.columns.residual[last] > HOLLOW ? colours.panel : colour,
          way.columns.residual[last] > HOLLOW ? colour : colours.paper,
          isSquare(lane),
          lane.id === networkLook.lane ? 7 : 5.5,
        );
        labels.unshift({ id: lane.id, text: names.get(lane.id) ?? "", x: hx, y: hy });
      }
      // Where all are at one place, a name says nothing.
      if (labels.every(({ x, y }) => x === labels[0].x && y === labels[0].y)) return;
      const heads = labels.map(({ x, y }) => ({ x: x - 7, y: y - 7, width: 14, height: 14 }));
      label(context, plane, labels, [...taken, ...heads], colours);
    },
  };
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Plane} plane
 * @param {Trajectory} way
 * @param {NetworkLane} lane
 * @param {string} theme
 * @param {number} width
 */
function trail(context, { px, py }, { columns }, lane, theme, width) {
  const at = (/** @type {number} */ value) => Math.max(-1e5, Math.min(1e5, value));
  context.lineJoin = "round";
  context.beginPath();
  columns.a.forEach((a, i) => {
    const [x, y] = [at(px(a)), at(py(columns.b[i]))];
    if (Number.isFinite(x) && Number.isFinite(y)) context.lineTo(x, y);
  });
  // A casing, so that it reads on every ground.
  context.strokeStyle = palette(theme).paper;
  context.lineWidth = width + 3;
  context.stroke();
  context.strokeStyle = colourOf(lane, theme);
  context.lineWidth = width;
  context.setLineDash(patternOf(lane));
  context.stroke();
  context.setLineDash([]);
}

/**
 * The point of a way nearest to a place on the screen, where one is near.
 * @param {Trajectory[]} trajectories
 * @param {Plane} plane
 * @param {number} x
 * @param {number} y
 */
export function nearestPoint(trajectories, plane, x, y, reach = 16) {
  let [best, found] = [reach * reach, /** @type {{way: Trajectory, index: number} | null} */ (null)];
  for (const way of trajectories) {
    for (let i = 0; i < way.steps.length; i++) {
      const far = (plane.px(way.columns.a[i]) - x) ** 2 + (plane.py(way.columns.b[i]) - y) ** 2;
      if (far <= best) [best, found] = [far, { way, index: i }];
    }
  }
  return found;
}
