/** The share of samples kept away from training, where it is chosen before there is a run. */

import { h, setText } from "../../toolkit/dom.js";

/** @param {() => void} changed @param {number} [percent] */
export function partSlider(changed, percent = 30) {
  const slider = h("input", { type: "range", min: 0, max: 90, step: 10, value: percent, data: { testid: "own-test-part" } });
  const shown = h("output", { class: "value" });
  const show = () => {
    const words = `${slider.value}\u202f%`;
    setText(shown, words);
    slider.setAttribute("aria-valuetext", words);
    slider.style.setProperty("--fill", `${(Number(slider.value) / 90) * 100}%`);
  };
  slider.addEventListener("input", () => {
    show();
    changed();
  });
  show();
  return {
    element: h("label", { class: "sheet-pair part" }, h("span", {}, "Test part"), slider, shown),
    value: () => Number(slider.value) / 100,
  };
}
