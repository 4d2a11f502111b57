/** The network's own loss over a plane, coarse to fine, with the lanes on it; what the plane shows of them, and what it hides. */

/** @import { FrameOf } from "../../channels.js" */
/** @import { Layout, PlotElement, Relayout } from "../../toolkit/plotly.js" */
/** @import { AppState, View } from "../../types.js" */
/** @import { Plane } from "../plots/plane.js" */
/** @import { Trajectory } from "./trajectories.js" */

import { h, memo, setAttribute, setText } from "../../toolkit/dom.js";
import { formatCount, formatExact, formatNumber, formatPercent, toNumber, typeset } from "../../toolkit/maths.js";
import { Redrawn, sized } from "../../toolkit/plot.js";
import { typeScale } from "../../toolkit/type-scale.js";
import { contourTrace } from "../plots/contour-trace.js";
import { planeOf } from "../plots/plane.js";
import { plotTip } from "../plots/tip.js";
import { networkFrameOf } from "../frames.js";
import { networkNames } from "./names.js";
import { nearestPoint, networkOverlay } from "./overlay.js";
import { trajectoriesOf } from "./trajectories.js";

/** @returns {View} */
export function landscapeView() {
  const place = h("div", {
    class: "race-plot",
    role: "img",
    aria: { label: "The loss over a plane through the parameters" },
    data: { testid: "network-contour" },
  });
  const over = networkOverlay();
  const tip = plotTip("network-tip");
  const element = h("div", { class: "network-surface" }, place, over.element, tip.element);
  const figure = new Redrawn(place);
  /** @type {AppState | null} */
  let last = null;
  /** @type {Plane | null} */
  let plane = null;
  /** @type {Trajectory[]} */
  let trajectories = [];
  /** The chart whose whole frame was shown first; from then on the plane is where a person has moved it. */
  let opened = -1;
  let listening = false;
  const [ground, painted, walked] = [memo(), memo(), memo()];
  new ResizeObserver(() => last && update(last)).observe(element);
  element.addEventListener("pointermove", point);
  element.addEventListener("pointerleave", () => tip.hide());
  return { element, update };

  /** @param {AppState} state */
  function update(state) {
    last = state;
    const { figures, theme, network, networkLook } = state;
    const frame = networkFrameOf(state, "network_surface");
    const moving = networkFrameOf(state, "network_ways");
    const [width, height] = [element.clientWidth, element.clientHeight];
    const themed = figures?.figures.race_contour;
    if (!frame || !themed || width < 40 || height < 40) return;
    const layout = sized(themed[theme].layout, typeScale(), height);
    const margin = { ...layout.margin, l: 52 * typeScale(), b: 36 * typeScale() };
    if (ground(frame, theme, width, height, typeScale(), themed)) draw(state, frame, { ...layout, margin }, width, height);
    if (moving && moving.meta.chart === opened && plane) {
      if (walked(moving)) trajectories = trajectoriesOf(moving);
      if (painted(moving, plane, width, height, theme, network, networkLook.lane, window.devicePixelRatio)) {
        over.paint(state, moving, trajectories, plane, width, height);
        setAttribute(element, "data-step", String(moving.step));
      }
    }
  }

  /**
   * @param {AppState} state
   * @param {FrameOf<"network_surface">} frame
   * @param {Layout} layout
   * @param {number} width
   * @param {number} height
   */
  function draw({ figures, theme }, frame, layout, width, height) {
    const themed = figures?.figures.race_contour;
    if (!themed) return;
    const chart = frame.meta.chart;
    const [offset, names] = [frame.meta.offset, frame.meta.names];
    const trace = contourTrace(themed[theme].data[0], frame.arrays, frame.meta.levels);
    const axis = (/** @type {"xaxis" | "yaxis"} */ name, /** @type {number} */ i) => ({
      ...layout[name],
      range: [...frame.meta.domain[i]],
      title: { ...layout[name].title, text: offset[i] === 0 ? names[i] : `${names[i]}, from ${formatNumber(offset[i], 3)}` },
    });
    figure.later(async (plotly) => {
      const own = {
        ...layout,
        xaxis: axis("xaxis", 0),
        yaxis: axis("yaxis", 1),
        width,
        height,
        uirevision: `${frame.run}-${chart}`,
      };
      await plotly.react(place, [trace], own, themed.config);
      // Only now: what lies over the picture is never where another picture was.
      const [xs, ys] = opened === chart && plane ? [plane.xs, plane.ys] : frame.meta.domain;
      opened = chart;
      plane = planeOf(layout.margin, width, height, xs, ys);
      listen();
      setAttribute(element, "data-chart", String(chart));
      setAttribute(element, "data-stride", String(frame.meta.stride));
      setAttribute(element, "data-plane", frame.meta.plane);
      if (last) update(last);
    });
  }

  /** Zoomed or moved with Plotly's own gestures: what lies over it follows. */
  function listen() {
    if (listening) return;
    listening = true;
    const plot = /** @type {PlotElement} */ (/** @type {HTMLElement} */ (place));
    const follow = (/** @type {Relayout} */ moved) => {
      const range = (/** @type {"xaxis" | "yaxis"} */ axis) =>
        /** @type {[number, number]} */ (
          [0, 1].map((i) => Number(moved?.[`${axis}.range[${i}]`] ?? plot.layout[axis].range[i]))
        );
      plane = planeOf(plot.layout.margin, element.clientWidth, element.clientHeight, range("xaxis"), range("yaxis"));
      if (last) update(last);
    };
    plot.on("plotly_relayouting", follow);
    plot.on("plotly_relayout", follow);
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

/** What the plane is, how much of the lanes' trajectories lies within it, and who only seems to climb. @returns {View} */
export function planeWords() {
  const explained = h("span", { data: { testid: "network-explained" } });
  const what = h("span", {});
  const away = h("span", { data: { testid: "network-away" } });
  const minima = h("span", { data: { testid: "network-minima" } });
  const climbs = h("div", { class: "network-climbs", role: "status", data: { testid: "network-climbs" } });
  const element = h(
    "div",
    { class: "small network-words", role: "group", tabindex: 0, aria: { label: "What the plane shows, and what it hides" } },
    h("p", {}, explained, " ", away, " ", minima),
    h("p", {}, what),
    climbs,
  );
  const changed = memo();
  return {
    element,
    update(state) {
      const [surface, moving] = [networkFrameOf(state, "network_surface"), networkFrameOf(state, "network_ways")];
      const { three } = state.networkLook;
      if (!changed(surface, moving, state.network, three)) return;
      const share = toNumber(moving?.meta.explained);
      setText(
        explained,
        share === null || Number.isNaN(share)
          ? "All lanes stand at one point."
          : `The plane holds ${formatPercent(share)} of the variance of the paths. That says little of how good it is: of a long random walk it would hold about 76 %.`,
      );
      setAttribute(explained, "data-value", share === null ? null : String(share));
      setText(
        what,
        surface
          ? `The plane: ${surface.meta.words}. ${three ? "A lane is as high as its own loss, on a log scale, down to the picture’s lowest; the thin line at its head goes to the plane’s." : "Darker is lower, on a log scale; dashed arrows point downhill along the plane."}`
          : "",
      );
      const least = moving?.meta.minima;
      const same = least && least.lowest.every((each, i) => each === least.reached[i]);
      const edge =
        least && surface && [0, 1].some((i) => surface.meta.domain[i].includes(least.lowest[i]))
          ? ", at the picture’s edge"
          : "";
      const [low, near] = least ? [least.lowest[2], least.reached[2]].map((each) => formatNumber(toNumber(each), 3)) : ["", ""];
      const star = (/** @type {string} */ words) => (three ? "" : ` (${words})`);
      setText(
        minima,
        !least
          ? ""
          : same
            ? `Downhill ${networkNames(state).get(least.lane)} would reach the slice’s lowest point, ${low}${edge}${star("star")}.`
            : `Downhill ${networkNames(state).get(least.lane)} would reach a local minimum of the slice, ${near}${star("outlined star")}; its lowest point is ${low}${edge}${star("star")}.`,
      );
      const furthest = moving
        ? trajectoriesOf(moving)
            .map(({ columns, id }) => ({ id, off: columns.off.at(-1) ?? 0, share: columns.residual.at(-1) ?? 0 }))
            .sort((x, y) => y.off - x.off)[0]
        : null;
      setText(
        away,
        furthest && furthest.off > 0
          ? `Furthest off it: ${networkNames(state).get(furthest.id)}, ${formatNumber(furthest.off, 3)}, ${formatNumber(furthest.share, 2)} times as far as it is from its start.`
          : "",
      );
      /** @type {{words: string}[]} */
      const told = moving?.meta.climbs ?? [];
      climbs.replaceChildren(...told.map(({ words }) => h("p", {}, typeset(words))));
    },
  };
}
