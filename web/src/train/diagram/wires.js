/** The curves between units. Colour is the sign of what they show, width its size at a scale that is printed. */

/** @import { AppState, NamedArray } from "../../types.js" */
/** @import { EdgesShow } from "../types.js" */
/** @import { Layout } from "./layout.js" */

import { s } from "../../toolkit/dom.js";
import { frameOf } from "../../run/selectors.js";
import { curve, heightAt } from "./layout.js";

/** A curve is at most this wide before the scale is doubled. */
const WIDEST = 7;
const THINNEST = 0.4;
/** |w| of one pixel of width to begin with; it grows by doubling and stays while a run is looked at. */
const FIRST_SCALE = 0.25;

/** Which channel holds what the edges show. */
const CHANNELS = /** @type {const} */ ({ weights: "parameters", gradients: "gradients", updates: "updates" });

/**
 * The newest of what the edges show; null before there is any, and at the start of a run one has gone back to.
 * @param {AppState} state
 */
export function edgesFrame(state) {
  if (state.edges !== "weights" && state.clock?.step === 0) return null;
  return frameOf(state, CHANNELS[state.edges]);
}

/** A scale of which no more than this part is used is a smaller one from then on. */
const UNUSED = 1 / 16;

/**
 * One scale for each thing that can be shown, chosen when one begins to look at it. It grows with what is shown, and shrinks
 * where next to nothing of it is used any more, as late in training. Choosing the thing again fits its scale anew.
 */
export function scales() {
  /** @type {Record<string, number>} */
  let kept = { weights: FIRST_SCALE };
  return {
    reset() {
      kept = { weights: FIRST_SCALE };
    },
    /** @param {string} what  to be looked at anew */
    forget(what) {
      if (what === "weights") kept.weights = FIRST_SCALE;
      else delete kept[what];
    },
    /**
     * @param {string} what
     * @param {number} most  the largest size shown
     * @param {number} room  how many times the scale that may be
     */
    fit(what, most, room) {
      if (!(what in kept)) {
        if (!(most > 0)) return null;
        kept[what] = roundUp(most / (0.7 * room));
      }
      if (most > 0 && most / kept[what] < UNUSED * room)
        kept[what] = what === "weights" ? FIRST_SCALE : roundUp(most / (0.7 * room));
      // Weights have one scale for one size, however they came to it: a change that is taken back leaves no trace.
      while (most / kept[what] > room) kept[what] *= 2;
      return kept[what];
    },
  };
}

/** Tells that there are fewer changes than before, and once more when what the edges show without them has come. */
export function undoing() {
  let edits = 0;
  /** What was shown when a change was undone. @type {ReturnType<typeof edgesFrame>} */
  let outdated = null;
  /** @param {AppState} state */
  return (state) => {
    const shown = edgesFrame(state);
    const fewer = edits > (edits = state.script?.edits.length ?? 0);
    const came = outdated !== null && outdated !== shown;
    if (fewer) outdated = shown;
    else if (came) outdated = null;
    return fewer || came;
  };
}

/**
 * The scale of the curves: what one pixel of width stands for.
 * @param {ReturnType<typeof scales>} kept
 * @param {EdgesShow} what
 * @param {Record<string, NamedArray> | null} arrays
 */
export function edgeScale(kept, what, arrays) {
  return kept.fit(what, arrays ? largest(arrays, "W") : 0, WIDEST);
}

/**
 * The largest size among the arrays whose names begin so.
 * @param {Record<string, NamedArray>} arrays
 * @param {string} prefix
 */
export function largest(arrays, prefix) {
  let most = 0;
  for (const [name, { data }] of Object.entries(arrays)) {
    if (!name.startsWith(prefix)) continue;
    for (const value of data) if (Math.abs(value) > most && Number.isFinite(value)) most = Math.abs(value);
  }
  return most;
}

/**
 * The next of 1, 2 and 5 times a power of ten.
 * @param {number} value  positive
 */
export function roundUp(value) {
  const power = Math.floor(Math.log10(value));
  for (const step of [1, 2, 5]) {
    // Written as text, a power of ten is the number it looks like.
    const rounded = Number(`${step}e${power}`);
    if (rounded >= value) return rounded;
  }
  return Number(`1e${power + 1}`);
}

/**
 * @typedef {object} Wire
 * @property {SVGPathElement} path
 * @property {string} name  of the parameter
 * @property {number} index
 * @property {{x: number, y: number}} place  on it, where a mark may lie
 * @property {"" | "frozen" | "removed"} held  as drawn
 * @property {boolean | null} positive  as drawn
 * @property {number} width  as drawn
 */

/**
 * A curve for every weight between two units that are drawn.
 * @param {SVGGElement} group
 * @param {Layout} layout
 */
export function placeWires(group, layout) {
  /** @type {Wire[]} */
  const wires = [];
  /** @type {SVGPathElement[]} */
  const paths = [];
  for (let layer = 1; layer < layout.layers.length; layer++) {
    const before = layout.layers[layer - 1];
    for (const to of layout.layers[layer].shown) {
      for (const from of before.shown) {
        const path = s("path", { d: curve(from, to), class: before.picture ? "bundle" : "wire" });
        paths.push(path);
        if (before.picture) continue;
        const x = from.x + from.width + 0.7 * (to.x - from.x - from.width);
        const place = { x, y: heightAt(from, to, x) ?? to.y };
        const index = to.unit * before.units + from.unit;
        wires.push({ path, name: `W${layer}`, index, place, held: "", positive: null, width: -1 });
      }
    }
  }
  group.replaceChildren(...paths);
  return wires;
}

/** Its class: the sign is a colour; what is frozen is dashed, what is removed a dotted gap. @param {Wire} wire */
export function dress({ path, positive, held }) {
  path.setAttribute("class", ["wire", positive === false ? "negative" : "positive", held].filter(Boolean).join(" "));
}

/**
 * @param {Wire[]} wires
 * @param {Record<string, NamedArray> | null} arrays
 * @param {number | null} scale
 */
export function drawWires(wires, arrays, scale) {
  for (const wire of wires) drawWire(wire, arrays?.[wire.name]?.data[wire.index] ?? 0, scale ?? 1);
}

/**
 * @param {Wire} wire
 * @param {number} value
 * @param {number} scale
 */
function drawWire(wire, value, scale) {
  const positive = value >= 0;
  if (positive !== wire.positive) {
    wire.positive = positive;
    dress(wire);
  }
  // A tenth of a pixel is finer than the eye, and most curves then stay as they are from frame to frame.
  const size = Number.isFinite(value) ? Math.abs(value) / scale : 0;
  const width = Math.round(Math.min(WIDEST * 1.5, Math.max(THINNEST, size)) * 10) / 10;
  if (width === wire.width) return;
  wire.width = width;
  wire.path.setAttribute("stroke-width", String(width));
  wire.path.setAttribute("stroke-opacity", width < 1 ? "0.55" : "0.85");
}
