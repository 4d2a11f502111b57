/** What is on the screen as one PNG: surface, trails and losses, with what is raced on, after which step, who runs, and what has
 * come of it. */

import { loadedPlotly } from "../../toolkit/plot.js";
import { sceneOf } from "../scene/scene.js";

const GAP = 24;
const TITLE = 40;
/** Of the lanes' names, where the plots have none. */
const LINE = 20;

const SIGN = 20;
const FONT = "12px system-ui, sans-serif";

/** Of a sentence; and around the start. */
const [SENTENCE, RING] = [18, 6];

/** @typedef {{name: string, colour: string, pattern: number[]}} Named */

/**
 * @param {string} title
 * @param {Named[]} [lanes]  named below the title
 * @param {string[]} [words]  below the pictures, each from a new line
 * @returns {Promise<Blob>}
 */
export async function racePicture(title, lanes = [], words = []) {
  const plotly = await loadedPlotly();
  const plots = [
    .../** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".race .race-plot, .network-race .race-plot")),
  ].filter((plot) => plot.offsetParent !== null && plot.childElementCount > 0);
  const boxes = plots.map((plot) => plot.getBoundingClientRect());
  const density = 2;
  const width = Math.max(...boxes.map((box) => box.width)) + 2 * GAP;
  const named = placed(lanes, width - 2 * GAP);
  const head = TITLE + LINE * named.lines;
  const lines = words.flatMap((text) => wrapped(text, width - 2 * GAP));
  const height = boxes.reduce((sum, box) => sum + box.height + GAP, head) + (lines.length ? SENTENCE * lines.length + GAP : 0);
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
    context.setLineDash(lane.pattern);
    context.beginPath();
    context.moveTo(GAP + x, y);
    context.lineTo(GAP + x + SIGN, y);
    context.stroke();
    context.fillText(lane.name, GAP + x + SIGN + 8, y);
  }
  let top = head;
  for (const [i, plot] of plots.entries()) {
    const box = boxes[i];
    if (plot.classList.contains("js-plotly-plot")) {
      const image = new Image();
      image.src = await plotly.toImage(plot, { format: "png", width: box.width, height: box.height, scale: density });
      await image.decode();
      context.drawImage(image, GAP, top, box.width, box.height);
    }
    const scene = sceneOf(plot);
    scene?.paint(density); // the graphics card keeps nothing: what was painted is there until the screen has it
    // What is drawn on canvases: in the plot, and over it.
    const layers = plot.parentElement?.querySelectorAll(":scope > .race-plot > canvas, :scope > canvas") ?? [];
    for (const layer of /** @type {NodeListOf<HTMLCanvasElement>} */ (layers))
      if (layer.offsetParent !== null) context.drawImage(layer, GAP, top, box.width, box.height);
    scene?.paint();
    paintStart(context, plot, box, top, looks);
    top += box.height + GAP;
  }
  context.fillStyle = looks.getPropertyValue("--ink");
  context.textAlign = "left";
  lines.forEach((line, i) => context.fillText(line, GAP, top + SENTENCE * (i + 0.5)));
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("it is too large"))), "image/png"),
  );
}

/**
 * Where all lanes begin, which is a button over the surface.
 * @param {CanvasRenderingContext2D} context
 * @param {HTMLElement} plot
 * @param {DOMRect} box  of the plot on the screen
 * @param {number} top  of the plot in the picture
 * @param {CSSStyleDeclaration} looks
 */
function paintStart(context, plot, box, top, looks) {
  const start = /** @type {HTMLElement | null} */ (plot.parentElement?.querySelector(":scope > .race-start"));
  if (!start || start.offsetParent === null) return;
  const at = start.getBoundingClientRect();
  const [x, y] = [GAP + at.left + at.width / 2 - box.left, top + at.top + at.height / 2 - box.top];
  const [ink, panel] = ["--ink", "--panel"].map((name) => looks.getPropertyValue(name));
  context.setLineDash([]);
  context.beginPath();
  context.arc(x, y, RING - 1, 0, 7);
  context.fillStyle = panel;
  context.fill();
  context.strokeStyle = ink;
  context.lineWidth = 2;
  context.stroke();
  context.font = FONT;
  context.textAlign = "center";
  const across = context.measureText("start").width + 8;
  context.fillStyle = panel;
  context.fillRect(x - across / 2, y - RING - 20, across, 16);
  context.fillStyle = ink;
  context.fillText("start", x, y - RING - 12);
  context.textAlign = "left";
}

/** Lines no longer than there is room for. @param {string} text @param {number} width */
function wrapped(text, width) {
  const context = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));
  context.font = FONT;
  /** @type {string[]} */
  const lines = [];
  for (const word of text.split(" ")) {
    const longer = lines.length ? `${lines[lines.length - 1]} ${word}` : word;
    if (lines.length && context.measureText(longer).width <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
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
