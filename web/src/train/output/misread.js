/** The misread samples of picture data, as the pictures they are; the most confident mistakes come first. */

/** @import { View } from "../../types.js" */

import { h, memo, setText } from "../../toolkit/dom.js";
import { formatCount, formatPercent } from "../../toolkit/maths.js";
import { frameOf } from "../../run/selectors.js";

/** As many as two rows hold. */
const SHOWN = 12;

/**
 * @param {import("../actions.js").TrainActions} actions
 * @returns {View}
 */
export function misreadView(actions) {
  const title = h("h3", { class: "small-title" }, "Misclassified");
  const note = h("span", { class: "small" });
  const list = h("div", { class: "misread", data: { testid: "misread" } });
  const element = h("div", { class: "misread-block" }, h("div", { class: "title-row" }, title, note), list);
  const cells = Array.from({ length: SHOWN }, () => {
    const canvas = h("canvas", { class: "digit" });
    const words = h("figcaption");
    const button = h(
      "button",
      { type: "button", class: "digit-button", onclick: () => chosen && actions.follow(chosen) },
      canvas,
    );
    /** @type {import("../../types.js").Followed | null} */
    let chosen = null;
    const figure = h("figure", {}, button, words);
    return {
      canvas,
      button,
      words,
      figure,
      choose: (/** @type {import("../../types.js").Followed} */ sample) => (chosen = sample),
    };
  });
  const changed = memo();
  return {
    element,
    update(state) {
      const { run, theme } = state;
      element.hidden = !run?.image_shape;
      if (!run?.image_shape) return;
      const evaluation = frameOf(state, "evaluation");
      const data = frameOf(state, "data");
      if (!changed(evaluation, data, theme)) return;
      const split = evaluation?.meta.misread_split ?? "test";
      const pictures = data?.arrays[`${split}_raw`];
      const wrong = evaluation?.arrays.misread;
      const shown = pictures && wrong ? Math.min(SHOWN, wrong.data.length) : 0;
      setText(note, !wrong ? "" : wrong.data.length === 0 ? `none in the ${split} set` : `${split} set, most confident first`);
      if (list.childElementCount !== shown) list.replaceChildren(...cells.slice(0, shown).map((cell) => cell.figure));
      if (!evaluation || !pictures || !wrong) return;
      const most = brightest(pictures);
      for (let i = 0; i < shown; i++) {
        const truth = run.classes[evaluation.arrays.misread_true.data[i]];
        const answer = run.classes[evaluation.arrays.misread_as.data[i]];
        const confidence = formatPercent(evaluation.arrays.misread_confidence.data[i]);
        drawPicture(cells[i].canvas, pictures.data, wrong.data[i], run.image_shape, most);
        setText(cells[i].words, `${truth} as ${answer}`);
        cells[i].figure.title =
          `sample ${formatCount(wrong.data[i] + 1)} of the ${split} set: ${truth} read as ${answer}, output ${confidence}`;
        cells[i].choose({ split, index: wrong.data[i] });
        cells[i].button.setAttribute("aria-label", `${truth} read as ${answer}: follow it through the network`);
      }
    },
  };
}

/** @type {WeakMap<import("../../types.js").NamedArray, number>} */
const peaks = new WeakMap();

/** @param {import("../../types.js").NamedArray} pictures */
function brightest(pictures) {
  let most = peaks.get(pictures) ?? 0;
  if (most === 0) {
    for (const value of pictures.data) most = Math.max(most, value);
    peaks.set(pictures, most || 1);
  }
  return most || 1;
}

/**
 * Ink on paper, pixel by pixel.
 * @param {HTMLCanvasElement} canvas
 * @param {ArrayLike<number>} values
 * @param {number} sample
 * @param {[number, number]} shape
 * @param {number} most
 */
export function drawPicture(canvas, values, sample, [rows, columns], most) {
  canvas.width = columns;
  canvas.height = rows;
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const image = context.createImageData(columns, rows);
  const dark = document.documentElement.dataset.theme === "dark";
  for (let i = 0; i < rows * columns; i++) {
    const ink = values[sample * rows * columns + i] / most;
    const shade = dark ? 25 + ink * 208 : 255 - ink * 227;
    image.data.set([shade, shade, shade + (dark ? 6 : 4) * ink, 255], i * 4);
  }
  context.putImageData(image, 0, 0);
}
