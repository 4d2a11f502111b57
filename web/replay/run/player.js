/** A stretch of a run: what the network answers, its weights, the losses, and every number of each frame. */

/** @import { Player, Recording, RunMeta } from "../types.js" */

import { h, setText } from "../../src/toolkit/dom.js";
import { formatCount, formatNumber } from "../../src/toolkit/maths.js";
import { curvesView } from "../curves.js";
import { networkView } from "../network.js";
import { column } from "../recording.js";
import { lineView } from "./line.js";
import { numbersView } from "./numbers.js";
import { planeView } from "./plane.js";

/** @param {Recording<RunMeta>} recording @returns {Player} */
export function runPlayer(recording) {
  const { meta, steps, arrays } = recording;
  const epochs = column(recording, "epoch");
  const picture = arrays.map ? planeView(recording) : arrays.line ? lineView(recording) : null;
  const network = networkView({ sizes: meta.sizes, inputs: meta.inputs, outputs: meta.outputs });
  const largest = largestWeight(recording);
  const loss = (/** @type {string} */ split) => column(recording, `${split}_loss`);
  const curves = curvesView({
    name: `loss (${meta.loss})`,
    steps,
    words: "update",
    lines: [
      { name: "train", values: loss("train") ?? [], colour: "--curve-train" },
      ...(loss("test") ? [{ name: "test", values: loss("test") ?? [], colour: "--curve-test" }] : []),
    ],
  });
  const numbers = numbersView(recording);
  const edit = h("p", { class: "edit", data: { testid: "replay-edit" } });
  const scale = h("figcaption", { class: "key" }, legend(largest));
  const element = h(
    "div",
    { class: `stage run${picture ? "" : " no-picture"}` },
    picture?.element,
    h("figure", { class: "network" }, network.element, scale),
    h("div", { class: "beside" }, curves.element, edit),
    numbers.element,
  );
  return {
    element,
    moment: (frame) => `after update ${formatCount(steps[frame])} · epoch ${formatCount(epochs?.[frame] ?? 0)}`,
    draw(frame, theme) {
      picture?.draw(frame, theme);
      network.draw(weightsOf(recording, frame), largest);
      curves.draw(frame);
      numbers.draw(frame);
      const made = meta.edits.findLast(({ step }) => step <= steps[frame] && step >= steps[0]);
      setText(edit, made ? `From update ${formatCount(made.step + 1)}: ${made.label}` : "");
    },
  };
}

/** @param {number} largest */
function legend(largest) {
  return h(
    "span",
    {},
    h("i", { class: "stroke positive" }),
    "positive ",
    h("i", { class: "stroke negative" }),
    `negative weight; the widest line is |w| = ${formatNumber(largest, 3)}`,
  );
}

/**
 * The matrices between neighbouring layers in a frame.
 * @param {Recording<RunMeta>} recording
 * @param {number} frame
 */
function weightsOf({ meta, arrays }, frame) {
  const [, count] = arrays.theta.shape;
  return meta.sizes.slice(1).map((_, i) => {
    const slot = meta.slots.find(({ name }) => name === `W${i + 1}`);
    const at = frame * count + (slot?.start ?? 0);
    const columns = meta.sizes[i];
    return (/** @type {number} */ unit, /** @type {number} */ source) => arrays.theta.data[at + unit * columns + source];
  });
}

/** Of all frames, so that widths can be compared. @param {Recording<RunMeta>} recording */
function largestWeight({ meta, arrays, frames }) {
  const [, count] = arrays.theta.shape;
  let most = 0;
  for (const { name, start, shape } of meta.slots) {
    if (!/^W\d+$/.test(name)) continue;
    const size = shape.reduce((product, side) => product * side, 1);
    for (let frame = 0; frame < frames; frame++)
      for (let i = frame * count + start; i < frame * count + start + size; i++) {
        const value = Math.abs(arrays.theta.data[i]);
        if (Number.isFinite(value)) most = Math.max(most, value);
      }
  }
  return most;
}
