/** The paths of one lane from many starts, on a canvas below the trails: as far as the race stands. */

/** @import { FrameOf } from "../../channels.js" */
/** @import { AppState } from "../../types.js" */
/** @import { Plane } from "../plots/plane.js" */

import { palette } from "../../toolkit/colours.js";
import { h, memo, prepareCanvas } from "../../toolkit/dom.js";
import { formatCount } from "../../toolkit/maths.js";
import { raceFrameOf } from "../frames.js";
import { colourOf } from "../lanes/lanes.js";
import { clip } from "../plots/drawing.js";

const DOT = 3;

export function fanPaths() {
  const element = h("canvas", { class: "race-canvas", aria: { hidden: true }, data: { testid: "race-fan" } });
  /** @type {CanvasRenderingContext2D | null} */
  let context = null;
  /** Points of each path that are drawn. */
  let drawn = 0;
  const again = memo();
  return {
    element,
    /** @param {AppState} state @param {Plane} plane @param {number} width @param {number} height */
    paint(state, plane, width, height) {
      const frame = raceFrameOf(state, "race_fan");
      const lane = state.race?.lanes.find(({ id }) => id === frame?.meta.lane);
      if (!frame || !lane) {
        if (drawn > 0) element.width = 0;
        drawn = 0;
        setCount(element, 0, 0);
        again(null);
        return;
      }
      const { steps } = frame.arrays;
      const step = state.trails?.step ?? 0;
      let end = 1;
      while (end < steps.data.length && steps.data[end] <= step) end++;
      const colour = colourOf(lane, state.theme);
      if (again(frame, plane, width, height, colour, window.devicePixelRatio) || end < drawn || !context) {
        context = prepareCanvas(element, width, height);
        drawn = 0;
      }
      if (end === drawn) return;
      const { paper } = palette(state.theme);
      clip(context, plane, () =>
        stroke(/** @type {CanvasRenderingContext2D} */ (context), plane, frame, drawn, end, colour, paper),
      );
      drawn = end;
      setCount(element, frame.arrays.points.shape[0], end);
    },
  };
}

/** @param {HTMLElement} element @param {number} paths @param {number} points */
function setCount(element, paths, points) {
  element.dataset.paths = String(paths);
  element.dataset.points = String(points);
}

/**
 * All paths from one kept point to another in one stroke; their starts as dots.
 * @param {CanvasRenderingContext2D} context
 * @param {Plane} plane
 * @param {FrameOf<"race_fan">} frame
 * @param {number} from
 * @param {number} to
 * @param {string} colour
 * @param {string} paper
 */
function stroke(context, { px, py }, { arrays: { points } }, from, to, colour, paper) {
  const [count, kept] = points.shape;
  const bound = (/** @type {number} */ value) => Math.max(-1e5, Math.min(1e5, value));
  context.strokeStyle = colour;
  context.lineWidth = 1.25;
  context.lineJoin = "round";
  context.beginPath();
  for (let path = 0; path < count; path++) {
    let pen = false;
    for (let i = Math.max(0, from - 1); i < to; i++) {
      const at = 2 * (path * kept + i);
      const [x, y] = [bound(px(points.data[at])), bound(py(points.data[at + 1]))];
      if (x !== x || y !== y) break;
      if (pen) context.lineTo(x, y);
      else context.moveTo(x, y);
      pen = true;
    }
  }
  context.stroke();
  if (from > 0) return;
  context.fillStyle = paper;
  for (let path = 0; path < count; path++) {
    context.beginPath();
    context.arc(px(points.data[2 * path * kept]), py(points.data[2 * path * kept + 1]), DOT, 0, 7);
    context.fill();
    context.stroke();
  }
}

/** What has become of them at the race's end. @param {FrameOf<"race_fan"> | null} frame @param {string} name  of the lane */
export function fanWords(frame, name) {
  if (!frame || frame.meta.lane === null) return "";
  const { points, arrived } = frame.arrays;
  const [count, kept] = points.shape;
  let there = 0;
  for (const step of arrived.data) there += Number(step >= 0);
  let left = 0;
  for (let path = 0; path < count; path++) left += Number(Number.isNaN(points.data[2 * (path * kept + kept - 1)]));
  const parts = [
    `${formatCount(there)} arrive`,
    `${formatCount(count - there - left)} end elsewhere`,
    `${formatCount(left)} leave`,
  ];
  return `${formatCount(count)} ${count === 1 ? "start" : "starts"} of ${name}: ${parts.join(", ")}`;
}
