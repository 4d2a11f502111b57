/** The lanes' losses, over steps, gradient evaluations or engine time, with a name at every line's end. */

/** @import { AppState, View } from "../../types.js" */
/** @import { Abscissa, RaceLane, Trail } from "../types.js" */

import { choiceButton, choices } from "../choices.js";
import { finishLine, lossRange } from "../plots/finish.js";
import { lossLabels } from "../plots/loss-labels.js";
import { arrivalDot, laneTrace, lossPlot } from "../plots/loss-plot.js";
import { h, memo, setAttribute } from "../../toolkit/dom.js";
import { formatNumber, formatSetting } from "../../toolkit/maths.js";
import { logTicks } from "../../toolkit/log-ticks.js";
import { sized } from "../../toolkit/plot.js";
import { typeScale } from "../../toolkit/type-scale.js";
import { raceFrameOf } from "../frames.js";
import { colourOf } from "../lanes/lanes.js";
import { gradientsOf } from "../lanes/evaluations.js";
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
    why: "gradients evaluated: an optimizer evaluates one an update, a line search as many as it needs",
  },
  {
    name: "time",
    label: "engine time",
    axis: "engine time in µs",
    why: "what an optimizer's updates cost on this machine, measured alone",
  },
];

/**
 * @param {import("./actions.js").SurfaceRaceActions} actions
 * @returns {View}
 */
export function lossView(actions) {
  const { place, stage, figure, drawn, paint } = lossPlot("race-loss");
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
    const [standings, counted] = [raceFrameOf(state, "race_standings"), raceFrameOf(state, "race_evaluations")];
    if (!changed(trails, race, theme, themed, standings, counted, width, height, raceLook.abscissa, typeScale())) return;
    const xAt = scaleOf(state);
    const log = themed === figures?.figures.race_loss;
    const base = log ? baseOf(state) : 0;
    figure.later(async (plotly) => {
      const { data, layout: laid } = themed[theme];
      const layout = sized(laid, typeScale(), height);
      const narrow = width < 480;
      const names = surfaceNames(state);
      const curves = race.lanes.flatMap((lane) => {
        const trail = trails.lanes.get(lane.id);
        return trail ? [{ lane, ...curve(lane, trail, trails.step, xAt, base) }] : [];
      });
      const axis = ABSCISSAS.find(({ name }) => name === raceLook.abscissa)?.axis ?? "step";
      const finish = (race.least ?? 0) - base + race.threshold;
      const range = lossRange(curves, log, finish);
      const arrivals = curves.flatMap(({ lane }) => {
        const [trail, found] = [trails.lanes.get(lane.id), standings?.meta.lanes.find(({ id }) => id === lane.id)];
        // A touch that does not last is hollow.
        const steps = new Set([found?.reached, found?.arrived].map((step) => step ?? Infinity));
        return [...steps].flatMap((step) =>
          trail && step < lengthAt(trail, trails.step)
            ? [arrivalDot(lane, theme, xAt(lane, step), trail.losses[step] - base, step === found?.arrived)]
            : [],
        );
      });
      const traces = [
        ...curves.map(({ lane, x, y }) => laneTrace(data[0], lane, theme, { name: names.get(lane.id), x, y })),
        ...arrivals,
      ];
      const ends = (narrow || !range ? [] : curves).map(({ lane, x, y }) => ({
        name: names.get(lane.id) ?? "",
        colour: colourOf(lane, theme),
        x: x[x.length - 1],
        y: y[y.length - 1],
      }));
      await paint(
        plotly,
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
          yaxis: {
            ...layout.yaxis,
            ...(range ? { range } : {}),
            ...(log && range ? logTicks(10 ** range[0], 10 ** range[1], layout.yaxis.nticks) : {}),
          },
          shapes: [finishLine(finish, theme)],
          width,
          height,
          uirevision: `${race.race}-${raceLook.abscissa}-${linear}`,
        },
        themed.config,
        (sight) => lossLabels({ value: finish, texts: finishTexts(finish, base) }, ends, sight, theme, layout.font),
      );
      setAttribute(place, "data-drawn", String(trails.step));
    });
  }
}

/** What is drawn is the height above this, on a logarithmic axis: the minimum, where it is known. @param {AppState} state */
const baseOf = ({ race }) => race?.least ?? 0;

/** Whether the losses can be drawn on a logarithmic axis: of heights above a minimum always, else where none lies below zero. @param {AppState} state */
export function onLog({ race, trails }) {
  if (race?.least !== null) return true;
  for (const trail of trails?.lanes.values() ?? []) {
    for (let i = 0; i < trail.length; i++) if (trail.losses[i] < 0) return false;
  }
  return true;
}

/**
 * @param {RaceLane} lane
 * @param {Trail} trail
 * @param {number} step
 * @param {(lane: RaceLane, step: number) => number} xAt
 * @param {number} base  what it is measured from
 */
function curve(lane, trail, step, xAt, base) {
  const end = lengthAt(trail, step);
  const stride = Math.max(1, Math.ceil(end / MOST));
  const [x, y] = [/** @type {number[]} */ ([]), /** @type {number[]} */ ([])];
  for (let i = 0; i < end; i = i === end - 1 ? end : Math.min(end - 1, i + stride)) {
    x.push(xAt(lane, i));
    y.push(trail.losses[i] - base);
  }
  return { x, y };
}

/** Where a step of a lane stands on the abscissa that is chosen. @param {AppState} state @returns {(lane: RaceLane, step: number) => number} */
function scaleOf(state) {
  const { abscissa } = state.raceLook;
  if (abscissa === "time") return (lane, step) => 1e6 * timeAt(lane, step);
  if (abscissa === "step") return (_, step) => step;
  const gradients = gradientsOf(state);
  return ({ id }, step) => gradients(id, step);
}

/** What the line is, the longest text first. @param {number} finish @param {number} base */
function finishTexts(finish, base) {
  const value = formatSetting(Number(finish.toPrecision(6)));
  if (base === 0) return [`finish: f = ${value}`, "finish"];
  return [`finish: f − f* = ${value}, where f* = ${formatNumber(base, 4)}`, `finish: f − f* = ${value}`, "finish"];
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
