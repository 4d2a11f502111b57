/** What moves over the ground, on two canvases: trails, which grow, and heads with their names and arrows, which are drawn anew. */

/** @import { AppState } from "../../types.js" */
/** @import { RaceLane, Trail, Trails } from "../types.js" */
/** @import { Box } from "../ground/labels.js" */
/** @import { Plane } from "../plots/plane.js" */

import { palette } from "../../toolkit/colours.js";
import { h, memo, prepareCanvas } from "../../toolkit/dom.js";
import { typeScale } from "../../toolkit/type-scale.js";
import { labelPainter } from "../ground/labels.js";
import { drawUpdateParts } from "../ground/update-parts.js";
import { TrailLine, dotEvery, drawDots } from "../ground/trail-line.js";
import { colourOf, isSquare } from "../lanes/lanes.js";
import { patternOf } from "../lanes/looks.js";
import { ARROW, arrow, clip, flag, head, leftTheFrame, star } from "../plots/drawing.js";
import { shows } from "../plots/plane.js";
import { surfaceNames } from "./names.js";
import { lengthAt } from "./trails.js";

/**
 * @typedef {object} Marks  What stands on the ground.
 * @property {{x: number, y: number, kind: string}[]} minima
 * @property {Box[]} taken  by words
 */

export function overlay() {
  const [below, above] = [0, 1].map((i) =>
    h("canvas", { class: "race-canvas", aria: { hidden: true }, data: { testid: i ? "race-heads" : "race-trails" } }),
  );
  /** @type {CanvasRenderingContext2D | null} */
  let context = null;
  /** @type {Map<number, TrailLine>} */
  const lines = new Map();
  /** The step at which all were drawn, and at how many steps there is a dot. */
  let [whole, every] = [0, 1];
  const again = memo();
  const heads = headPainter();
  return {
    elements: [below, above],
    /**
     * @param {AppState} state
     * @param {Plane} plane
     * @param {number} width
     * @param {number} height
     * @param {Marks} marks
     */
    paint(state, plane, width, height, marks) {
      const { race, trails, theme, raceLook } = state;
      const gone = !race || !trails || trails.race !== race.race;
      below.hidden = above.hidden = gone && Boolean(state.lesson?.locked); // trails of the race before
      if (gone) return;
      const looks = race.lanes.map((lane) => `${lane.id}:${colourOf(lane, theme)}`).join();
      const other = again(trails.version, trails.race, plane, width, height, theme, looks, raceLook.lane, devicePixelRatio);
      const shrunk = [...lines].some(([id, line]) => line.count > Math.min(trails.lanes.get(id)?.length ?? 0, trails.step + 1));
      const dots = dotEvery(trails.step);
      if (other || shrunk || !context) lines.clear();
      // A trail's parts grow old as it goes on. While it plays that is drawn with the next dots, which are further apart.
      const older = state.raceClock?.status !== "playing" && trails.step !== whole;
      const anew = lines.size === 0 || dots !== every || older;
      if (anew || !context) context = prepareCanvas(below, width, height);
      if (anew) [whole, every] = [trails.step, dots];
      drawTrails(context, plane, state, trails, lines, anew, every);
      heads(prepareCanvas(above, width, height), plane, state, marks);
      above.dataset.step = String(trails.step);
      above.dataset.surface = String(trails.surface);
    },
  };
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Plane} plane
 * @param {AppState} state
 * @param {Trails} trails
 * @param {Map<number, TrailLine>} lines
 * @param {boolean} anew  the canvas is empty
 * @param {number} every
 */
function drawTrails(context, plane, { race, theme, raceLook }, trails, lines, anew, every) {
  const { paper } = palette(theme);
  clip(context, plane, () => {
    for (const lane of race?.lanes ?? []) {
      const trail = trails.lanes.get(lane.id);
      if (!trail) continue;
      const end = lengthAt(trail, trails.step);
      const line = lines.get(lane.id) ?? new TrailLine();
      lines.set(lane.id, line);
      const from = anew ? 0 : line.count;
      if (end <= from) continue;
      const look = {
        colour: colourOf(lane, theme),
        paper,
        pattern: patternOf(lane),
        width: lane.id === raceLook.lane ? 3.5 : 2.25,
      };
      const first = line.grow(plane, trail, end);
      if (anew) line.draw(context, look);
      else line.drawFrom(context, look, first);
      drawDots(context, plane, trail, from, end, every, look);
    }
  });
}

