/** Relative errors of one tensor as cells: rows are units, columns what feeds them. Ink is the error, on a log scale. */

import { css, mix } from "../../toolkit/colours.js";
import { h, prepareCanvas } from "../../toolkit/dom.js";
import { formatNumber, subscript, toNumber } from "../../toolkit/maths.js";

const [LEAST, MOST] = [-12, -6];
const WIDEST = 200;

/**
 * @param {import("../types.js").TensorCheck} tensor  as `server.run.trials` describes it
 * @param {HTMLElement} reading  where the cell pointed at is told
 * @param {(layer: number, unit: number) => void} show
 */
export function errorMap(tensor, reading, show) {
  const { name, rows, columns, block, layer } = tensor;
  const size = Math.max(3, Math.min(16, Math.floor(WIDEST / Math.max(rows, columns))));
  const [width, height] = [columns * size, rows * size];
  const label = `${name.replace(/\d+$/, "")}${subscript(Number(name.match(/\d+$/)?.[0] ?? 0))}`;
  const canvas = h("canvas", {
    tabindex: 0,
    role: "application",
    style: `width:${width + 2}px;height:${height + 2}px`,
    aria: { label: `Relative errors of ${label}, ${rows} by ${columns} cells` },
    data: { map: name },
  });
  const element = h("figure", { class: "error-map" }, canvas, h("figcaption", {}, label));
  let [row, column] = [0, 0];
  let at = false;
  let theme = "light";

  const paint = () => {
    // As the page resolves it: where colours are forced, a token is one of the system's.
    const colour = (/** @type {string} */ token) => {
      canvas.style.color = `var(${token})`;
      return rgb(getComputedStyle(canvas).color);
    };
    const [pale, dark] = [colour("--panel"), colour("--ink-2")];
    const context = prepareCanvas(canvas, width, height);
    for (let i = 0; i < rows * columns; i++) {
      const [x, y] = [(i % columns) * size, Math.floor(i / columns) * size];
      const error = tensor.relative[i];
      if (error === null && tensor.agrees[i]) {
        context.fillStyle = css(dark);
        context.fillRect(x + size / 2 - 0.5, y + size / 2 - 0.5, 1, 1);
        continue;
      }
      const share = error === null || error === 0 ? 0 : (Math.log10(error) - LEAST) / (MOST - LEAST);
      context.fillStyle = css(mix(pale, dark, Math.max(0, Math.min(1, share))));
      context.fillRect(x, y, size, size);
      if (tensor.agrees[i]) continue;
      context.fillStyle = css(colour("--warn"));
      context.fillRect(x, y, size, size);
      context.strokeStyle = css(pale);
      context.beginPath();
      for (const [from, to] of [
        [0, size],
        [size, 0],
      ]) {
        context.moveTo(x, y + from);
        context.lineTo(x + size, y + to);
      }
      context.stroke();
    }
    if (at) {
      context.strokeStyle = css(colour("--accent"));
      context.lineWidth = 2;
      context.strokeRect(column * size + 1, row * size + 1, size - 2, size - 2);
    }
  };
  const go = (/** @type {number} */ r, /** @type {number} */ c) => {
    [row, column, at] = [Math.max(0, Math.min(rows - 1, r)), Math.max(0, Math.min(columns - 1, c)), true];
    reading.textContent = words(tensor, label, row, column);
    reading.dataset.value = String(tensor.relative[row * columns + column]);
    paint();
  };
  const pointed = (/** @type {PointerEvent} */ event) => go(Math.floor(event.offsetY / size), Math.floor(event.offsetX / size));
  canvas.addEventListener("pointermove", pointed);
  canvas.addEventListener("pointerdown", pointed);
  canvas.addEventListener("focus", () => go(row, column));
  for (const left of ["blur", "pointerleave"]) {
    canvas.addEventListener(left, () => {
      at = left === "pointerleave" && document.activeElement === canvas;
      paint();
    });
  }
  canvas.addEventListener("keydown", (event) => {
    const moves = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] };
    const move = moves[/** @type {keyof typeof moves} */ (event.key)];
    if (event.key === "Enter") show(layer, row * block[0] + 1);
    else if (!move) return;
    else go(row + move[0], column + move[1]);
    event.preventDefault();
  });
  return {
    element,
    /** @param {string} now */
    paint(now) {
      theme = now;
      canvas.dataset.theme = theme;
      paint();
    },
  };
}

/**
 * @param {import("../types.js").TensorCheck} tensor
 * @param {string} label
 * @param {number} row
 * @param {number} column
 */
function words({ relative, analytic, numeric, columns, block, shape, agrees }, label, row, column) {
  const i = row * columns + column;
  const index = (/** @type {number} */ cell, /** @type {number} */ side, /** @type {number} */ length) =>
    side === 1 ? `${cell + 1}` : `${cell * side + 1}–${Math.min(length, (cell + 1) * side)}`;
  const place = [index(row, block[0], shape[0]), ...(shape.length > 1 ? [index(column, block[1], shape[1])] : [])].join(", ");
  if (relative[i] === null) return `${label}[${place}]: ${agrees[i] ? "not checked" : "the difference is not finite"}.`;
  const error = `relative error ${formatNumber(relative[i], 2, 1e-3)}${agrees[i] ? "" : ", which is no rounding"}`;
  if (!analytic || !numeric) return `${label}[${place}]: at most ${error}.`;
  return `${label}[${place}]: backpropagation ${formatNumber(toNumber(analytic[i]), 6)}, differences ${formatNumber(toNumber(numeric[i]), 6)}, ${error}.`;
}

/** @param {string} computed  "rgb(1, 2, 3)" @returns {import("../../toolkit/colours.js").Rgb} */
function rgb(computed) {
  const [red, green, blue] = (computed.match(/[\d.]+/g) ?? []).map(Number);
  return [red, green, blue];
}
