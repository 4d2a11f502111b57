/**
 * One step forward shows its cause: what runs along the edges slides into the units that it makes, a sum passes through the curve
 * of the activation, and what else is made of a unit's own number passes through it. The numbers stand there at once; the motion is
 * over them, and the next key ends it.
 */

/** @import { Seen } from "../types.js" */
/** @import { Edge } from "./edges.js" */
/** @import { Unit } from "./diagram.js" */

import { s } from "../../toolkit/dom.js";

/** Milliseconds. */
const TAKES = 360;
/** So many of the largest into each unit, and so many in all; more would be a flicker. */
const [INTO_ONE, IN_ALL] = [6, 24];
/** Curves beside so many units at most; of more nobody sees one. */
const CURVES = 12;
/** Of a curve (px). */
const [WIDE, HIGH] = [52, 34];
const CALM = matchMedia("(prefers-reduced-motion: reduce)");

/** @param {SVGGElement} group  above the edges, beneath the units */
export function motion(group) {
  /** @type {Animation[]} */
  let running = [];
  let before = "";

  function stop() {
    for (const each of running) each.cancel();
    running = [];
    group.replaceChildren();
  }

  /** @param {Element} element @param {Keyframe[]} frames */
  function animate(element, frames) {
    const made = element.animate(frames, { duration: TAKES, easing: "ease-in", fill: "both" });
    running.push(made);
    return made;
  }

  /** @param {Edge[]} edges @param {boolean} backward */
  function along(edges, backward) {
    /** @type {Map<string, number>} */
    const into = new Map();
    const largest = edges
      .filter(({ value }) => Number.isFinite(value) && value !== 0)
      .sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
    let count = 0;
    for (const { path, from, to, value, label } of largest) {
      const end = backward ? from : to;
      const key = `${end.layer}:${end.unit}`;
      const already = into.get(key) ?? 0;
      if (already >= INTO_ONE || count >= IN_ALL) continue;
      into.set(key, already + 1);
      count += 1;
      const look = value < 0 ? "token negative" : "token positive";
      const told = label?.textContent;
      const token = told ? s("text", { class: `${look} told` }, told) : s("circle", { class: look, r: 4 });
      group.append(token);
      const length = path.getTotalLength();
      const places = [0, 0.25, 0.5, 0.75, 1].map((part) => path.getPointAtLength(length * (backward ? 1 - part : part)));
      animate(
        token,
        places.map(({ x, y }, i) => ({ transform: `translate(${x}px, ${y}px)`, opacity: i === places.length - 1 ? 0 : 1 })),
      );
    }
    running.at(-1)?.finished.then(stop, () => {});
  }

  /**
   * From z on the axis to the curve, and from there into the unit.
   * @param {Unit[]} units
   * @param {import("../../types.js").NamedArray} curve  z and φ(z)
   * @param {ArrayLike<number>} sums  z of each unit
   */
  function throughCurve(units, curve, sums) {
    const { place, drawn } = placedCurve(curve);
    for (const { main, node } of units) {
      const [z, value] = [sums[node.unit], interpolated(curve, sums[node.unit])];
      const left = node.x - WIDE - Number(main.parentElement?.querySelector("rect")?.getAttribute("width")) / 2 - 6;
      const top = node.y - HIGH / 2;
      const at = (/** @type {[number, number]} */ [x, y]) => `translate(${left + x}px, ${top + y}px)`;
      const dot = s("circle", { class: "token-dot", r: 4 });
      group.append(
        s(
          "g",
          { class: "token-curve" },
          s("rect", { x: left - 3, y: top - 3, width: WIDE + 6, height: HIGH + 6, rx: 4 }),
          s("path", { class: "axis", d: drawn.axis, transform: `translate(${left} ${top})` }),
          s("path", { d: drawn.curve, transform: `translate(${left} ${top})` }),
          dot,
        ),
      );
      animate(dot, [
        { transform: at(place(z, 0)), opacity: 1 },
        { transform: at(place(z, value)), opacity: 1, offset: 0.5 },
        { transform: `translate(${node.x}px, ${node.y}px)`, opacity: 0 },
      ]);
    }
    running.at(-1)?.finished.then(stop, () => {});
  }

  /** @param {Unit[]} units */
  function through(units) {
    for (const { main, node } of units) {
      const ring = s("circle", { class: "token-ring", r: 6, cx: node.x, cy: node.y });
      group.append(ring);
      animate(ring, [
        { transform: "scale(1)", opacity: 0.9 },
        { transform: "scale(4)", opacity: 0 },
      ]);
      ring.style.transformOrigin = `${node.x}px ${node.y}px`;
      animate(main, [{ opacity: 0.2 }, { opacity: 1 }]);
    }
    running.at(-1)?.finished.then(stop, () => {});
  }

  return {
    stop,
    /**
     * Called with each picture that is painted.
     * @param {Seen} seen
     * @param {Edge[]} lit  the edges along which something runs
     * @param {Unit[]} units
     */
    show({ scope, micro, step, arrays }, lit, units) {
      const update = `${scope.step}:${micro.sample}:${scope.notation}`;
      const onward = before === `${update} ${micro.micro - 1}`;
      const again = before === `${update} ${micro.micro}`;
      before = `${update} ${micro.micro}`;
      if (again) return;
      stop();
      if (!onward || CALM.matches || document.hidden) return;
      const flows = lit.length > 0 && micro.edges !== null && !micro.edges.still;
      if (flows) along(lit, micro.edges?.backward ?? false);
      else if (step.layer > 0) {
        const made = units.filter(({ node, group: at }) => node.layer === step.layer && at.dataset.value);
        const sums = arrays[`operand.${step.operands[0]?.name}`];
        const alone = sums?.shape[1] === 1 && made.length <= CURVES; // of several samples at once a unit shows the mean
        const known = alone ? made.filter(({ node }) => Number.isFinite(sums.data[node.unit])) : [];
        if (arrays.curve && known.length > 0) throughCurve(known, arrays.curve, sums.data);
        else through(made);
      }
    },
  };
}

/**
 * A curve in its box: where a point of it lies, and its strokes.
 * @param {import("../../types.js").NamedArray} curve
 */
function placedCurve({ data, shape: [, count] }) {
  const [z, values] = [data.subarray(0, count), data.subarray(count)];
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  /** @param {number} at @param {number} value @returns {[number, number]} */
  const place = (at, value) => [
    ((at - z[0]) / (z[count - 1] - z[0])) * WIDE,
    HIGH - ((value - low) / (high - low || 1)) * HIGH,
  ];
  const line = Array.from(z, (at, i) =>
    place(at, values[i])
      .map((each) => each.toFixed(1))
      .join(" "),
  );
  const [, zero] = place(0, 0);
  return { place, drawn: { curve: `M${line.join("L")}`, axis: `M0 ${zero}H${WIDE}` } };
}

/**
 * On the curve as it is drawn, so that the dot lies on it.
 * @param {import("../../types.js").NamedArray} curve
 * @param {number} z
 */
function interpolated({ data, shape: [, count] }, z) {
  const place = ((z - data[0]) / (data[count - 1] - data[0])) * (count - 1);
  const i = Math.max(0, Math.min(count - 2, Math.floor(place)));
  const [before, after] = [data[count + i], data[count + i + 1]];
  return before + (after - before) * Math.max(0, Math.min(1, place - i));
}
