/** What is on the screen as one PNG: surface, trails and losses, with what is raced on, after which step, and who runs. */

import { loadedPlotly } from "../../toolkit/plot.js";

const GAP = 24;
const TITLE = 40;
/** Of the lanes' names, where the plots have none. */
const LINE = 20;

const SIGN = 20;
const FONT = "12px system-ui, sans-serif";

/** @typedef {{name: string, colour: string, dashed: boolean}} Named */

/**
 * @param {string} title
 * @param {Named[]} [lanes]  named below the title
 * @returns {Promise<Blob>}
 */
export async function racePicture(title, lanes = []) {
  const plotly = await loadedPlotly();
  const plots = [
    .../** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".race .race-plot, .network-race .race-plot")),
  ].filter((plot) => plot.offsetParent !== null && plot.childElementCount > 0);
  const boxes = plots.map((plot) => plot.getBoundingClientRect());
  const density = 2;
  const width = Math.max(...boxes.map((box) => box.width)) + 2 * GAP;
  const named = placed(lanes, width - 2 * GAP);
  const head = TITLE + LINE * named.lines;
  const height = boxes.reduce((sum, box) => sum + box.height + GAP, head);
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * density);
  canvas.height = Math.round(height * density);
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.scale(density, density);
  const looks = getComputedStyle(document.documentElement);
  context.fillStyle = looks.getPropertyValue("--paper");
  context.fillRect(0, 0, width, height);
  context.fillStyle = looks.getPropertyValue("--ink");
  context.font = "14px system-ui, sans-serif";
  context.textBaseline = "middle";
  context.fillText(title, GAP, TITLE / 2, width - 2 * GAP);
  context.font = FONT;
  for (const { lane, x, line } of named.lanes) {
    const y = TITLE + LINE * line + LINE / 2;
    context.strokeStyle = lane.colour;
    context.lineWidth = 3;
    context.setLineDash(lane.dashed ? [4, 3] : []);
    context.beginPath();
    context.moveTo(GAP + x, y);
    context.lineTo(GAP + x + SIGN, y);
    context.stroke();
    context.fillText(lane.name, GAP + x + SIGN + 8, y);
  }
  let top = head;
  for (const [i, plot] of plots.entries()) {
    const box = boxes[i];
    const image = new Image();
    image.src = await plotly.toImage(plot, { format: "png", width: box.width, height: box.height, scale: density });
    await image.decode();
    context.drawImage(image, GAP, top, box.width, box.height);
    const layers = /** @type {NodeListOf<HTMLCanvasElement>} */ (plot.parentElement?.querySelectorAll(":scope > canvas"));
    for (const layer of layers ?? [])
      if (layer.offsetParent !== null) context.drawImage(layer, GAP, top, box.width, box.height);
    top += box.height + GAP;
  }
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("it is too large"))), "image/png"),
  );
}

/** Names side by side, on as many lines as it takes. @param {Named[]} lanes @param {number} width */
function placed(lanes, width) {
  const context = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));
  context.font = FONT;
  let [x, line] = [0, 0];
  const found = lanes.map((lane) => {
    const own = SIGN + 8 + context.measureText(lane.name).width + GAP;
    if (x > 0 && x + own > width) [x, line] = [0, line + 1];
    x += own;
    return { lane, x: x - own, line };
  });
  return { lanes: found, lines: lanes.length > 0 ? line + 1 : 0 };
}
