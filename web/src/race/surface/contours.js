/** The surface from above: its ground, what moves on canvases over it, the start to drag, and every step's exact numbers. */

/** @import { FrameOf } from "../../channels.js" */
/** @import { AppState, View } from "../../types.js" */
/** @import { Plane } from "../plots/plane.js" */

import { h, memo, setAttribute } from "../../toolkit/dom.js";
import { formatCount, formatExact } from "../../toolkit/maths.js";
import { typeScale } from "../../toolkit/type-scale.js";
import { planeGestures } from "../ground/gestures.js";
import { groundView } from "../ground/ground.js";
import { startHandle } from "../ground/start.js";
import { raceFrameOf } from "../frames.js";
import { brush } from "../fan/brush.js";
import { clickToStart } from "../fan/click.js";
import { fanPaths } from "../fan/paths.js";
import { surfaceNames } from "./names.js";
import { nearest, overlay } from "./overlay.js";
import { fitted, planeOf } from "../plots/plane.js";
import { plotTip } from "../plots/tip.js";

/** Room for the numbers of the axes. */
const MARGIN = { l: 46, r: 12, t: 8, b: 24 };

/**
 * @param {import("./actions.js").SurfaceRaceActions} actions
 * @returns {View}
 */
export function surfaceView(actions) {
  const ground = groundView("race-contour");
  const over = overlay();
  const fan = fanPaths();
  /** @type {Plane | null} */
  let plane = null;
  const start = startHandle(actions, () => plane);
  const tip = plotTip("race-tip");
  const element = h(
    "div",
    { class: "race-surface", role: "group", aria: { label: "Surface" } },
    h("div", { class: "race-plot" }, ground.element),
    fan.element,
    ...over.elements,
    start.element,
    tip.element,
  );
  /** @type {AppState | null} */
  let last = null;
  const framed = memo();
  new ResizeObserver(() => last && update(last)).observe(element);
  const stroke = brush(element, actions, () => plane);
  clickToStart(element, start.move, () => actions.state.raceLook.brush);
  planeGestures(
    element,
    () => plane,
    (xs, ys) => actions.look({ plane: [xs, ys] }),
    () => actions.look({ plane: null }),
  );
  element.addEventListener("pointermove", point);
  element.addEventListener("pointerleave", () => tip.hide());
  return { element, update };

  /** @param {AppState} state */
  function update(state) {
    last = state;
    const { race, trails, theme, raceLook } = state;
    const [width, height] = [element.clientWidth, element.clientHeight];
    if (!race?.domain || width < 60 || height < 60) return;
    const scale = typeScale();
    const margin = { l: MARGIN.l * scale, r: MARGIN.r, t: MARGIN.t, b: MARGIN.b * scale };
    const wanted = raceLook.plane ?? race.domain;
    const [across, up] = [width - margin.l - margin.r, height - margin.t - margin.b];
    const shown = raceLook.stretched ? wanted : fitted(wanted, across, up);
    if (String(shown) !== String(raceLook.shown)) actions.look({ shown });
    const frame = raceFrameOf(state, "race_surface");
    // Of another surface by now: what is on the screen belongs together, and stays until both have come.
    if (!frame) return;
    // While a card's question is open trails may be withheld: the ground is drawn without them.
    const alone = trails?.race !== race.race && Boolean(state.lesson?.locked);
    if (!alone && (trails?.race !== race.race || trails.surface !== frame.meta.surface)) return;
    if (framed(width, height, margin.l, ...shown.flat())) plane = planeOf(margin, width, height, ...shown);
    if (!plane) return;
    paint(state, frame, plane, width, height, theme);
    start.update(state);
  }

  /**
   * @param {AppState} state
   * @param {FrameOf<"race_surface">} frame
   * @param {Plane} plane
   * @param {number} width
   * @param {number} height
   * @param {string} theme
   */
  function paint(state, frame, plane, width, height, theme) {
    const { x, y, f } = frame.arrays;
    const field = { x: x.data, y: y.data, heights: f.data, contours: frame.meta.contours };
    ground.paint(field, plane, width, height, theme);
    setAttribute(ground.element, "aria-label", `The surface from above, ${ground.words(field)}`);
    const seen = [x.data[0], x.data[x.data.length - 1], y.data[0], y.data[y.data.length - 1]].join();
    if (seen === [...plane.xs, ...plane.ys].join()) {
      setAttribute(element, "data-drawn", seen);
      setAttribute(element, "data-contours", frame.meta.contours.join());
    }
    setAttribute(element, "data-surface", String(frame.meta.surface));
    stroke.update(state);
    fan.paint(state, plane, width, height);
    over.paint(state, plane, width, height, { minima: frame.meta.minima, taken: ground.taken() });
  }

  /** @param {PointerEvent} event */
  function point(event) {
    const box = element.getBoundingClientRect();
    const [px, py] = [event.clientX - box.left, event.clientY - box.top];
    const found = last && plane && event.buttons === 0 ? nearest(last, plane, px, py) : null;
    if (!found || !last) return tip.hide();
    const { lane, step, x, y, loss } = found;
    const words = `${surfaceNames(last).get(lane.id) ?? ""}, step ${formatCount(step)}`;
    const place = `x ${formatExact(x)}\ny ${formatExact(y)}\nf ${formatExact(loss)}`;
    tip.show(px, py, box.width, `${words}\n${place}`, { lane: lane.id, step, x, y, loss });
  }
}
