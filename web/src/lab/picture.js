/** An experiment's figures as one PNG: its title, what was found, and each figure drawn at a size of its own, whatever the screen. */

/** @import { Shown } from "./views/types.js" */

import { h } from "../toolkit/dom.js";
import { loadedPlotly } from "../toolkit/plot.js";
import { CONFIG, drawnFigure, hasLegend } from "./figures/figure.js";
import { colourOf, dashOf, lookOf, widthOf } from "./figures/look.js";

const [WIDTH, FIRST, OTHER] = [1120, 600, 420];
const [GAP, LINE, DENSITY] = [24, 20, 2];

/**
 * @param {string} title
 * @param {Shown} shown
 * @param {string} said
 * @returns {Promise<Blob>}
 */
export async function labPicture(title, shown, said) {
  if (shown.figures.length === 0) throw new Error("there is nothing to draw yet");
  const plotly = await loadedPlotly();
  const look = lookOf(shown.theme, 1);
  const inner = WIDTH - 2 * GAP;
  const lines = wrapped(said, inner);
  const parts = shown.figures.map((figure, i) => ({ figure, height: i === 0 ? FIRST : OTHER }));
  const head = GAP + 28 + lines.length * LINE + GAP;
  const height = parts.reduce((sum, part) => sum + part.height + 2 * LINE + GAP, head);
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [WIDTH * DENSITY, height * DENSITY];
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.scale(DENSITY, DENSITY);
  context.fillStyle = look.colours.paper;
  context.fillRect(0, 0, WIDTH, height);
  const write = (
    /** @type {string} */ words,
    /** @type {number} */ x,
    /** @type {number} */ y,
    font = "14px system-ui, sans-serif",
  ) => {
    context.fillStyle = look.ink;
    context.font = font;
    context.textBaseline = "top";
    context.fillText(words, x, y, WIDTH - GAP - x);
  };
  write(title, GAP, GAP, "bold 18px system-ui, sans-serif");
  lines.forEach((line, i) => write(line, GAP, GAP + 32 + i * LINE));
  // Plotly measures what it draws: it has to be in the page, though nobody sees it.
  const place = h("div", { class: "lab-offscreen", "aria-hidden": "true" });
  document.body.append(place);
  let top = head;
  try {
    for (const { figure, height: tall } of parts) {
      write(figure.title, GAP, top, "bold 14px system-ui, sans-serif");
      const size = { width: inner, height: tall };
      if (figure.kind === "chart" && hasLegend(figure, look, size)) signs(context, figure.series, look, top + LINE, write);
      const drawn = drawnFigure(figure, look, size);
      await plotly.react(place, drawn.traces, drawn.layout, CONFIG);
      const image = new Image();
      image.src = await plotly.toImage(place, { format: "png", width: inner, height: tall, scale: DENSITY });
      await image.decode();
      context.drawImage(image, GAP, top + 2 * LINE, inner, tall);
      top += tall + 2 * LINE + GAP;
    }
  } finally {
    place.remove();
  }
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("it is too large"))), "image/png"),
  );
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {import("./slice.js").Chart["series"]} series
 * @param {import("./figures/look.js").Look} look
 * @param {number} y
 * @param {(words: string, x: number, y: number, font?: string) => void} write
 */
function signs(context, series, look, y, write) {
  let x = GAP;
  series.forEach(({ name, kind, colour, dashed }, order) => {
    context.strokeStyle = context.fillStyle = colourOf(colour, look);
    context.lineWidth = 2;
    const dash = dashOf(dashed, order, true);
    context.setLineDash(dash === "solid" ? [] : dash.split(",").map(parseFloat));
    if (kind === "bars") context.fillRect(x + 4, y + 2, 14, 10);
    else {
      context.beginPath();
      context.moveTo(x, y + 7);
      context.lineTo(x + 22, y + 7);
      context.stroke();
    }
    context.setLineDash([]);
    write(name, x + 28, y + 1, "12px system-ui, sans-serif");
    x += 28 + widthOf(name, 12) + GAP;
  });
}

/** Lines no longer than there is room for. @param {string} text @param {number} width */
function wrapped(text, width) {
  /** @type {string[]} */
  const lines = [];
  for (const word of text.split(/\s+/).filter(Boolean)) {
    const longer = lines.length ? `${lines[lines.length - 1]} ${word}` : word;
    if (lines.length && widthOf(longer, 14) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
