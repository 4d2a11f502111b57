/** The network's own loss over a plane, coarse to fine, with the lanes on it. */

/** @import { FrameOf } from "../../channels.js" */
/** @import { AppState, View } from "../../types.js" */
/** @import { Plane } from "../plots/plane.js" */
/** @import { Trajectory } from "./trajectories.js" */

import { h, memo, setAttribute } from "../../toolkit/dom.js";
import { formatCount, formatExact, formatNumber } from "../../toolkit/maths.js";
import { typeScale } from "../../toolkit/type-scale.js";
import { planeGestures } from "../ground/gestures.js";
import { groundView } from "../ground/ground.js";
import { fitted, planeOf } from "../plots/plane.js";
import { plotTip } from "../plots/tip.js";
import { networkFrameOf } from "../frames.js";
import { networkNames } from "./names.js";
import { nearestPoint, networkOverlay } from "./overlay.js";
import { trajectoriesOf } from "./trajectories.js";

/** Room for the axes. */
const MARGIN = { l: 60, r: 12, t: 8, b: 38 };

/** @returns {View} */
export function landscapeView() {
  const ground = groundView("network-contour");
  const over = networkOverlay();
  const tip = plotTip("network-tip");
  const element = h(
    "div",
    { class: "network-surface" },
    h("div", { class: "race-plot" }, ground.element),
    over.element,
    tip.element,
  );
  /** @type {AppState | null} */
  let last = null;
  /** @type {Plane | null} */
  let plane = null;
  /** @type {Trajectory[]} */
  let trajectories = [];
  /** The chart that is shown, and the part of it that a person has gone to; null: all of it. */
  let chart = -1;
  /** @type {import("../../catalog.js").Plane | null} */
  let part = null;
  const [framed, painted, walked] = [memo(), memo(), memo()];
  new ResizeObserver(() => last && update(last)).observe(element);
  /** @param {import("../../catalog.js").Plane | null} wanted */
  const show = (wanted) => {
    part = wanted;
    if (last) update(last);
  };
  planeGestures(
    element,
    () => plane,
    (xs, ys) => show([xs, ys]),
    () => show(null),
  );
  element.addEventListener("pointermove", point);
  element.addEventListener("pointerleave", () => tip.hide());
  return { element, update };

  /** @param {AppState} state */
  function update(state) {
    last = state;
    const { theme, network, networkLook } = state;
    const frame = networkFrameOf(state, "network_surface");
    const moving = networkFrameOf(state, "network_ways");
    const [width, height] = [element.clientWidth, element.clientHeight];
    if (!frame || width < 60 || height < 60) return;
    if (frame.meta.chart !== chart) [chart, part] = [frame.meta.chart, null];
    const scale = typeScale();
    const margin = { l: MARGIN.l * scale, r: MARGIN.r, t: MARGIN.t, b: MARGIN.b * scale };
    const wanted = part ?? frame.meta.domain;
    const [across, up] = [width - margin.l - margin.r, height - margin.t - margin.b];
    // Through three points coordinates are parts of two ways, else lengths: a unit of one is as long as one of the other.
    const [xs, ys] = frame.meta.plane === "points" ? wanted : fitted(wanted, across, up);
    if (framed(width, height, scale, ...xs, ...ys)) plane = planeOf(margin, width, height, xs, ys);
    if (!plane) return;
    paint(frame, plane, width, height, theme);
    if (moving?.meta.chart !== chart) return;
    if (walked(moving)) trajectories = trajectoriesOf(moving);
    if (painted(moving, plane, width, height, theme, network, networkLook.lane, window.devicePixelRatio)) {
      over.paint(state, moving, trajectories, plane, width, height, ground.taken());
      setAttribute(element, "data-step", String(moving.step));
    }
  }

  /** @param {FrameOf<"network_surface">} frame @param {Plane} plane @param {number} width @param {number} height @param {string} theme */
  function paint(frame, plane, width, height, theme) {
    const { offset, names, contours, stride, plane: kind } = frame.meta;
    const { x, y, f } = frame.arrays;
    const field = { x: x.data, y: y.data, heights: f.data, contours };
    const title = (/** @type {0 | 1} */ i) => (offset[i] === 0 ? names[i] : `${names[i]}, from ${formatNumber(offset[i], 3)}`);
    ground.paint(field, plane, width, height, theme, [title(0), title(1)]);
    const words = `The loss over a plane through the parameters, ${title(0)} and ${title(1)}, ${ground.words(field)}`;
    setAttribute(ground.element, "aria-label", words);
    setAttribute(element, "data-chart", String(chart));
    setAttribute(element, "data-stride", String(stride));
    setAttribute(element, "data-plane", kind);
  }

  /** @param {PointerEvent} event */
  function point(event) {
    const box = element.getBoundingClientRect();
    const [px, py] = [event.clientX - box.left, event.clientY - box.top];
    const found = last && plane && event.buttons === 0 ? nearestPoint(trajectories, plane, px, py) : null;
    if (!found || !last) return tip.hide();
    const { way, index } = found;
    const at = (/** @type {keyof Trajectory["columns"]} */ name) => way.columns[name][index];
    const losses = Number.isNaN(at("true_loss"))
      ? ""
      : ` · its loss ${formatExact(at("true_loss"))} · the plane’s below it ${formatExact(at("slice_loss"))}`;
    const name = networkNames(last).get(way.id) ?? "";
    const place = `${formatExact(at("a"))}, ${formatExact(at("b"))} · ${formatNumber(at("off"), 3)} off the plane`;
    const words = `${name} · step ${formatCount(way.steps[index])} · at ${place}${losses}`;
    const columns = /** @type {const} */ (["a", "b", "off", "true_loss", "slice_loss"]).map((column) => [column, at(column)]);
    tip.show(px, py, box.width, words, { lane: way.id, step: way.steps[index], ...Object.fromEntries(columns) });
  }
}
