/** The surface in three dimensions, with the trails on it. Drawn in software it is slow: a few times a second is enough. */

/** @import { AppState, View } from "../types.js" */

import { h, memo } from "../dom.js";
import { Redrawn } from "../plot.js";
import { raceFrameOf } from "../store.js";
import { colourOf, isDashed } from "./lanes.js";
import { lengthAt } from "./trails.js";

/** Points of a trail, at most: more cannot be told apart. */
const MOST = 400;

/** @returns {View} */
export function threeView() {
  const place = h("div", { class: "race-plot", role: "img", aria: { label: "The surface in three dimensions" }, data: { testid: "race-3d" } });
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
    const { race, trails, figures, theme } = state;
    const frame = raceFrameOf(state, "race_surface");
    const themed = figures?.figures.race_3d;
    const [width, height] = [element.clientWidth, element.clientHeight];
    if (!race || !frame || !themed || width < 40 || height < 40 || !changed(frame, trails, theme, width, height, race.change)) return;
    figure.later(async (plotly) => {
      const { data, layout } = themed[theme];
      const [surface, line, head] = data;
      const { x, y, level } = frame.arrays;
      const rows = [];
      for (let i = 0; i < y.data.length; i += 2) {
        const row = [];
        for (let j = 0; j < x.data.length; j += 2) row.push(level.data[i * x.data.length + j]);
        rows.push(row);
      }
      const half = (/** @type {ArrayLike<number>} */ values) => Array.from(values).filter((_, i) => i % 2 === 0);
      /** @type {object[]} */
      const traces = [{ ...surface, x: half(x.data), y: half(y.data), z: rows }];
      const [xs, ys] = frame.meta.domain;
      // The axis of the surface: log₁₀ of what lies above the least, or f itself.
      const up = (/** @type {number} */ loss) => (frame.meta.colour === "log" ? Math.log10(loss - frame.meta.least + frame.meta.floor) : loss);
      for (const lane of race.lanes) {
        const trail = trails?.race === race.race ? trails.lanes.get(lane.id) : null;
        if (!trail || !trails) continue;
        const end = lengthAt(trail, trails.step);
        const stride = Math.max(1, Math.ceil(end / MOST));
        /** @type {(number | null)[][]} */
        const way = [[], [], []];
        for (let i = 0; i < end; i = i === end - 1 ? end : Math.min(end - 1, i + stride)) {
          const [px, py] = [trail.points[2 * i], trail.points[2 * i + 1]];
          const inside = px >= xs[0] && px <= xs[1] && py >= ys[0] && py <= ys[1];
          way[0].push(inside ? px : null);
          way[1].push(inside ? py : null);
          way[2].push(inside ? up(trail.losses[i]) : null);
        }
        const colour = colourOf(lane, theme);
        const dash = isDashed(lane) ? "dash" : "solid";
        traces.push({ ...line, uid: `lane-${lane.id}`, x: way[0], y: way[1], z: way[2], line: { ...line.line, color: colour, dash } });
        const ends = way.map((values) => values.slice(-1));
        const symbol = isDashed(lane) ? "square" : "circle";
        traces.push({ ...head, uid: `head-${lane.id}`, x: ends[0], y: ends[1], z: ends[2], marker: { ...head.marker, color: colour, symbol } });
      }
      const uirevision = `${race.race}`;
      await plotly.react(place, traces, { ...layout, width, height, uirevision, scene: { ...layout.scene, uirevision, zaxis: { ...layout.scene.zaxis, title: { text: frame.meta.colour === "log" ? "log f" : "f" } } } }, themed.config);
      place.dataset.drawn = String(trails?.step ?? 0);
    });
  }
}
