/** A share of the samples that is kept away from training, where it is chosen before there is a run. */

import { h, setText } from "../../toolkit/dom.js";

const TEST = { label: "Test share", hint: "kept away from training", testid: "own-test-part", percent: 30, most: 90, step: 10 };

/** The one by which early stopping decides. */
export const VALIDATION = {
  label: "Validation share",
  hint: "kept away to choose by: early stopping watches its loss",
  testid: "own-validation-part",
  percent: 0,
  most: 50,
  step: 5,
};

/** @param {() => void} changed @param {typeof TEST} [options] */
export function partSlider(changed, { label, hint, testid, percent, most, step } = TEST) {
  const slider = h("input", { type: "range", min: 0, max: most, step, value: percent, data: { testid } });
  const shown = h("output", { class: "value" });
  const show = () => {
    const words = `${slider.value}\u202f%`;
    setText(shown, words);
    slider.setAttribute("aria-valuetext", words);
    slider.style.setProperty("--fill", `${(Number(slider.value) / most) * 100}%`);
  };
  slider.addEventListener("input", () => {
    show();
    changed();
  });
  show();
  return {
    element: h("label", { class: "sheet-pair part", title: hint }, h("span", {}, label), slider, shown),
    value: () => Number(slider.value) / 100,
    /** @param {number} share */
    set(share) {
      slider.value = String(Math.round(100 * share));
      show();
    },
  };
}
