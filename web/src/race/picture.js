/** What is on the screen as one PNG: surface, trails and losses, with what is raced on and after which step. */

import { loadedPlotly } from "../plot.js";

const GAP = 24;
const TITLE = 40;

/**
 * @param {string} title
 * @returns {Promise<Blob>}
 */
export async function racePicture(title) {
  const plotly = await loadedPlotly();
  const plots = [.../** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".race .race-plot"))].filter((plot) => plot.offsetParent !== null && plot.childElementCount > 0);
  const boxes = plots.map((plot) => plot.getBoundingClientRect());
  const density = 2;
  const width = Math.max(...boxes.map((box) => box.width)) + 2 * GAP;
  const height = boxes.reduce((sum, box) => sum + box.height + GAP, TITLE);
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
  let top = TITLE;
  for (const [i, plot] of plots.entries()) {
    const box = boxes[i];
    const image = new Image();
    image.src = await plotly.toImage(plot, { format: "png", width: box.width, height: box.height, scale: density });
    await image.decode();
    context.drawImage(image, GAP, top, box.width, box.height);
    const layers = /** @type {NodeListOf<HTMLCanvasElement>} */ (plot.parentElement?.querySelectorAll(":scope > canvas"));
    for (const layer of layers ?? []) if (layer.offsetParent !== null) context.drawImage(layer, GAP, top, box.width, box.height);
    top += box.height + GAP;
  }
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("it is too large"))), "image/png"),
  );
}
