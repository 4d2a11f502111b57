/** A small chart of a few lines over the steps, with a legend. */

/** @import { AppState } from "../../types.js" */

import { h, s } from "../../toolkit/dom.js";
import { logTicks } from "../../toolkit/log-ticks.js";
import { Redrawn, sized } from "../../toolkit/plot.js";
import { typeScale } from "../../toolkit/type-scale.js";

/**
 * @typedef {object} Line
 * @property {string} name
 * @property {(number | null)[]} x
 * @property {(number | null)[]} y
 * @property {string} color
 * @property {string} [dash]
 */

/** As Plotly draws them. @type {Record<string, string>} */
const PATTERNS = { solid: "", dash: "8 4", dot: "2 3" };

/** @param {Line} line */
function legendOf({ name, color, dash = "solid" }) {
  const line = s("line", { x1: 1, x2: 23, y1: 6, y2: 6, "stroke-width": 2, stroke: color });
  line.setAttribute("stroke-dasharray", PATTERNS[dash]);
  const sign = s("svg", { viewBox: "0 0 24 12", width: 24, height: 12, "aria-hidden": "true" }, line);
  return h("span", { class: "race-curvature-key small" }, sign, name);
}

/** @param {string} testid @param {string} label */
export function lineChart(testid, label) {
  const place = h("div", { class: "race-plot", role: "img", aria: { label }, data: { testid } });
  const stage = h("div", { class: "race-curvature-stage" }, place);
  const legend = h("div", { class: "race-curvature-legend" });
  const element = h("div", {}, legend, stage);
  const figure = new Redrawn(place);
  return {
    element,
    size: () => `${stage.clientWidth} ${stage.clientHeight}`,
    /** On a logarithmic axis what is not above 0 is left out. @param {AppState} state @param {Line[]} lines */
    draw(state, lines) {
      const themed = state.figures?.figures.race_loss;
      const [width, height] = [stage.clientWidth, stage.clientHeight];
      legend.replaceChildren(...lines.map(legendOf));
      if (!themed || width < 40 || height < 40) return;
      figure.later(async (plotly) => {
        const { data, layout: laid } = themed[state.theme];
        const layout = sized(laid, typeScale(), height);
        const known = lines.flatMap(({ y }) => y.filter((value) => value !== null && value > 0 && value < Infinity));
        const ends = known.map((value) => Math.log10(/** @type {number} */ (value)));
        const [low, high] = ends.length ? [Math.min(...ends), Math.max(...ends)] : [0, 1];
        const room = 0.05 * (high - low || 1);
        const traces = lines.map(({ name, x, y, color, dash = "solid" }) => ({
          ...data[0],
          uid: name,
          name,
          x,
          y: y.map((value) => (value !== null && value > 0 ? value : null)),
          line: { ...data[0].line, color, dash },
        }));
        const last = Math.max(1, ...lines.map(({ x }) => x[x.length - 1] ?? 0));
        await plotly.react(
          place,
          traces,
          {
            ...layout,
            margin: { ...layout.margin, r: 12 },
            xaxis: { ...layout.xaxis, range: [0, last] },
            yaxis: {
              ...layout.yaxis,
              range: [low - room, high + room],
              ...logTicks(10 ** (low - room), 10 ** (high + room), layout.yaxis.nticks),
            },
            annotations: [],
            width,
            height,
            uirevision: testid,
          },
          themed.config,
        );
      });
    },
  };
}