function headPainter() {
  const named = memo();
  const label = labelPainter();
  /** @type {Map<number, string>} */
  let names = new Map();
  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Plane} plane
   * @param {AppState} state
   * @param {Marks} marks
   */
  return (context, plane, state, { minima, taken }) => {
    const { race, trails, theme, raceLook, catalog } = state;
    if (!race || !trails) return;
    if (named(race, catalog)) names = surfaceNames(state);
    const colours = palette(theme);
    const boxes = [...taken];
    for (const { x, y, kind } of minima) {
      if (!shows(plane, x, y)) continue;
      const [px, py] = [plane.px(x), plane.py(y)];
      if (kind === "global") flag(context, px, py, colours);
      else star(context, px, py, false, colours);
      boxes.push(
        kind === "global" ? { x: px - 2, y: py - 28, width: 28, height: 28 } : { x: px - 9, y: py - 9, width: 18, height: 18 },
      );
    }
    if (race.start) boxes.push(startBox(plane, race.start));
    const whole = longest(trails.gradients);
    const labels = [];
    /** Of those that have left the frame, once the heads within it are known. @type {(() => void)[]} */
    const beyond = [];
    for (const lane of [...race.lanes].reverse()) {
      const trail = trails.lanes.get(lane.id);
      const count = trail ? lengthAt(trail, trails.step) : 0;
      if (!trail || count === 0) continue;
      const [x, y] = [trail.points[2 * count - 2], trail.points[2 * count - 1]];
      const colour = colourOf(lane, theme);
      const text = names.get(lane.id) ?? "";
      if (!shows(plane, x, y)) {
        beyond.push(() => leftTheFrame(context, plane, x, y, trail.losses[count - 1], colour, colours, boxes, text));
        continue;
      }
      const row = trails.order.indexOf(lane.id);
      const [hx, hy] = [plane.px(x), plane.py(y)];
      if (row >= 0 && raceLook.arrows) {
        const [gx, gy] = [trails.gradients[2 * row], trails.gradients[2 * row + 1]];
        const [sx, sy] = [trails.next[2 * row], trails.next[2 * row + 1]];
        const { dx, dy } = downhill(plane, gx, gy, whole);
        arrow(context, hx, hy, dx, dy, colours.ink, 1.5, [3, 2]);
        drawUpdateParts(context, plane, state, lane.id, hx, hy, colours);
        arrow(context, hx, hy, plane.px(x + sx) - hx, plane.py(y + sy) - hy, colour, 2.5, []);
      }
      head(context, hx, hy, colour, colours.paper, isSquare(lane), lane.id === raceLook.lane ? 7 : 5.5);
      labels.unshift({ id: lane.id, text, x: hx, y: hy });
    }
    boxes.push(...labels.map(({ x, y }) => ({ x: x - 7, y: y - 7, width: 14, height: 14 })));
    for (const draw of beyond) draw();
    // At the start all are at one place, which has a name.
    if (trails.step === 0) return;
    labels.sort((a, b) => Number(b.id === raceLook.lane) - Number(a.id === raceLook.lane));
    label(context, plane, labels, boxes, colours);
  };
}

/** Where the start is, and its name above it. @param {Plane} plane @param {number[]} start @returns {Box} */
function startBox({ px, py }, [x, y]) {
  const half = 20 * typeScale();
  return { x: px(x) - half, y: py(y) - 2 * half, width: 2 * half, height: 2 * half + 8 };
}

/**
 * Downhill is where −∇f points; its length says how steep it is beside the other lanes.
 * @param {Plane} plane
 * @param {number} gx
 * @param {number} gy
 * @param {number} longest  of all lanes' gradients
 */
export function downhill({ px, py }, gx, gy, longest) {
  const [dx, dy] = [px(-gx) - px(0), py(-gy) - py(0)];
  const length = Math.hypot(dx, dy);
  const scale = longest > 0 && length > 0 ? (ARROW * (0.35 + 0.65 * (Math.hypot(gx, gy) / longest))) / length : 0;
  return { dx: dx * scale, dy: dy * scale };
}

/** @param {Float64Array} gradients */
function longest(gradients) {
  let most = 0;
  for (let i = 0; i < gradients.length; i += 2) {
    const size = Math.hypot(gradients[i], gradients[i + 1]);
    if (Number.isFinite(size)) most = Math.max(most, size);
  }
  return most;
}

/**
 * The point of a trail nearest to a place on the screen, where one is near.
 * @param {AppState} state
 * @param {Plane} plane
 * @param {number} px
 * @param {number} py
 * @param {number} reach
 * @returns {{lane: RaceLane, step: number, x: number, y: number, loss: number} | null}
 */
export function nearest({ race, trails }, plane, px, py, reach = 14) {
  if (!race || !trails) return null;
  let [best, found] = [reach * reach, /** @type {{lane: RaceLane, trail: Trail, step: number} | null} */ (null)];
  for (const lane of race.lanes) {
    const trail = trails.lanes.get(lane.id);
    if (!trail) continue;
    const count = lengthAt(trail, trails.step);
    for (let i = 0; i < count; i++) {
      const [dx, dy] = [plane.px(trail.points[2 * i]) - px, plane.py(trail.points[2 * i + 1]) - py];
      const far = dx * dx + dy * dy;
      // Of places as near, the later: the head lies on top.
      if (far <= best) [best, found] = [far, { lane, trail, step: i }];
    }
  }
  if (!found) return null;
  const { lane, trail, step } = found;
  return { lane, step, x: trail.points[2 * step], y: trail.points[2 * step + 1], loss: trail.losses[step] };
}
