/** Words in a chart: names at the lines' ends where there is room, and what marks say. None lies over another. */

/** @import { Annotation } from "../../toolkit/plotly.js" */
/** @import { Chart } from "../slice.js" */
/** @import { Look } from "./look.js" */

import { endsOf, plain } from "./axes.js";
import { widthOf } from "./look.js";

/**
 * @typedef {object} Place  Where a chart is drawn.
 * @property {[number, number]} x  its ends
 * @property {[number, number]} y
 * @property {{x: boolean, y: boolean}} log
 * @property {number} left  of it (px)
 * @property {number} right
 * @property {number} width
 * @property {number} height
 */

/** Of a chart's width that names may take, and how many. */
const [SHARE, MOST] = [0.3, 8];

/** Whether the lines can be named at their ends: all of them end at the right, and there is room beside them. */
/** @param {Chart} chart @param {Look} look @param {number} width  of the figure (px) @param {number} height */
export function namedAtEnds(chart, look, width, height) {
  const { series } = chart;
  if (series.length < 2) return false;
  if (series.length > MOST || series.some(({ kind }) => kind === "bars" || kind === "points")) return false;
  if (series.length * 1.3 * look.small > height - 5 * look.small) return false;
  if (longest(chart, look) > SHARE * width) return false;
  const log = chart.x.scale === "log" && chart.x.labels.length === 0;
  const at = (/** @type {number} */ value) => (log ? Math.log10(value) : value);
  const all = series.flatMap(({ x }) => [...x.data].map(at)).filter(Number.isFinite);
  const [low, high] = [all.reduce((a, b) => Math.min(a, b), Infinity), all.reduce((a, b) => Math.max(a, b), -Infinity)];
  return series.every((one) => {
    const last = lastOf(one, chart.y.scale === "log");
    return last === null || at(last.x) >= high - 0.12 * (high - low);
  });
}

/** @param {Chart} chart @param {Look} look */
const longest = ({ series }, look) => Math.max(...series.map(({ name }) => widthOf(name, look.small)));

/** @param {Chart["series"][number]} one @param {boolean} log */
function lastOf({ x, y }, log) {
  for (let i = y.data.length - 1; i >= 0; i--)
    if (Number.isFinite(y.data[i]) && (!log || y.data[i] > 0)) return { x: x.data[i], y: y.data[i] };
  return null;
}

/** @param {Chart} chart @param {Look} look @param {number} height  of the figure (px) @returns {{annotations: Annotation[], room: number}} */
export function namesAtEnds(chart, look, height) {
  if (chart.series.length < 2) return { annotations: [], room: 0 };
  const log = chart.y.scale === "log";
  const all = chart.series.flatMap(({ y, low, high }) => [...y.data, ...(low?.data ?? []), ...(high?.data ?? [])]);
  const [low, high] = endsOf(chart.y, all);
  const at = (/** @type {number} */ value) =>
    log ? Math.log10(value / low) / Math.log10(high / low) : (value - low) / (high - low);
  const logX = chart.x.scale === "log" && chart.x.labels.length === 0;
  const plot = Math.max(1, height - 5 * look.small);
  const apart = (1.25 * look.small) / plot;
  const names = chart.series.flatMap((one) => {
    const last = lastOf(one, log);
    return last ? [{ one, last, wanted: Math.max(0, Math.min(1, at(last.y))), place: 0 }] : [];
  });
  names.sort((a, b) => a.wanted - b.wanted);
  spread(names, apart);
  return {
    room: 10 + longest(chart, look),
    annotations: names.map(({ one, last, wanted, place }) => ({
      x: logX ? Math.log10(last.x) : last.x,
      y: log ? Math.log10(last.y) : last.y,
      text: plain(one.name),
      xanchor: "left",
      yanchor: "middle",
      xshift: 5,
      yshift: (place - wanted) * plot,
      showarrow: false,
      font: { color: look.ink, size: look.small },
    })),
  };
}

