/** The ground of a race in three dimensions, with the lanes on it. Drawn in software it is slow: a few times a second is enough. */

/** @import { AppState, View } from "../../types.js" */
/** @import { Lane } from "../types.js" */

import { h, memo } from "../../toolkit/dom.js";
import { Redrawn } from "../../toolkit/plot.js";
import { colourOf, isDashed } from "../lanes/lanes.js";

/** Points along a side of the ground that are drawn; of a finer one every second is left out. */
const FINE = 101;
const [NARROW, SHORT] = [480, 8];

/**
 * @typedef {object} Scene  What is drawn.
 * @property {import("../../channels.js").AnyFrame} ground  its `x`, `y` and `level`
 * @property {{lane: Lane, way: (number | null)[][], drop?: [number, number]}[]} lanes  the way's x, y and height, and from
 *   where to where a thin line falls at its head
 * @property {[string, string, string]} titles
 * @property {string} uirevision
 * @property {number} drawn  the step it is of
 *
 * @typedef {object} Told
 * @property {string} named  the server's figure
 * @property {string} testid
 * @property {string} label
 * @property {(state: AppState) => unknown[] | null} known  what it depends on; null while there is nothing
 * @property {(state: AppState) => Scene} scene
 */

/** The axis of a surface: log₁₀ of what lies above the least, or the loss itself. @param {import("../channels.js").Heights} meta @returns {(loss: number) => number} */
export function heightOf({ colour, least, floor }) {
  return (loss) => (colour === "linear" ? loss : Math.log10(Math.max(0, loss - least) + floor));
}

/** @param {Told} told @returns {View} */
export function threeView({ named, testid, label, known, scene }) {
  const place = h("div", { class: "race-plot", role: "img", aria: { label }, data: { testid } });
  const element = h("div", { class: "race-three" }, place);
  const figure = new Redrawn(place);
  const changed = memo();
  /** @type {AppState | null} */
  let last = null;
  new ResizeObserver(() => last && update(last)).observe(element);
  return { element, update };

  /** @param {AppState} state */
  function update(state) {
    last = state;
    const { figures, theme } = state;
    const themed = figures?.figures[named];
    const [width, height] = [element.clientWidth, element.clientHeight];
    const found = known(state);
    if (!found || !themed || width < 40 || height < 40 || !changed(...found, theme, width, height)) return;
    figure.later(async (plotly) => {
      const { data, layout } = themed[theme];
      const { scene: space } = layout;
      if (!space) throw new Error(`${named} has no scene`);
      const [surface, line, head] = data;
      const { ground, lanes, titles, uirevision, drawn } = scene(state);
      const { x, y, level } = ground.arrays;
      const stride = x.data.length > FINE ? 2 : 1;
      const kept = (/** @type {ArrayLike<number>} */ values) => Array.from(values).filter((_, i) => i % stride === 0);
      const rows = [];
      for (let i = 0; i < y.data.length; i += stride)
        rows.push(kept(level.data.subarray(i * x.data.length, (i + 1) * x.data.length)));
      /** @type {import("../../toolkit/plotly.js").Trace[]} */
      const traces = [{ ...surface, x: kept(x.data), y: kept(y.data), z: rows }];
      for (const { lane, way, drop } of lanes) {
        const colour = colourOf(lane, theme);
        const dash = isDashed(lane) ? "dash" : "solid";
        traces.push({
          ...line,
          uid: `lane-${lane.id}`,
          x: way[0],
          y: way[1],
          z: way[2],
          line: { ...line.line, color: colour, dash },
        });
        const [px, py, pz] = way.map((values) => values.slice(-1));
        const symbol = isDashed(lane) ? "square" : "circle";
        traces.push({
          ...head,
          uid: `head-${lane.id}`,
          x: px,
          y: py,
          z: pz,
          marker: { ...head.marker, color: colour, symbol },
        });
        if (drop)
          traces.push({
            ...line,
            uid: `drop-${lane.id}`,
            x: [...px, ...px],
            y: [...py, ...py],
            z: drop,
            line: { ...line.line, width: 2, color: colour },
          });
      }
      // On a small picture there is no room beside the axes for more than a short name.
      const brief = (/** @type {string} */ text) => (Math.min(width, 1.5 * height) < NARROW && text.length > SHORT ? "" : text);
      const [xaxis, yaxis, zaxis] = [space.xaxis, space.yaxis, space.zaxis].map((axis, i) => ({
        ...axis,
        title: { text: brief(titles[i]) },
      }));
      await plotly.react(
        place,
        traces,
        { ...layout, width, height, uirevision, scene: { ...space, xaxis, yaxis, zaxis, uirevision } },
        themed.config,
      );
      place.dataset.drawn = String(drawn);
    });
  }
}
