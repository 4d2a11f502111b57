/** Places that were answered, as a cloud over the plane; the measured one a cross, one's own ringed. */

/** @import { Follow, Question, Reveal } from "../types.js" */
/** @import { Told } from "./types.js" */

import { measured } from "../../src/shared/markup.js";
import { h, prepareCanvas, s } from "../../src/toolkit/dom.js";
import { drawPlane, hasPlane, rangesOf } from "../picture/plane.js";
import { inWords } from "../questions/words.js";

const SIZE = 320;

/** @param {Question} question @param {Reveal} reveal @param {Told[]} rounds @param {Follow | null} frame @param {string} theme */
export function cloud(question, { truth, value }, rounds, frame, theme) {
  const right = [truth, value].find((each) => Array.isArray(each) && each.length === 2);
  const shown = frame && hasPlane(frame) ? frame : null;
  const all = rounds.flatMap(({ round, own }) => [...(round.points ?? []), ...(Array.isArray(own) ? [own] : [])]);
  if (Array.isArray(right)) all.push(right);
  const { xs, ys } = shown ? rangesOf(shown) : (given(question) ?? around(all));
  const px = (/** @type {number} */ x) => ((x - xs[0]) / (xs[1] - xs[0] || 1)) * SIZE;
  const py = (/** @type {number} */ y) => (1 - (y - ys[0]) / (ys[1] - ys[0] || 1)) * SIZE;
  return h("div", { class: "votes" }, ...rounds.map(planeOf));

  /** @param {Told} told */
  function planeOf({ round, own, name }) {
    const points = round.points ?? [];
    const canvas = h("canvas", { class: "picture-plane", aria: { hidden: true } });
    if (shown) drawPlane(prepareCanvas(canvas, SIZE, SIZE, 2), shown, SIZE, SIZE, theme);
    const where = Array.isArray(right) ? `, measured at ${right.map(measured).join(", ")}` : "";
    const svg = s(
      "svg",
      { viewBox: `0 0 ${SIZE} ${SIZE}`, role: "img", "aria-label": `${name}: ${points.length} places${where}` },
      ...points.map(([x, y]) => s("circle", { class: "cloud-point", cx: px(x), cy: py(y), r: 5 })),
      ...(Array.isArray(own) ? [s("circle", { class: "cloud-own", cx: px(own[0]), cy: py(own[1]), r: 9 })] : []),
      ...(Array.isArray(right)
        ? [s("path", { class: "cloud-right", d: `M${px(right[0]) - 9} ${py(right[1])}h18m-9 -9v18` })]
        : []),
    );
    const mine = own === undefined ? null : h("p", { class: "quiet" }, `you: ${inWords(question, own)}`);
    const rest = h("p", { class: "quiet" }, `${round.unknown} did not know`);
    return h("section", {}, h("h2", {}, name), h("div", { class: "cloud" }, canvas, svg), mine, rest);
  }
}

/** @param {Question} question @returns {{xs: [number, number], ys: [number, number]} | null} */
function given({ axis }) {
  return axis && { xs: [axis[0], axis[1]], ys: [axis[2], axis[3]] };
}

/** Room for all of them. @param {number[][]} points @returns {{xs: [number, number], ys: [number, number]}} */
function around(points) {
  const range = (/** @type {number} */ k) => {
    const all = points.map((point) => point[k]);
    const [low, high] = [Math.min(...all), Math.max(...all)];
    const edge = (high - low || 1) * 0.1;
    return /** @type {[number, number]} */ (all.length ? [low - edge, high + edge] : [-1, 1]);
  };
  return { xs: range(0), ys: range(1) };
}
