/** A figure in its place: its title, names that have no room at the lines' ends, and the picture, as large as there is room. */

/** @import { Config } from "../../toolkit/plotly.js" */
/** @import { Chart, Figure } from "../slice.js" */
/** @import { Shown } from "../views/types.js" */

import { h, memo, setText } from "../../toolkit/dom.js";
import { Redrawn } from "../../toolkit/plot.js";
import { drawnChart } from "./chart.js";
import { drawnHeat } from "./heat.js";
import { legendOf } from "./legend.js";
import { lookOf } from "./look.js";
import { namedAtEnds } from "./names.js";

/** @type {Config} */
export const CONFIG = { displayModeBar: false, responsive: false };

/**
 * What Plotly is to draw.
 * @param {Figure} figure
 * @param {import("./look.js").Look} look
 * @param {{width: number, height: number}} size
 */
export function drawnFigure(figure, look, size) {
  return figure.kind === "heat" ? drawnHeat(figure, look, size) : drawnChart(figure, look, size, hasLegend(figure, look, size));
}

/** @param {Chart} chart @param {import("./look.js").Look} look @param {{width: number, height: number}} size */
export const hasLegend = (chart, look, { width, height }) =>
  chart.series.length > 1 && !namedAtEnds(chart, look, width, height);

export function figureView() {
  const title = h("h3", { class: "lab-figure-title" });
  const legend = h("ul", { class: "lab-legend small" });
  const place = h("div", { class: "lab-plot", role: "img" });
  const stage = h("div", { class: "lab-plot-place" }, place);
  const element = h("figure", { class: "lab-figure" }, h("figcaption", {}, title, legend), stage);
  const redrawn = new Redrawn(place);
  /** @type {{figure: Figure, theme: Shown["theme"]} | null} */
  let last = null;
  const changed = memo();
  new ResizeObserver(() => draw()).observe(stage);
  return {
    element,
    /** @param {Figure | undefined} figure @param {Shown} shown */
    show(figure, shown) {
      element.hidden = figure === undefined;
      if (!figure || !changed(figure, shown.theme, shown.projector)) return;
      last = { figure, theme: shown.theme };
      setText(title, figure.title);
      place.setAttribute("aria-label", `${figure.title}: ${namesOf(figure)}. The numbers are in the table.`);
      draw();
    },
  };

  function draw() {
    const [width, height] = [stage.clientWidth, stage.clientHeight];
    if (!last || width < 40 || height < 40) return;
    const { figure, theme } = last;
    const look = lookOf(theme);
    legend.replaceChildren(
      ...(figure.kind === "chart" && hasLegend(figure, look, { width, height }) ? legendOf(figure, look) : []),
    );
    void redrawn.later(async (plotly) => {
      const size = { width: stage.clientWidth, height: stage.clientHeight };
      if (size.width < 40 || size.height < 40) return;
      const { traces, layout } = drawnFigure(figure, look, size);
      await plotly.react(place, traces, layout, CONFIG);
      element.dataset.drawn = String(Number(element.dataset.drawn ?? 0) + 1);
    });
  }
}

/** @param {Figure} figure */
function namesOf(figure) {
  const axes = `${figure.y.title} against ${figure.x.title}`;
  if (figure.kind === "heat") return `${figure.measure || "values"} by ${figure.y.title} and ${figure.x.title}`;
  return figure.series.length > 1 ? `${axes}, ${figure.series.map(({ name }) => name).join(", ")}` : axes;
}
