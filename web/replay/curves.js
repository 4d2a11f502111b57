/** Curves over the steps of a recording, with a line where the present frame is. */

import { h, s, setAttribute, setText } from "../src/toolkit/dom.js";
import { MINUS, formatCount, formatNumber, superscript, ticks } from "../src/toolkit/maths.js";

const HEIGHT = 240;
const [LEFT, RIGHT, TOP, BOTTOM] = [50, 22, 10, 36];
/** From this ratio on the axis is logarithmic, where all is above zero. */
const WIDE = 20;

/**
 * @typedef {object} Line
 * @property {string} name
 * @property {ArrayLike<number>} values  a frame each; what is not finite is left out
 * @property {ArrayLike<number>} [at]  the step of each value, where that is not the frame's
 * @property {string} colour  the token of its colour
 * @property {number[]} [dashes]
 */

/**
 * @param {{name: string, steps: ArrayLike<number>, words: string, lines: Line[], finish?: number}} curves
 *   `name` is the axis's, `words` what a step is called, `finish` a height that is marked
 */
export function curvesView({ name, steps, words, lines, finish }) {
  const known = lines.flatMap(({ values }) => Array.from(values).filter(Number.isFinite));
  const [least, most] = known.reduce(([a, b], x) => [Math.min(a, x), Math.max(b, x)], [Infinity, -Infinity]);
  const logarithmic = least > 0 && most / least >= WIDE;
  const lift = (/** @type {number} */ value) => (logarithmic ? Math.log10(value) : value);
  const span = lift(most) - lift(least) || 1;
  const [low, high] = known.length
    ? [logarithmic ? lift(least) - 0.03 * span : Math.min(0, least), lift(most) + 0.03 * span]
    : [0, 1];
  const [first, last] = [steps[0], steps[steps.length - 1]];
  let width = 0;
  const px = (/** @type {number} */ step) => LEFT + ((step - first) / Math.max(1, last - first)) * (width - LEFT - RIGHT);
  const py = (/** @type {number} */ value) =>
    HEIGHT - BOTTOM - ((lift(value) - low) / (high - low || 1)) * (HEIGHT - TOP - BOTTOM);
  /** @type {SVGElement[]} */
  let dots = [];
  let cursor = s("line");
  const values = lines.map(() => h("b", {}));
  const key = h(
    "figcaption",
    { class: "key" },
    ...lines.map((line, i) => {
      const sign = h("i", { class: "stroke" });
      sign.style.background = `var(${line.colour})`;
      return h("span", {}, sign, `${line.name} `, values[i]);
    }),
  );
  const place = h("div", { class: "curves-place" });
  const element = h("figure", { class: "curves" }, h("h2", {}, name), place, key);
  return { element, draw };

  /** Anew where its place is another: type keeps its size. */
  function build() {
    const now = Math.round(place.clientWidth);
    if (now < 80 || now === width) return;
    width = now;
    const paths = lines.map((line) => {
      const path = s("path", { d: pathOf(line), class: "curve", fill: "none" });
      path.style.stroke = `var(${line.colour})`;
      if (line.dashes?.length) path.setAttribute("stroke-dasharray", line.dashes.join(" "));
      return path;
    });
    dots = lines.map(({ colour }) => {
      const dot = s("circle", { r: 4, class: "head" });
      dot.style.fill = `var(${colour})`;
      return dot;
    });
    cursor = s("line", { y1: TOP, y2: HEIGHT - BOTTOM, class: "cursor" });
    const marked = finish !== undefined && (!logarithmic || finish > 0) && lift(finish) >= low && lift(finish) <= high;
    const svg = s(
      "svg",
      { viewBox: `0 0 ${width} ${HEIGHT}`, role: "img", "aria-label": `${name} over the steps`, class: "curves-svg" },
      ...heights().flatMap(([value, text]) => [
        s("line", { x1: LEFT, x2: width - RIGHT, y1: py(value), y2: py(value), class: "grid" }),
        s("text", { x: LEFT - 6, y: py(value) + 4, "text-anchor": "end" }, text),
      ]),
      ...ticks(first, last, 4).map((step) =>
        s("text", { x: px(step), y: HEIGHT - BOTTOM + 16, "text-anchor": "middle" }, formatCount(step)),
      ),
      s("text", { x: width - RIGHT, y: HEIGHT - 4, "text-anchor": "end" }, words),
      ...(marked ? [s("line", { x1: LEFT, x2: width - RIGHT, y1: py(finish), y2: py(finish), class: "finish" })] : []),
      cursor,
      ...paths,
      ...dots,
    );
    place.replaceChildren(svg);
  }

  /** @param {number} frame */
  function draw(frame) {
    build();
    if (width === 0) return;
    setAttribute(cursor, "x1", px(steps[frame]).toFixed(1));
    setAttribute(cursor, "x2", px(steps[frame]).toFixed(1));
    lines.forEach((line, i) => {
      const value = line.values[frame];
      const at = (line.at ?? steps)[frame];
      const there = Number.isFinite(value) && at >= first;
      setAttribute(dots[i], "visibility", there ? null : "hidden");
      if (there) {
        setAttribute(dots[i], "cx", px(at).toFixed(1));
        setAttribute(dots[i], "cy", py(value).toFixed(1));
      }
      setText(values[i], formatNumber(value));
    });
  }

  /** @param {Line} line */
  function pathOf({ values, at = steps }) {
    let path = "";
    let drawn = false;
    for (let i = 0; i < values.length; i++) {
      const there = Number.isFinite(values[i]) && at[i] >= first;
      if (there && (i === 0 || at[i] !== at[i - 1]))
        path += `${drawn ? "L" : "M"}${px(at[i]).toFixed(1)} ${py(values[i]).toFixed(1)}`;
      drawn = there;
    }
    return path;
  }

  /** Round values with their words. @returns {[number, string][]} */
  function heights() {
    if (!logarithmic) return ticks(low, high, 5).map((value) => [value, String(value).replace("-", MINUS)]);
    /** @type {[number, string][]} */
    const found = [];
    const factors = high - low < 2.2 ? [1, 2, 5] : [1];
    const every = Math.max(1, Math.ceil((high - low) / 6));
    for (let power = Math.floor(low); power <= Math.ceil(high); power++)
      for (const factor of factors) {
        const value = factor * 10 ** power;
        if (lift(value) < low || lift(value) > high || (factors.length === 1 && power % every)) continue;
        const plain = value >= 1e-3 && value < 1e4;
        const words = plain
          ? String(Number(value.toPrecision(1)))
          : `${factor === 1 ? "" : `${factor}·`}10${superscript(power)}`;
        found.push([value, words]);
      }
    return found;
  }
}
