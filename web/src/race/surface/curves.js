/** The lanes' losses, over steps, gradient evaluations or engine time, with a name at every line's end. */

/** @import { AppState, View } from "../../types.js" */
/** @import { Abscissa, RaceLane, Trail } from "../types.js" */

import { choiceButton, choices } from "../choices.js";
import { laneTrace, lossPlot } from "../plots/loss-plot.js";
import { h, memo, setAttribute } from "../../toolkit/dom.js";
import { sized } from "../../toolkit/plot.js";
import { typeScale } from "../../toolkit/type-scale.js";
import { colourOf } from "../lanes/lanes.js";
import { surfaceNames } from "./names.js";
import { lengthAt } from "./trails.js";

/** Points of a curve, at most; each that is drawn is a step's own. */
const MOST = 1500;
/** @type {{name: Abscissa, label: string, axis: string, why: string}[]} */
export const ABSCISSAS = [
  { name: "step", label: "steps", axis: "step", why: "updates made" },
  {
    name: "evaluations",
    label: "gradient evaluations",
    axis: "gradient evaluations",
    why: "gradients asked for: every rule here asks for one an update",
  },
  {
    name: "time",
    label: "engine time",
    axis: "engine time in µs",
    why: "what a rule's updates cost on this machine, measured alone",
  },
];

/**
 * @param {import("./actions.js").SurfaceRaceActions} actions
 * @returns {View}
 */
export function lossView(actions) {
  const { place, stage, figure, drawn } = lossPlot("race-loss");
  const buttons = ABSCISSAS.map(({ name, label, why }) =>
    choiceButton(label, { abscissa: name }, () => actions.look({ abscissa: name }), why),
  );
  const element = h(
    "section",
    { class: "race-loss", aria: { label: "Loss" } },
    h("div", { class: "title-row" }, h("h2", { class: "panel-title" }, "Loss"), choices("Abscissa", ...buttons)),
    stage,
  );
  const changed = memo();
  return { element, update: drawn(draw) };

  /** @param {AppState} state */
  function draw(state) {
    const { race, trails, figures, theme, linear, raceLook } = state;
    ABSCISSAS.forEach(({ name }, i) => setAttribute(buttons[i], "aria-pressed", String(raceLook.abscissa === name)));
    const [width, height] = [stage.clientWidth, stage.clientHeight];
    const themed = figures?.figures[linear || !onLog(state) ? "race_loss_linear" : "race_loss"];
    if (!race || !trails || trails.race !== race.race || !themed || width < 40 || height < 40) return;
    if (!changed(trails, race, theme, themed, width, height, raceLook.abscissa, typeScale())) return;
    figure.later(async (plotly) => {
      const { data, layout: laid } = themed[theme];
      const layout = sized(laid, typeScale(), height);
      const narrow = width < 480;
      const names = surfaceNames(state);
      const curves = race.lanes.flatMap((lane) => {
        const trail = trails.lanes.get(lane.id);
        return trail ? [{ lane, ...curve(lane, trail, trails.step, raceLook.abscissa) }] : [];
      });
      const traces = curves.map(({ lane, x, y }) => laneTrace(data[0], lane, theme, { name: names.get(lane.id), x, y }));
      const axis = ABSCISSAS.find(({ name }) => name === raceLook.abscissa)?.axis ?? "step";
      const log = themed === figures?.figures.race_loss;
      const range = yRange(curves, log);
      await plotly.react(
        place,
        traces,
        {
          ...layout,
          margin: { ...layout.margin, r: narrow ? 12 : layout.margin.r },
          // To the last point and no further: names stand in the margin.
          xaxis: {
            ...layout.xaxis,
            range: [0, Math.max(0, ...curves.map(({ x }) => x[x.length - 1] ?? 0)) || 1],
            title: { ...layout.xaxis.title, text: axis },
          },
          yaxis: { ...layout.yaxis, ...(range ? { range } : {}), ...(log ? { dtick: dtick(range) } : {}) },
          annotations: narrow
            ? []
            : ends(curves, names, theme, range, log, height - layout.margin.t - layout.margin.b, layout.font.size),
          width,
          height,
          uirevision: `${race.race}-${raceLook.abscissa}-${linear}`,
        },
        themed.config,
      );
      setAttribute(place, "data-drawn", String(trails.step));
    });
  }
}

/** Whether the losses can be drawn on a logarithmic axis: none is known to lie at or below zero. @param {AppState} state */
export function onLog({ race, trails }) {
  if ((race?.least ?? 0) < 0) return false;
  for (const trail of trails?.lanes.values() ?? []) {
    for (let i = 0; i < trail.length; i++) if (trail.losses[i] < 0) return false;
  }
  return true;
}