/** Moves names apart, as little as it takes, within the chart. @param {{wanted: number, place: number}[]} names  from below @param {number} apart */
function spread(names, apart) {
  let floor = apart / 2; // clear of the axis
  for (const each of names) {
    each.place = Math.max(each.wanted, floor);
    floor = each.place + apart;
  }
  let top = 1;
  for (const each of [...names].reverse()) {
    each.place = Math.min(each.place, top);
    top = each.place - apart;
  }
  // Those that were pushed up settle about the middle of what they wanted.
  for (let i = 0; i < names.length;) {
    let j = i + 1;
    while (j < names.length && names[j].place - names[j - 1].place <= apart * 1.001) j++;
    const group = names.slice(i, j);
    const off = group.reduce((sum, { place, wanted }) => sum + place - wanted, 0) / group.length;
    const down = i > 0 ? names[i - 1].place + apart : apart / 2;
    const by = Math.max(0, Math.min(off, group[0].place - down));
    for (const each of group) each.place -= by;
    i = j;
  }
}

/** @typedef {Chart["marks"][number]} Mark */

/** How far along an axis a value is, from 0 to 1. @param {Place} place @param {"x" | "y"} axis @param {number} value */
function along(place, axis, value) {
  const [low, high] = place[axis];
  return place.log[axis] ? Math.log10(value / low) / Math.log10(high / low) : (value - low) / (high - low);
}

/**
 * Above the chart, the words of lines upwards, each on the side where there is room; as many rows as it takes.
 * @param {Mark[]} marks
 * @param {Place} place  of which the width is known
 * @param {Look} look
 */
export function wordsAbove(marks, place, look) {
  /** @type {{left: number, right: number, row: number}[]} */
  const taken = [];
  return marks
    .filter(({ axis }) => axis === "x")
    .map(({ at, words }) => {
      const px = along(place, "x", at) * place.width;
      const width = widthOf(words, look.small) + 10;
      // Into the margins where it must be; of words that are wider still the beginning is seen.
      const before = px + width > place.width + place.right && px + place.left >= width;
      const beside = Math.max(-place.left, Math.min(px, place.width + place.right - width));
      const [left, right] = before ? [px - width, px] : [beside, beside + width];
      let row = 0;
      while (taken.some((other) => other.row === row && left < other.right && other.left < right)) row++;
      taken.push({ left, right, row });
      return { at, words, before, row, by: before ? 3 : left - px - 3 };
    });
}

/**
 * The words of marks as Plotly writes them: those of lines across stand on their line, or below it where another is close above.
 * @param {Mark[]} marks
 * @param {ReturnType<typeof wordsAbove>} above
 * @param {Place} place
 * @param {Look} look
 * @returns {Annotation[]}
 */
export function markWords(marks, above, place, look) {
  const font = { color: look.ink, size: look.small };
  const common = (/** @type {string} */ words) => ({ text: plain(words), showarrow: false, font });
  const across = marks.filter(({ axis }) => axis === "y").sort((a, b) => b.at - a.at);
  return [
    ...above.map(({ at, words, before, row, by }) => ({
      ...common(words),
      x: place.log.x ? Math.log10(at) : at,
      xanchor: before ? "right" : "left",
      xshift: by,
      y: 1,
      yref: "paper",
      yanchor: "bottom",
      yshift: row * 1.4 * look.small,
    })),
    ...across.map(({ at, words }, i) => {
      const gap = i === 0 ? Infinity : (along(place, "y", across[i - 1].at) - along(place, "y", at)) * place.height;
      return {
        ...common(words),
        bgcolor: look.colours.paper,
        x: 0,
        xref: "paper",
        xanchor: "left",
        xshift: 4,
        y: place.log.y ? Math.log10(at) : at,
        yanchor: gap < 1.6 * look.small ? "top" : "bottom",
      };
    }),
  ];
}
