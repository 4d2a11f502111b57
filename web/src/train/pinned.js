/** On a phone the answer stays in sight while the network is shown: a thumbnail of the output, and the scores. */

/** @import { AppState, View } from "../types.js" */

import { h, memo, prepareCanvas } from "../toolkit/dom.js";
import { plotArea } from "../toolkit/canvas-plot.js";
import { numbersView } from "./output/numbers.js";

const SIZE = 56;

/**
 * @param {HTMLElement} output  the column whose picture is shown small
 * @returns {View}
 */
export function pinnedView(output) {
  const canvas = h("canvas", { class: "pinned-picture", aria: { hidden: true } });
  const numbers = numbersView("pinned-");
  const element = h("div", { class: "pinned" }, canvas, numbers.element);
  const changed = memo();
  /** @type {AppState | null} */
  let last = null;
  // Nothing is drawn while it is not shown; it is brought up to date when it is.
  new ResizeObserver(() => last && update(last)).observe(element);
  return { element, update };

  /** @param {AppState} state */
  function update(state) {
    last = state;
    if (element.offsetParent === null) return;
    numbers.update(state);
    const picture = /** @type {HTMLCanvasElement | null} */ (
      output.querySelector("figure:not([hidden]) > .plot-place > canvas.plot")
    );
    canvas.hidden = picture === null;
    if (!picture || picture.clientWidth < 40 || !changed(state.frames.maps, state.frames.data, state.theme, picture.width))
      return;
    const density = picture.width / picture.clientWidth;
    const { left, top, width, height } = plotArea(picture.clientWidth, picture.clientHeight);
    prepareCanvas(canvas, SIZE, SIZE).drawImage(
      picture,
      left * density,
      top * density,
      width * density,
      height * density,
      0,
      0,
      SIZE,
      SIZE,
    );
  }
}
