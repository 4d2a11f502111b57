/** A figure of the run's recorded series, what it is compared with behind it. A trace's `meta.series` names its column. */

/** @import { Annotation, Layout, ThemedFigure, Trace } from "../../toolkit/plotly.js" */
/** @import { Compared, Future, SeriesData } from "../../types.js" */

import { typeScale } from "../../toolkit/type-scale.js";
import { withLogTicks } from "../../toolkit/log-ticks.js";
import { Redrawn, sized } from "../../toolkit/plot.js";

/** The trace that has no name at its end: it is in the legend. */
const BATCHES = "batch_loss";

export class RunFigure extends Redrawn {
  /**
   * Draws the newest state; what is overtaken meanwhile is not drawn.
   * @param {ThemedFigure} themed
   * @param {"light" | "dark"} theme
   * @param {{present: SeriesData | null, batches: SeriesData | null}} series  recorded, and of each mini-batch
   * @param {string} measure  "loss" or "accuracy"
   * @param {number | null} here  a place on the x axis to mark
   * @param {{compared: Compared | null, futures: Future[]}} behind  drawn dashed, and faint
   */
  show(themed, theme, { present, batches }, measure, here, { compared, futures }) {
    this.later(async (plotly) => {
      const { data, layout: drawn } = themed[theme];
      const layout = sized(drawn, typeScale(), this.place.clientHeight);
      const traces = data.map((trace) => fill(trace, trace.uid === BATCHES ? batches : present, abscissa(layout)));
      const recorded = data.filter(({ uid }) => uid !== BATCHES);
      const behind = [
        ...futures.flatMap((future) => recorded.map((trace) => faint(fill(trace, future, abscissa(layout)), future))),
        ...(compared ? recorded.map((trace) => dashed(fill(trace, compared, abscissa(layout)), compared.name)) : []),
      ];
      await plotly.react(
        this.place,
        [...behind, ...traces],
        {
          ...withLogTicks(layout, [...behind, ...traces]),
          xaxis: upright(layout, this.place.clientWidth),
          ...marks(layout, traces, here, this.place.clientHeight),
          width: this.place.clientWidth,
          height: this.place.clientHeight,
          uirevision: measure,
        },
        themed.config,
      );
    });
  }
}

/**
 * What a figure counts along the run: the axis is named as the series' column is.
 * @param {Layout} layout
 * @returns {"epoch" | "step"}
 */
export function abscissa(layout) {
  return layout.xaxis?.title?.text === "epoch" ? "epoch" : "step";
}

/** Width that a number along the run takes, with the room beside it (px). */
const NUMBER = 42;

/**
 * The axis along the run with no more numbers than stand side by side: turned they would run into its name.
 * @param {Layout} layout
 * @param {number} width  of the figure (px)
 */
function upright({ xaxis, margin }, width) {
  const room = width - (margin?.l ?? 0) - (margin?.r ?? 0);
  const most = Math.max(2, Math.floor(room / (NUMBER * typeScale())));
  return { ...xaxis, nticks: Math.min(Number(xaxis?.nticks ?? most), most), tickangle: 0 };
}

/**
 * @param {Trace} trace
 * @param {SeriesData | Compared | Future | null} series
 * @param {string} x  the column along the run
 */
function fill(trace, series, x) {
  const column = series?.columns[trace.meta?.series ?? trace.uid];
  return { ...trace, x: column ? series?.columns[x] : [], y: column ?? [], visible: column !== undefined };
}

/**
 * The same curve of another run.
 * @param {Trace} trace
 * @param {string} run
 */
function dashed(trace, run) {
  return {
    ...trace,
    uid: `compared-${trace.uid}`,
    line: { ...trace.line, dash: "dash", width: 1 },
    opacity: 0.75,
    hovertemplate: `${plain(run)}: ${trace.hovertemplate}`,
  };
}

/**
 * The same curve as it went on before a change.
 * @param {Trace} trace
 * @param {Future} future
 */
function faint(trace, { branch, fork }) {
  return {
    ...trace,
    uid: `future-${branch}-${trace.uid}`,
    line: { ...trace.line, width: 1.5 },
    opacity: 0.3,
    showlegend: false,
    hovertemplate: `before the change at step ${fork}: ${trace.hovertemplate}`,
  };
}

/** A name as Plotly's templates show it: their markup and their braces are no part of it. @param {string} name */
function plain(name) {
  return name.replace(/[<>&{}%]/g, " ");
}

/**
 * Names at the lines' ends, and a hairline where the run stands.
 * @param {Layout} layout
 * @param {Trace[]} traces
 * @param {number | null} here
 * @param {number} height  of the figure (px)
 */
function marks(layout, traces, here, height) {
  const log = layout.yaxis?.type === "log";
  const annotations = [...(layout.annotations ?? [])];
  const position = (/** @type {number} */ value) => (log ? Math.log10(value) : value);
  for (const trace of traces) {
    const [x, y] = [trace.x ?? [], trace.y ?? []];
    if (y.length === 0 || trace.showlegend === true || trace.uid === BATCHES) continue;
    const [at, value] = [x[y.length - 1], y[y.length - 1]];
    if (at === null || value === null || !Number.isFinite(value) || (log && value <= 0)) continue;
    const colour = trace.line?.color ?? layout.font?.color;
    annotations.push({
      x: at,
      y: position(value),
      text: trace.name ?? "",
      xanchor: "left",
      xshift: 4,
      showarrow: false,
      font: { color: colour },
    });
  }
  const { t: above = 0, b: below = 0 } = layout.margin ?? {};
  keepApart(annotations, traces, position, Math.max(1, height - above - below));
  const shapes = [...(layout.shapes ?? [])];
  if (here !== null) {
    shapes.push({
      type: "line",
      xref: "x",
      yref: "paper",
      x0: here,
      x1: here,
      y0: 0,
      y1: 1,
      line: { width: 1, dash: "dot", color: layout.font?.color ?? "gray" },
    });
  }
  return { annotations, shapes };
}

/** Height of a name (px): names closer than that are moved apart. */
const NAME = 16;

/**
 * @param {Annotation[]} annotations
 * @param {Trace[]} traces
 * @param {(value: number) => number} position
 * @param {number} height  of the plot (px)
 */
function keepApart(annotations, traces, position, height) {
  let [low, high] = [Infinity, -Infinity];
  for (const trace of traces) {
    for (const value of trace.y ?? []) {
      const at = value === null ? NaN : position(value);
      if (Number.isFinite(at)) [low, high] = [Math.min(low, at), Math.max(high, at)];
    }
  }
  const room = (NAME * typeScale()) / height;
  const ordered = annotations.filter((each) => each.text).sort((a, b) => a.y - b.y);
  for (let i = 1; i < ordered.length; i++) {
    const gap = high > low ? (ordered[i].y - ordered[i - 1].y) / (high - low) : 0;
    if (gap >= room) continue;
    const shift = ((1 - gap / room) * NAME * typeScale()) / 2;
    ordered[i].yshift = (ordered[i].yshift ?? 0) + shift;
    ordered[i - 1].yshift = (ordered[i - 1].yshift ?? 0) - shift;
  }
}
