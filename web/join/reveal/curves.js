/** Curves that were drawn, laid over each other so that where many agree is dark; the measured one and one's own above them. */

/** @import { Question, Reveal } from "../types.js" */
/** @import { Told } from "./types.js" */

import { measured } from "../../src/shared/markup.js";
import { h, s } from "../../src/toolkit/dom.js";
import { formatCount } from "../../src/toolkit/maths.js";
import { scaleOf } from "../questions/scale.js";

const [WIDTH, HEIGHT] = [300, 150];

/** @param {Question} question @param {Reveal} reveal @param {Told[]} rounds */
export function curves({ axis, log }, { curve }, rounds) {
  const [first, last, low, high] = axis ?? [0, 1, 0, 1];
  const { partOf } = scaleOf(low, high, log);
  return h("div", { class: "votes" }, ...rounds.map(paper));

  /** @param {Told} told */
  function paper({ round, own, name }) {
    const drawn = round.curves ?? [];
    const svg = s(
      "svg",
      { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "curves", role: "img", "aria-label": `${name}: ${drawn.length} curves` },
      ...drawn.map((heights) => s("path", { class: "curve-one", d: pathOf(heights) })),
      ...(Array.isArray(own) ? [s("path", { class: "curve-own", d: pathOf(own) })] : []),
      ...(curve ? [s("path", { class: "curve-right", d: pathOf(curve[1], curve[0]) })] : []),
    );
    const ends = h(
      "p",
      { class: "quiet ends" },
      h("span", {}, `step ${formatCount(first)}`),
      h("span", {}, `${measured(low)} to ${measured(high)}${log ? ", log axis" : ""}`),
      h("span", {}, formatCount(last)),
    );
    const key = h("p", { class: "quiet curves-key" }, Array.isArray(own) ? h("span", { class: "key-own" }, "yours") : null);
    if (curve) key.append(h("span", { class: "key-right" }, "measured"));
    return h("section", {}, h("h2", {}, name), svg, ends, key, h("p", { class: "quiet" }, `${round.unknown} did not know`));
  }

  /** @param {number[]} heights @param {number[]} [steps]  evenly spaced where they are not given */
  function pathOf(heights, steps) {
    let open = false;
    const path = heights.map((height, i) => {
      const part = partOf(Number(height));
      if (!Number.isFinite(part)) return (open = false) || "";
      const along = steps ? (steps[i] - first) / (last - first || 1) : i / (heights.length - 1 || 1);
      const move = open ? "L" : "M";
      open = true;
      return `${move}${(along * WIDTH).toFixed(1)} ${((1 - Math.max(-0.05, Math.min(1.05, part))) * HEIGHT).toFixed(1)}`;
    });
    return path.join("");
  }
}
