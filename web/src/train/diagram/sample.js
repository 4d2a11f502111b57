/** The followed sample in the diagram: the inputs are its features, and every unit shows its own activation, as colour and number. */

/** @import { FrameOf } from "../../channels.js" */
/** @import { AppState, RunInfo } from "../../types.js" */
/** @import { Layout, LayerLayout, UnitBox } from "./layout.js" */

import { css, inkOn, palette, signed } from "../../toolkit/colours.js";
import { s, setAttribute, setText } from "../../toolkit/dom.js";
import { MINUS, formatSetting, toNumber } from "../../toolkit/maths.js";
import { typeScale } from "../../toolkit/type-scale.js";
import { paintGridOf } from "./paint.js";

const RADIUS = 4;
/** Width of a digit, as a share of the type's size. */
const DIGIT = 0.56;

/**
 * The bounds of a layer's activation; null where it has none.
 * @param {FrameOf<"sample">} frame
 * @param {number} layer
 * @returns {[number, number] | null}
 */
function boundsOf(frame, layer) {
  const bounds = frame.meta.bounds[layer];
  return bounds ? [Number(bounds[0]), Number(bounds[1])] : null;
}

/**
 * The largest size among the layers that nothing bounds. A picture has colours of its own: its pixels are no activations.
 * @param {FrameOf<"sample"> | null} frame
 * @param {RunInfo | null} run
 */
export function reachOf(frame, run) {
  let most = 0;
  for (let layer = run?.image_shape ? 1 : 0; frame && frame.arrays[`h${layer}`]; layer++) {
    if (boundsOf(frame, layer)) continue;
    for (const value of frame.arrays[`h${layer}`].data) if (Number.isFinite(value)) most = Math.max(most, Math.abs(value));
  }
  return most;
}

/**
 * What the colours stand for, in words.
 * @param {FrameOf<"sample"> | null} frame
 * @param {number | null} scale
 */
export function scaleWords(frame, scale) {
  if (!frame) return " · …";
  const bounded = frame.meta.bounds.some((bounds) => bounds !== null);
  const words = ` · full colour = |h| ${formatSetting(scale ?? 1)}`;
  return bounded && scale !== 1 ? `${words}, bounded layers 1` : words;
}

/**
 * From −1 to 1. One that answers with a probability shows whether it is above one half, as its map does.
 * @param {RunInfo} run
 * @param {FrameOf<"sample">} frame
 * @param {number} layer
 * @param {number} value
 * @param {number} scale
 */
function tone(run, frame, layer, value, scale) {
  const output = layer === run.layers.length;
  if (output && run.task === "classification" && run.output_activation === "sigmoid") return 2 * value - 1;
  const bounds = boundsOf(frame, layer);
  return value / (bounds ? Math.max(Math.abs(bounds[0]), Math.abs(bounds[1])) : scale);
}

/**
 * @param {CanvasRenderingContext2D} context  clear, in CSS pixels
 * @param {AppState} state
 * @param {Layout} layout
 * @param {FrameOf<"sample"> | null} frame
 * @param {number} scale  the |h| of a full colour
 */
export function paintSample(context, state, layout, frame, scale) {
  const run = /** @type {RunInfo} */ (state.run);
  const colours = palette(state.theme);
  for (const layer of layout.layers) {
    const values = frame?.arrays[`h${layer.layer}`]?.data;
    const toneOf = (/** @type {number} */ unit) => (frame && values ? tone(run, frame, layer.layer, values[unit], scale) : 0);
    if (layer.picture && run.image_shape) {
      const [rows, columns] = run.image_shape;
      let most = 0;
      for (const value of values ?? []) most = Math.max(most, Math.abs(value));
      const ink = (/** @type {number} */ unit) => (values && most > 0 ? values[unit] / most : 0);
      paintGridOf(context, layer.shown[0], columns, rows, ink, state.theme);
      continue;
    }
    for (const box of layer.shown) {
      context.fillStyle = values ? css(signed(colours, toneOf(box.unit))) : colours.panel;
      context.beginPath();
      context.roundRect(box.x, box.y, box.width, box.height, RADIUS);
      context.fill();
    }
    // A folded layer is one column of all its units.
    if (layer.strip) paintGridOf(context, layer.strip, 1, layer.units, toneOf, state.theme);
  }
}

/**
 * A number as its unit has room for it: as many decimals as fit, three at most, without the zero before the point where that
 * makes it fit; empty where nothing does.
 * @param {number} value
 * @param {number} room  in characters
 */
export function fitted(value, room) {
  if (Number.isNaN(value)) return room >= 3 ? "NaN" : "";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : `${MINUS}∞`;
  if (Math.abs(value) >= 1e6) return "";
  for (let decimals = 3; decimals >= 0; decimals--) {
    // What rounds to nothing has no sign.
    const text = value
      .toFixed(decimals)
      .replace(/^-(?=[0.]*$)/, "")
      .replace("-", MINUS);
    const short = [text, text.replace(/^(\u2212?)0\./, "$1.")].find((each) => each.length <= room);
    if (short !== undefined) return short;
  }
  return "";
}

/** The numbers in the units. @param {SVGGElement} group */
export function sampleNumbers(group) {
  /** @type {{text: SVGTextElement, box: UnitBox, room: number}[]} */
  let places = [];
  /** @type {Layout | null} */
  let placed = null;
  return {
    /**
     * @param {AppState} state
     * @param {Layout} layout
     * @param {FrameOf<"sample"> | null} frame
     * @param {number} scale
     */
    update(state, layout, frame, scale) {
      if (state.units !== "sample") {
        if (placed) group.replaceChildren();
        placed = null;
        return;
      }
      if (placed !== layout) {
        placed = layout;
        places = layout.layers.filter((layer) => !layer.picture).flatMap(numbersOf);
        group.replaceChildren(...places.map(({ text }) => text));
      }
      const run = /** @type {RunInfo} */ (state.run);
      const colours = palette(state.theme);
      for (const { text, box, room } of places) {
        const value = frame ? toNumber(frame.arrays[`h${box.layer}`]?.data[box.unit]) : null;
        setText(text, frame && value !== null ? fitted(value, room) : "");
        setAttribute(text, "data-value", value === null ? null : String(value));
        if (frame && value !== null)
          setAttribute(text, "fill", inkOn(signed(colours, tone(run, frame, box.layer, value, scale))));
      }
    },
  };
}

/** @param {LayerLayout} layer */
function numbersOf(layer) {
  return layer.shown.map((box) => {
    const room = Math.floor((box.width - 4) / (12 * typeScale() * DIGIT));
    const place = {
      x: box.x + box.width / 2,
      y: box.y + box.height / 2,
      "text-anchor": "middle",
      "dominant-baseline": "central",
    };
    const text = s("text", { ...place, class: "unit-number", "data-unit": `${box.layer}:${box.unit + 1}` });
    return { text, box, room };
  });
}
