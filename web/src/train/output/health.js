/** Whether learning arrives in every layer: sizes of gradients and updates, and the spread of a layer's weights. */

/** @import { Frame as WireFrame, View } from "../../types.js" */

import { css, palette } from "../../toolkit/colours.js";
import { h, memo, prepareCanvas, setAttribute, setText } from "../../toolkit/dom.js";
import { formatCount, formatExact, formatNumber, formatSetting, subscript, toNumber } from "../../toolkit/maths.js";
import { frameOf } from "../../run/selectors.js";

/** @type {{key: "gradient" | "ratio", head: string, hint: string}[]} */
const COLUMNS = [
  {
    key: "gradient",
    head: "‖∂𝓛/∂W‖",
    hint: "norm of the gradient of the layer's weights, on the mini-batch of the last update",
  },
  {
    key: "ratio",
    head: "‖Δθ‖ / ‖θ‖",
    hint: "what the last update added to the layer's weights and biases, over what they are",
  },
];

/**
 * @param {import("../actions.js").TrainActions} actions
 * @returns {View}
 */
export function healthView(actions) {
  const body = h("tbody");
  const heads = COLUMNS.map(({ head, hint }) => h("th", { scope: "col", title: hint }, head));
  const table = h(
    "table",
    { data: { testid: "health" } },
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "layer"), ...heads)),
    body,
  );
  const moment = h("span", { class: "moment" });
  const spread = spreadView(actions);
  const element = h(
    "section",
    { class: "health", data: { part: "health" }, aria: { label: "By layer" } },
    h("div", { class: "title-row" }, h("h2", { class: "panel-title" }, "By layer"), moment),
    table,
    spread.element,
  );
  const changed = memo();
  const built = memo();
  /** @type {HTMLTableCellElement[][]} */
  let cells = [];
  return {
    element,
    update(state) {
      const { run } = state;
      if (!run) return;
      if (built(run)) {
        cells = run.layers.map(() => COLUMNS.map(() => h("td")));
        body.replaceChildren(...cells.map((row, i) => h("tr", {}, h("th", { scope: "row" }, `W${subscript(i + 1)}`), ...row)));
      }
      const frame = frameOf(state, "health");
      if (changed(frame, run)) {
        setText(moment, !frame ? "" : frame.step > 0 ? `of update ${formatCount(frame.step)}` : "no update made yet");
        const layers = frame?.meta.layers ?? [];
        cells.forEach((row, i) => {
          row.forEach((cell, k) => {
            const value = toNumber(layers[i]?.[COLUMNS[k].key]);
            setText(cell, formatNumber(value, 3, 1e-3));
            setAttribute(cell, "data-value", value === null ? null : String(value));
            cell.title = value === null ? "" : `exactly ${formatExact(value)}`;
          });
        });
      }
      spread.update(state);
    },
  };
}

/**
 * How many weights of a layer lie where. Counted by the engine, and only while it is shown.
 * @param {import("../actions.js").TrainActions} actions
 */
function spreadView(actions) {
  const canvas = h("canvas", { role: "img", data: { testid: "spread" } });
  const choice = h("select", { aria: { label: "Layer of the histogram" }, data: { testid: "spread-layer" } });
  const most = h("span");
  const element = h(
    "details",
    { class: "spread-place small" },
    h("summary", { data: { testid: "spread-toggle" } }, "histogram of the weights"),
    h("div", { class: "title-row" }, choice, most),
    canvas,
  );
  choice.addEventListener("change", () => actions.showSpread(Number(choice.value)));
  element.addEventListener("toggle", () => actions.showSpread(element.open ? Number(choice.value || 1) : null));
  const built = memo();
  const changed = memo();
  return {
    element,
    /** @param {import("../../types.js").AppState} state */
    update(state) {
      const { run, theme } = state;
      if (!run || state.spread === null || !element.open) return;
      if (built(run))
        choice.replaceChildren(...run.layers.map((_, i) => h("option", { value: i + 1 }, `W${subscript(i + 1)}`)));
      const layer = Math.min(state.spread, run.layers.length);
      choice.value = String(layer);
      const frame = frameOf(state, "weights");
      const width = Math.round(canvas.clientWidth);
      if (width < 40 || !changed(frame, layer, theme, width)) return;
      const highest = frame ? drawSpread(canvas, width, canvas.clientHeight, frame, layer, theme) : 0;
      setText(most, frame ? `up to ${formatCount(highest)} · after step ${formatCount(frame.step)}` : "");
      canvas.setAttribute("aria-label", `Histogram of the weights of layer ${layer}`);
      if (!frame) element.scrollIntoView({ block: "nearest" });
    },
  };
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {number} width
 * @param {number} height
 * @param {WireFrame} frame
 * @param {number} layer
 * @param {string} theme
 * @returns {number} the highest count
 */
function drawSpread(canvas, width, height, frame, layer, theme) {
  const colours = palette(theme);
  const context = prepareCanvas(canvas, width, height);
  const counts = frame.arrays[`counts${layer}`]?.data;
  const edges = frame.arrays[`edges${layer}`]?.data;
  if (!counts || !edges) return 0;
  let highest = 0;
  for (const count of counts) highest = Math.max(highest, count);
  const foot = height - 18;
  const cell = width / counts.length;
  for (let i = 0; i < counts.length; i++) {
    const middle = Math.abs(edges[i] + edges[i + 1]) < (edges[i + 1] - edges[i]) / 2;
    context.fillStyle = middle ? colours.ink2 : css(edges[i] < 0 ? colours.negative : colours.positive);
    const tall = (counts[i] / Math.max(1, highest)) * (foot - 4);
    context.fillRect(i * cell + 0.5, foot - tall, cell - 1, tall);
  }
  context.fillStyle = colours.line;
  context.fillRect(0, foot, width, 1);
  context.font = `${getComputedStyle(canvas).fontSize} system-ui, sans-serif`;
  context.fillStyle = colours.ink2;
  context.textBaseline = "bottom";
  const last = edges[edges.length - 1];
  for (const [text, x, align] of /** @type {[string, number, CanvasTextAlign][]} */ ([
    [formatSetting(edges[0]), 0, "left"],
    ["0", width / 2, "center"],
    [formatSetting(last), width, "right"],
  ])) {
    context.textAlign = align;
    context.fillText(text, x, height);
  }
  return highest;
}
