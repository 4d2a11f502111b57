/** How all starts ended: so many of so many, and how their numbers lie. */

/** @import { Collected } from "./types.js" */

import { h, memo, s, setText } from "../../toolkit/dom.js";
import { formatNumber } from "../../toolkit/maths.js";

/** Of the drawing, whose unit is a pixel at its own size. */
const [WIDTH, HEIGHT] = [280, 56];

export function collectedView() {
  const count = h("p", { class: "collected-count", data: { testid: "collected" } });
  const picture = h("div", { class: "collected-picture" });
  const ends = [h("span"), h("span")];
  const element = h(
    "div",
    { class: "collected", hidden: true },
    count,
    h("figure", { class: "collected-figure" }, picture, h("figcaption", { class: "small collected-ends" }, ...ends)),
  );
  const changed = memo();
  return {
    element,
    /** @param {Collected | null} collected @param {(value: number) => string} [write] */
    show(collected, write = (value) => formatNumber(value, 3)) {
      element.hidden = collected === null;
      if (!collected || !changed(JSON.stringify(collected))) return;
      const { title, found, of, counts, edges } = collected;
      setText(count, wordsOf(title, found, of));
      picture.replaceChildren(of > 0 && counts.length > 0 ? bars(counts, edges, write) : "");
      const [low, high] = [edges[0], edges[edges.length - 1]];
      setText(ends[0], counts.length > 0 && of > 0 ? write(low) : "");
      setText(ends[1], counts.length > 0 && of > 0 ? write(high) : "");
    },
  };
}

/** What was looked for is told by a title such as “starts found XOR”; else it is the number's. @param {string} title @param {number} found @param {number} of */
function wordsOf(title, found, of) {
  if (of === 0) return "No start has ended yet.";
  return title.startsWith("starts")
    ? `${found} of ${of} ${title}`
    : `${of} ${of === 1 ? "start has" : "starts have"} ended: ${title}`;
}

/** @param {number[]} counts @param {number[]} edges @param {(value: number) => string} write */
function bars(counts, edges, write) {
  const [most, width] = [Math.max(1, ...counts), WIDTH / counts.length];
  const words = counts.map((n, i) => (n > 0 ? `${n} from ${write(edges[i])} to ${write(edges[i + 1])}` : "")).filter(Boolean);
  return s(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "collected-bars", role: "img", "aria-label": `Histogram: ${words.join("; ")}` },
    ...counts.map((n, i) =>
      s("rect", {
        x: i * width + 1,
        y: HEIGHT - (n / most) * HEIGHT,
        width: Math.max(1, width - 2),
        height: (n / most) * HEIGHT,
        class: "collected-bar",
      }),
    ),
    s("line", { x1: 0, x2: WIDTH, y1: HEIGHT - 0.5, y2: HEIGHT - 0.5, class: "collected-axis" }),
  );
}
