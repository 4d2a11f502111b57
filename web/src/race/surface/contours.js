/** The surface: contours by Plotly, what moves on canvases over them, the start to drag, and every step's exact numbers. */

/** @import { AppState, View } from "../../types.js" */
/** @import { Plane } from "../plots/plane.js" */

import { h, memo, setAttribute } from "../../toolkit/dom.js";
import { formatCount, formatExact, formatNumber } from "../../toolkit/maths.js";
import { Redrawn, sized } from "../../toolkit/plot.js";
import { typeScale } from "../../toolkit/type-scale.js";
import { raceFrameOf } from "../frames.js";
import { surfaceNames } from "./names.js";
import { nearest, overlay } from "./overlay.js";
import { contourTrace } from "../plots/contour-trace.js";
import { planeOf, shows } from "../plots/plane.js";
import { plotTip } from "../plots/tip.js";

/**
 * @param {import("./actions.js").SurfaceRaceActions} actions
 * @returns {View}
 */
export function surfaceView(actions) {
  const place = h("div", { class: "race-plot", data: { testid: "race-contour" } });
  const over = overlay();
  const start = h(
    "button",
    { type: "button", class: "race-start", data: { testid: "race-origin" } },
    h("span", { class: "race-start-word" }, "start"),
  );
  const tip = plotTip("race-tip");
  const element = h(
    "div",
    { class: "race-surface", role: "group", aria: { label: "Surface" } },
    place,
    ...over.elements,
    start,
    tip.element,
  );
  const figure = new Redrawn(place);
  /** @type {AppState | null} */
  let last = null;
  /** @type {Plane | null} */
  let plane = null;
  let listening = false;
  /** Where the start is dragged to. @type {[number, number] | null} */
  let dragged = null;
  const [ground, framed] = [memo(), memo()];
  new ResizeObserver(() => last && update(last)).observe(element);
  dragStart();
  element.addEventListener("pointermove", point);
  element.addEventListener("pointerleave", () => tip.hide());
  return { element, update };

  /** @param {AppState} state */
  function update(state) {
    last = state;
    const { race, figures, theme, raceLook } = state;
    const frame = raceFrameOf(state, "race_surface");
    const [width, height] = [element.clientWidth, element.clientHeight];
    if (!race || !frame || width < 40 || height < 40) return;
    const themed = figures?.figures.race_contour;
    if (themed) {
      const { data, layout: drawn } = themed[theme];
      const layout = sized(drawn, typeScale(), height);
      if (ground(frame, theme, width, height, typeScale(), themed, raceLook.plane)) {
        const [xs, ys] = raceLook.plane ?? frame.meta.domain;
        frameAt(layout.margin, width, height, xs, ys);
        const [zmin, zmax] = frame.meta.ends;
        const trace = { ...contourTrace(data[0], frame.arrays, frame.meta.levels), zmin, zmax };
        figure.later(async (plotly) => {
          await plotly.react(
            place,
            [trace],
            {
              ...layout,
              xaxis: { ...layout.xaxis, range: [...xs] },
              yaxis: { ...layout.yaxis, range: [...ys] },
              width,
              height,
              uirevision: [frame.run, frame.meta.surface, ...xs, ...ys].join(),
            },
            themed.config,
          );
          listen(layout.margin);
          setAttribute(element, "data-drawn", [...xs, ...ys].join());
        });
      }
    }
    if (plane) over.paint(state, plane, width, height, frame.meta.minima);
    putStart(state);
  }

  /** @param {{l: number, r: number, t: number, b: number}} margin @param {number} width @param {number} height @param {[number, number]} xs @param {[number, number]} ys */
  function frameAt(margin, width, height, xs, ys) {
    if (framed(width, height, margin.l, margin.b, ...xs, ...ys)) plane = planeOf(margin, width, height, xs, ys);
  }

  /** Zoomed or moved with Plotly's own gestures: what lies over it follows. @param {{l: number, r: number, t: number, b: number}} margin */
  function listen(margin) {
    if (listening) return;
    listening = true;
    const plot = /** @type {import("../../toolkit/plotly.js").PlotElement} */ (/** @type {HTMLElement} */ (place));
    plot.on("plotly_relayouting", (moved) => {
      const range = (/** @type {"xaxis" | "yaxis"} */ axis) =>
        /** @type {[number, number]} */ ([0, 1].map((i) => moved[`${axis}.range[${i}]`] ?? plot.layout[axis].range[i]));
      frameAt(margin, element.clientWidth, element.clientHeight, range("xaxis"), range("yaxis"));
      if (last) update(last);
    });
    plot.on("plotly_relayout", (changed) => {
      if (!Object.keys(changed).some((key) => key.includes("range"))) return;
      /** @type {[[number, number], [number, number]]} */
      const now = [pair(plot.layout.xaxis.range), pair(plot.layout.yaxis.range)];
      if (String(now) !== String(actions.plane())) actions.look({ plane: now });
    });
    plot.on("plotly_doubleclick", () => actions.look({ plane: null }));
  }

  /** @param {AppState} state */
  function putStart({ race }) {
    const at = dragged ?? race?.start;
    start.hidden = !at || !plane || !shows(plane, at[0], at[1]);
    if (!at || !plane) return;
    start.style.left = `${plane.px(at[0])}px`;
    start.style.top = `${plane.py(at[1])}px`;
    const words = `Start at x ${formatNumber(at[0], 3)}, y ${formatNumber(at[1], 3)}`;
    setAttribute(start, "aria-label", `${words}: drag it, or move it with the arrows`);
    setAttribute(start, "title", `${words}: drag it, or move it with the arrows`);
    setAttribute(start, "data-value", race?.start?.join(",") ?? "");
  }

  function dragStart() {
    /** @param {number} x @param {number} y */
    const go = (x, y) => {
      dragged = [x, y];
      actions.start(x, y).then(() => {
        if (dragged?.[0] === x && dragged[1] === y) dragged = null;
        if (last) putStart(last);
      });
      if (last) putStart(last);
    };
    let held = false;
    start.addEventListener("pointerdown", (event) => {
      held = true;
      start.setPointerCapture(event.pointerId);
      tip.hide();
    });
    start.addEventListener("pointermove", (event) => {
      if (!held || !plane) return;
      const box = element.getBoundingClientRect();
      const [x, y] = [event.clientX - box.left, event.clientY - box.top];
      const inside = (/** @type {number} */ at, /** @type {number} */ low, /** @type {number} */ size) =>
        Math.max(low, Math.min(low + size, at));
      go(
        round(plane.x(inside(x, plane.left, plane.width)), plane.xs),
        round(plane.y(inside(y, plane.top, plane.height)), plane.ys),
      );
    });
    const release = () => (held = false);
    start.addEventListener("pointerup", release);
    start.addEventListener("pointercancel", release);
    start.addEventListener("keydown", (event) => {
      const at = dragged ?? last?.race?.start;
      /** @type {Record<string, [number, number]>} */
      const directions = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
      const direction = directions[event.key];
      if (!direction || !at || !plane) return;
      event.preventDefault();
      const by = (event.shiftKey ? 10 : 1) / 100;
      go(
        round(at[0] + direction[0] * by * (plane.xs[1] - plane.xs[0]), plane.xs),
        round(at[1] + direction[1] * by * (plane.ys[1] - plane.ys[0]), plane.ys),
      );
    });
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

/** Plotly's own array is written over while it is dragged. @param {number[]} range @returns {[number, number]} */
const pair = ([low, high]) => [Number(low), Number(high)];

/** To a thousandth of what is shown: a start that can be read. @param {number} value @param {[number, number]} range */
function round(value, [low, high]) {
  const digits = Math.max(0, 3 - Math.floor(Math.log10(high - low)));
  return Number(value.toFixed(digits));
}