/**
 * @param {RaceLane} lane
 * @param {Trail} trail
 * @param {number} step
 * @param {Abscissa} abscissa
 */
function curve(lane, trail, step, abscissa) {
  const end = lengthAt(trail, step);
  const stride = Math.max(1, Math.ceil(end / MOST));
  const [x, y] = [/** @type {number[]} */ ([]), /** @type {number[]} */ ([])];
  for (let i = 0; i < end; i = i === end - 1 ? end : Math.min(end - 1, i + stride)) {
    x.push(abscissa === "time" ? 1e6 * timeAt(lane, i) : i);
    y.push(trail.losses[i]);
  }
  return { x, y };
}

/** Engine time up to a step: a scale of the axis, each stretch at the pace of its rule. @param {RaceLane} lane @param {number} step */
export function timeAt({ clock }, step) {
  let total = 0;
  clock.forEach(([from, each], i) => {
    const until = Math.min(step, clock[i + 1]?.[0] ?? Infinity);
    if (until > from) total += (until - from) * each;
  });
  return total;
}

/**
 * The range of the losses: what left for the far away does not press the others flat; where they begin is always in it.
 * @param {{y: number[]}[]} curves
 * @param {boolean} log
 * @returns {[number, number] | null}
 */
function yRange(curves, log) {
  const place = (/** @type {number[]} */ values) =>
    values.filter((value) => Number.isFinite(value) && (!log || value > 0)).map((value) => (log ? Math.log10(value) : value));
  const finite = place(curves.flatMap(({ y }) => y));
  if (finite.length === 0) return null;
  const sorted = finite.sort((a, b) => a - b);
  const low = sorted[0];
  const typical = sorted[Math.floor(sorted.length * 0.9)];
  const begun = Math.max(typical, ...place(curves.map(({ y }) => y[0])));
  const high = Math.min(sorted[sorted.length - 1], log ? begun + 2 : begun + 0.5 * (begun - low || 1));
  const room = 0.05 * (high - low || 1);
  return [low - room, high + room];
}

/** Powers of ten, or where there is hardly one of them 1, 2 and 5 times one. @param {[number, number] | null} range */
function dtick(range) {
  return range && range[1] - range[0] < 1.5 ? "D2" : Math.max(1, Math.ceil(((range?.[1] ?? 1) - (range?.[0] ?? 0)) / 6));
}

/**
 * Names at the lines' ends, moved apart where they would meet; where there is no room for all, those of the least loss stay.
 * @param {{lane: RaceLane, x: number[], y: number[]}[]} curves
 * @param {Map<number, string>} names
 * @param {string} theme
 * @param {[number, number] | null} range  of the axis, logarithms where it is one of them
 * @param {boolean} log
 * @param {number} height
 * @param {number} size
 */
function ends(curves, names, theme, range, log, height, size) {
  if (!range) return [];
  const apart = size + 3;
  const within = curves.flatMap(({ lane, x, y }) => {
    const value = log ? Math.log10(y[y.length - 1]) : y[y.length - 1];
    return Number.isFinite(value) ? [{ lane, x: x[x.length - 1], value }] : [];
  });
  const most = Math.max(1, Math.floor(height / apart));
  const shown = within.sort((a, b) => a.value - b.value).slice(0, most);
  return spread(shown, range, height, apart).map(({ lane, x, at }) => ({
    x,
    xref: "x",
    y: at / height,
    yref: "paper",
    text: clipped(names.get(lane.id) ?? ""),
    xanchor: "left",
    yanchor: "middle",
    xshift: 4,
    showarrow: false,
    font: { color: colourOf(lane, theme), size },
  }));
}

/** A name as Plotly's texts show it, without their markup, and short enough for its margin. @param {string} name */
function clipped(name) {
  const plain = name.replace(/[<>&]/g, " ");
  return plain.length > 17 ? `${plain.slice(0, 16)}…` : plain;
}

/**
 * @param {{lane: RaceLane, x: number, value: number}[]} shown  the least first
 * @param {[number, number]} range
 * @param {number} height
 * @param {number} apart
 */
function spread(shown, [low, high], height, apart) {
  const place = (/** @type {number} */ value) => Math.max(0, Math.min(height, ((value - low) / (high - low || 1)) * height));
  const found = shown.map((each) => ({ ...each, at: place(each.value) }));
  for (let i = 1; i < found.length; i++) found[i].at = Math.max(found[i].at, found[i - 1].at + apart);
  let top = height;
  for (let i = found.length - 1; i >= 0; i--) {
    found[i].at = Math.min(found[i].at, top);
    top = found[i].at - apart;
  }
  return found;
}
