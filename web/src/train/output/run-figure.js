/** A figure of the run's recorded series, what it is compared with behind it. A trace's `meta.series` names its column. */

/** @import { Annotation, Layout, ThemedFigure, Trace } from "../../toolkit/plotly.js" */
/** @import { Compared, Future, SeriesData } from "../../types.js" */

import { typeScale } from "../../toolkit/type-scale.js";
import { Redrawn, sized } from "../../toolkit/plot.js";

export class RunFigure extends Redrawn {
  /**
   * Draws the newest state; what is overtaken meanwhile is not drawn.
   * @param {ThemedFigure} themed
   * @param {"light" | "dark"} theme
   * @param {SeriesData | null} series
   * @param {string} measure  "loss" or "accuracy"
   * @param {number | null} here  a place on the x axis to mark
   * @param {{compared: Compared | null, futures: Future[]}} behind  drawn dashed, and faint
   */
  show(themed, theme, series, measure, here, { compared, futures }) {
    this.later(async (plotly) => {
      const { data, layout: drawn } = themed[theme];
      const layout = sized(drawn, typeScale(), this.place.clientHeight);
      const traces = data.map((trace) => fill(trace, series, abscissa(layout)));
      const behind = [
        ...futures.flatMap((future) => data.map((trace) => faint(fill(trace, future, abscissa(layout)), future))),
        ...(compared ? data.map((trace) => dashed(fill(trace, compared, abscissa(layout)), compared.name)) : []),
      ];
      await plotly.react(
        this.place,
        [...behind, ...traces],
        {
          ...layout,
          ...marks(layout, traces, here),
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
 */
function marks(layout, traces, here) {
  const log = layout.yaxis?.type === "log";
  const annotations = [...(layout.annotations ?? [])];
  const position = (/** @type {number} */ value) => (log ? Math.log10(value) : value);
  for (const trace of traces) {
    const [x, y] = [trace.x ?? [], trace.y ?? []];
    if (y.length === 0 || trace.showlegend === true) continue;
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
  keepApart(annotations, traces, position);
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

/** Height of a name, as a share of the plot's: names closer than that are moved apart. */
const ROOM = 0.09;

/**
 * @param {Annotation[]} annotations
 * @param {Trace[]} traces
 * @param {(value: number) => number} position
 */
function keepApart(annotations, traces, position) {
  let [low, high] = [Infinity, -Infinity];
  for (const trace of traces) {
    for (const value of trace.y ?? []) {
      const at = value === null ? NaN : position(value);
      if (Number.isFinite(at)) [low, high] = [Math.min(low, at), Math.max(high, at)];
    }
  }
  const room = ROOM * typeScale();
  const ordered = annotations.filter((each) => each.text).sort((a, b) => a.y - b.y);
  for (let i = 1; i < ordered.length; i++) {
    const gap = high > low ? (ordered[i].y - ordered[i - 1].y) / (high - low) : 0;
    if (gap >= room) continue;
    const shift = (1 - gap / room) * 7 * typeScale();
    ordered[i].yshift = (ordered[i].yshift ?? 0) + shift;
    ordered[i - 1].yshift = (ordered[i - 1].yshift ?? 0) - shift;
  }
}
