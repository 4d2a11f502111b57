/** φ and φ′ over what a layer's activation takes, with the live histogram of that laid under them. The engine counts and draws. */

/** @import { AppState, Frame as WireFrame, Layer } from "../../types.js" */

import { css, palette } from "../../toolkit/colours.js";
import { h, memo, prepareCanvas, setText } from "../../toolkit/dom.js";
import { formatPercent, formatSetting } from "../../toolkit/maths.js";
import { rowNamed } from "../../run/spec.js";
import { frameOf } from "../../run/selectors.js";

/** For the numbers of the axis. */
const FOOT = 16;

/** @param {number} number  of the layer, from 1 */
export function activationPlot(number) {
  const canvas = h("canvas", { role: "img", class: "phi", data: { testid: `phi-${number}` } });
  const before = h("canvas", { role: "img", class: "phi-before", data: { testid: `before-${number}` } });
  const beforeWords = h("p", { class: "small" });
  const key = h(
    "p",
    { class: "phi-key small" },
    h("b", { class: "phi-value" }, "φ"),
    " and ",
    h("b", { class: "phi-slope" }, "φ′"),
    " over ",
  );
  const taken = h("span");
  key.append(taken);
  const shares = h("p", { class: "small", data: { testid: `shares-${number}` } });
  const element = h("div", { class: "phi-place" }, beforeWords, before, key, canvas, shares);
  const changed = memo();
  return {
    element,
    /** @param {AppState} state @param {Layer} layer */
    update(state, layer) {
      const frame = frameOf(state, "preactivations");
      const width = Math.round(canvas.clientWidth);
      if (width < 40 || !changed(frame, state.theme, width, state.run)) return;
      const normed = Boolean(frame?.arrays[`before${number}`]);
      before.hidden = beforeWords.hidden = !normed;
      setText(taken, normed ? "the norm's output" : "z");
      const title = rowNamed(state.catalog?.activations ?? [], layer.activation)?.title ?? layer.activation;
      canvas.setAttribute("aria-label", `${title}, its slope, and the histogram of what layer ${number} feeds it`);
      if (!frame?.arrays[`counts${number}`]) {
        prepareCanvas(canvas, width, canvas.clientHeight);
        setText(shares, "counting …");
        return;
      }
      drawCurves(canvas, width, frame, number, state.theme);
      if (normed) {
        const { data } = frame.arrays[`before_edges${number}`];
        setText(beforeWords, `before the norm: z from ${formatSetting(data[0])} to ${formatSetting(data[data.length - 1])}`);
        before.setAttribute("aria-label", `Histogram of z of layer ${number}, before its norm`);
        drawBars(before, before.clientHeight, frame.arrays[`before${number}`].data, state.theme);
      }
      const told = frame.meta.layers[number - 1];
      shares.dataset.saturated = String(told.saturated);
      shares.dataset.dead = String(told.dead);
      setText(shares, shareWords(told));
    },
  };
}

/** @param {{saturated: number | null, dead: number | null, units: number}} told */
function shareWords({ saturated, dead, units }) {
  const words = [];
  if (saturated !== null) words.push(`saturated: ${formatPercent(saturated)} of (unit, sample) pairs`);
  words.push(dead !== null && dead > 0 ? `dead: ${formatPercent(dead, 0)} of ${units} units` : "no unit is dead");
  return words.join("; ");
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {number} height
 * @param {ArrayLike<number>} counts
 * @param {string} theme
 */
function drawBars(canvas, height, counts, theme) {
  const width = canvas.clientWidth;
  const context = prepareCanvas(canvas, width, height);
  fillBars(context, counts, width, height, palette(theme));
  return context;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {ArrayLike<number>} counts
 * @param {number} width
 * @param {number} foot
 * @param {import("../../toolkit/colours.js").Palette} colours
 */
function fillBars(context, counts, width, foot, colours) {
  let highest = 1;
  for (let i = 0; i < counts.length; i++) highest = Math.max(highest, counts[i]);
  const cell = width / counts.length;
  context.fillStyle = colours.ink2;
  context.globalAlpha = 0.28;
  for (let i = 0; i < counts.length; i++) {
    const tall = (counts[i] / highest) * (foot - 2);
    context.fillRect(i * cell, foot - tall, cell - 0.5, tall);
  }
  context.globalAlpha = 1;
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {number} width
 * @param {WireFrame} frame
 * @param {number} number
 * @param {string} theme
 */
function drawCurves(canvas, width, frame, number, theme) {
  const height = canvas.clientHeight;
  const colours = palette(theme);
  const context = prepareCanvas(canvas, width, height);
  const foot = height - FOOT;
  fillBars(context, frame.arrays[`counts${number}`].data, width, foot, colours);
  const [z, value, slope] = ["z", "value", "slope"].map((name) => frame.arrays[`${name}${number}`]?.data);
  if (!z) return;
  const reach = z[z.length - 1];
  // One scale for both curves: φ′ beside φ as large as it is. A ReLU's line leaves the frame.
  const top = 1.25;
  const low = Math.max(-1.25, Math.min(0, ...value) - 0.15);
  const x = (/** @type {number} */ at) => ((at + reach) / (2 * reach)) * width;
  const y = (/** @type {number} */ v) => foot - ((v - low) / (top - low)) * foot;
  context.fillStyle = colours.ink2;
  context.globalAlpha = 0.5;
  context.fillRect(0, y(0), width, 1);
  context.fillRect(x(0), 0, 1, foot);
  context.globalAlpha = 1;
  context.save();
  context.beginPath();
  context.rect(0, 0, width, foot);
  context.clip();
  for (const [curve, colour, wide, dash] of /** @type {[ArrayLike<number>, string, number, number[]][]} */ ([
    [slope, css(colours.lanes[3]), 1.75, [4, 3]],
    [value, colours.ink, 1.75, []],
  ])) {
    context.beginPath();
    for (let i = 0; i < z.length; i++) context.lineTo(x(z[i]), y(curve[i]));
    context.strokeStyle = colour;
    context.lineWidth = wide;
    context.setLineDash(dash);
    context.stroke();
  }
  context.restore();
  context.setLineDash([]);
  context.font = `${getComputedStyle(canvas).fontSize} system-ui, sans-serif`;
  context.fillStyle = colours.ink2;
  context.textBaseline = "bottom";
  for (const [text, at, align] of /** @type {[string, number, CanvasTextAlign][]} */ ([
    [formatSetting(-reach), 0, "left"],
    ["0", width / 2, "center"],
    [formatSetting(reach), width, "right"],
  ])) {
    context.textAlign = align;
    context.fillText(text, at, height);
  }
  context.textAlign = "right";
  context.textBaseline = "middle";
  context.fillText("1", x(0) - 4, y(1));
}
