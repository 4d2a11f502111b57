/** What the told lane's next update is made of, at its head: what it remembers of past gradients, and what each coordinate is divided by. */

/** @import { FrameOf } from "../../channels.js" */
/** @import { AppState } from "../../types.js" */
/** @import { Palette } from "../../toolkit/colours.js" */
/** @import { Plane } from "../plots/plane.js" */

import { toNumber } from "../../toolkit/maths.js";
import { raceFrameOf } from "../frames.js";
import { ARROW, arrow } from "../plots/drawing.js";

/** Half of the longer bar of the cross that stands for the scale, in pixels. */
const BAR = 30;

/** @param {FrameOf<"race_arrows">} frame @param {string} role */
export function partOf(frame, role) {
  const found = frame.meta.arrows.find((each) => each.role === role);
  const [x, y] = [toNumber(found?.x), toNumber(found?.y)];
  return found && x !== null && y !== null && Number.isFinite(x) && Number.isFinite(y) ? { ...found, x, y } : null;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Plane} plane
 * @param {AppState} state
 * @param {number} lane  whose head it is
 * @param {number} hx
 * @param {number} hy
 * @param {Palette} colours
 */
export function drawUpdateParts(context, { px, py }, state, lane, hx, hy, colours) {
  const frame = raceFrameOf(state, "race_arrows");
  if (!frame || frame.meta.lane !== lane || frame.step !== state.trails?.step) return;
  const memory = partOf(frame, "memory");
  if (memory) {
    // Against it the lane goes: its direction on the screen, as long as every other direction.
    const [dx, dy] = [px(-memory.x) - px(0), py(-memory.y) - py(0)];
    const length = Math.hypot(dx, dy);
    if (length > 0) arrow(context, hx, hy, (dx / length) * ARROW * 1.4, (dy / length) * ARROW * 1.4, colours.ink, 1.5, []);
  }
  const scale = partOf(frame, "scale");
  const most = scale ? Math.max(scale.x, scale.y) : 0;
  if (!scale || !(most > 0)) return;
  context.strokeStyle = colours.ink2;
  context.lineWidth = 4;
  context.globalAlpha = 0.55;
  context.beginPath();
  const [across, up] = [(BAR * scale.x) / most, (BAR * scale.y) / most];
  context.moveTo(hx - across, hy);
  context.lineTo(hx + across, hy);
  context.moveTo(hx, hy - up);
  context.lineTo(hx, hy + up);
  context.stroke();
  context.globalAlpha = 1;
}
