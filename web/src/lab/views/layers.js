/** What each layer does: the input plane bent layer by layer, played as one motion; beside it what a linear probe reads there. */

/** @import { OwnView, Shown, Tools } from "./types.js" */
/** @import { Place } from "./layers/positions.js" */

import { h, memo, setAttribute, setText } from "../../toolkit/dom.js";
import { lookOf } from "../figures/look.js";
import { groupColour, paint, shape } from "./layers/painting.js";
import { between, eased, placeOf, stopsOf } from "./layers/positions.js";
import { dot, line, picture } from "./sketch.js";

/** Milliseconds from a stop to the next, and of both together before playing goes on. */
const [MOTION, PACE] = [900, 1700];
const CALM = matchMedia("(prefers-reduced-motion: reduce)");

/** @param {Tools} tools @returns {OwnView} */
function view(tools) {
  const canvas = h("canvas", { role: "img", data: { testid: "layers-canvas" } });
  const place = h("div", { class: "layers-canvas" }, canvas);
  const title = h("h3", { data: { testid: "layers-title" } });
  const legend = h("ul", { class: "layers-legend small" });
  const probes = tools.chart();
  const element = h(
    "div",
    { class: "lab-pair layers", data: { testid: "layers" } },
    h("section", { class: "layers-plane" }, title, place, legend),
    probes.element,
  );
  const [figured, named] = [memo(), memo()];
  /** @type {Place[]} */
  let stops = [];
  /** @type {Shown | null} */
  let last = null;
  /** what is painted, and where the motion goes on from */
  let [points, origin] = /** @type {[Float64Array[], Float64Array[]]} */ ([[], []]);
  let [goal, began] = [-1, 0];
  new ResizeObserver(() => draw()).observe(place);

  return { element, update, steps: (shown) => stopsOf(shown.figures).length, stepWords: wordsOf, pace: PACE };

  /** @param {Shown} shown */
  function update(shown) {
    last = shown;
    if (figured(shown.figures)) {
      const moving = (shown.values.grid ? 1 : 0) + groupsOf(shown).length;
      stops = stopsOf(shown.figures).map((chart) => placeOf(chart, moving));
      const alike = stops[goal] && sizesOf(stops[goal].points) === sizesOf(points);
      if (!alike) goal = -1;
      else if (element.dataset.moving !== "true") points = stops[goal].points;
    }
    if (named([shown.values.groups, shown.theme, shown.projector].join())) list(shown);
    probes.show(shown.figures[0], shown);
    if (stops.length === 0) return;
    const to = Math.min(shown.step, stops.length - 1);
    if (to !== goal) head(to);
    setText(title, stops[to].title);
    setAttribute(canvas, "aria-label", `${stops[to].title}. ${groupsOf(shown).join(", ")}`);
    draw();
  }

  /** On the way to a stop; at once where nothing is to move, or nothing was there. @param {number} to */
  function head(to) {
    origin = points;
    const still = goal < 0 || CALM.matches;
    goal = to;
    if (still) return arrive();
    began = performance.now();
    if (element.dataset.moving !== "true") requestAnimationFrame(move);
    element.dataset.moving = "true";
  }

  function arrive() {
    points = stops[goal].points;
    element.dataset.moving = "false";
    element.dataset.stop = String(goal);
  }

  /** @param {number} now */
  function move(now) {
    if (!element.isConnected || !stops[goal] || element.dataset.moving !== "true") return;
    const share = Math.min(1, Math.max(0, (now - began) / MOTION));
    if (share >= 1) arrive();
    else {
      points = between(origin, stops[goal].points, eased(share));
      requestAnimationFrame(move);
    }
    draw();
  }

  function draw() {
    const [width, height] = [place.clientWidth, place.clientHeight];
    const context = canvas.getContext("2d");
    if (!last || !context || width < 20 || height < 20 || points.length === 0) return;
    const density = Math.min(3, window.devicePixelRatio || 1);
    if (canvas.width !== Math.round(width * density) || canvas.height !== Math.round(height * density)) {
      [canvas.width, canvas.height] = [Math.round(width * density), Math.round(height * density)];
      [canvas.style.width, canvas.style.height] = [`${width}px`, `${height}px`];
    }
    context.setTransform(density, 0, 0, density, 0, 0);
    const still = element.dataset.moving === "true" ? null : stops[goal].chart;
    paint(context, { width, height }, points, partsOf(last), lookOf(last.theme), still);
  }

  /** @param {Shown} shown */
  function list(shown) {
    const look = lookOf(shown.theme);
    legend.replaceChildren(
      ...groupsOf(shown).map((name, order) => {
        const sign = h("canvas", { width: 24, height: 24, "aria-hidden": "true" });
        const context = sign.getContext("2d");
        if (context) {
          context.fillStyle = groupColour(look, order, partsOf(shown));
          shape(context, order, 12, 12, 8);
          context.fill();
        }
        return h("li", {}, sign, shown.values.classes ? `class ${name}` : name);
      }),
    );
  }
}

/** @param {Shown} shown */
const groupsOf = ({ values }) => /** @type {string[]} */ (values.groups ?? []);

/** @param {Shown} shown */
const partsOf = (shown) => ({
  grid: Boolean(shown.values.grid),
  groups: groupsOf(shown).length,
  classes: Boolean(shown.values.classes),
});

/** @param {Float64Array[]} points */
const sizesOf = (points) => points.map(({ length }) => length).join();

/** @param {Shown} shown */
function wordsOf({ values, step, figures }) {
  const stops = /** @type {{name: string, units: number, shares: number[] | null}[]} */ (values.stops ?? []);
  const stop = stops[Math.min(step, stops.length - 1)];
  if (!stop || figures.length < 2) return "";
  const told = stop.shares ? `${Math.round(100 * (stop.shares[0] + stop.shares[1]))} % of the variance` : "exactly";
  return `${stop.name}, ${told}`;
}

const thumbnail = () =>
  picture(
    ...[0, 1, 2, 3].map((k) => line(`M${12 + k * 15} 18V70`, "faint")),
    ...[0, 1, 2, 3].map((k) => line(`M8 ${22 + k * 15}H62`, "faint")),
    ...[0, 1, 2, 3].map((k) => line(`M${98 + k * 14} 14C${88 + k * 18} 34 ${112 + k * 8} 52 ${96 + k * 17} 76`, "faint")),
    ...[0, 1, 2, 3].map((k) => line(`M92 ${18 + k * 16}C112 ${30 + k * 10} 130 ${8 + k * 18} 152 ${22 + k * 14}`, "faint")),
    line("M68 45H84M78 39L84 45L78 51", "ink"),
    dot(22, 34, "pos"),
    dot(48, 56, "pos"),
    dot(48, 34, "neg"),
    dot(22, 56, "neg"),
    dot(106, 30, "pos"),
    dot(112, 42, "pos"),
    dot(138, 52, "neg"),
    dot(140, 66, "neg"),
  );

export default { thumbnail, view };
