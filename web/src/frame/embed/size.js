/** How large a frame is: some sizes that suit a page, or one's own in pixels. */

import { h, setText } from "../../toolkit/dom.js";

const SIZES = [
  ["640x400", "640 × 400, in a text"],
  ["800x500", "800 × 500"],
  ["960x600", "960 × 600"],
  ["1280x720", "1280 × 720, a slide"],
  ["390x500", "390 × 500, a phone"],
  ["100%x500", "as wide as the page, 500 high"],
];
const OWN = "own";
const RANGE = { least: 320, most: 4000 };

/** @param {() => void} changed */
export function sizeChoice(changed) {
  const select = h(
    "select",
    { onchange: update, data: { testid: "embed-size" } },
    ...[...SIZES, [OWN, "another size"]].map(([value, words]) => h("option", { value }, words)),
  );
  const number = (/** @type {string} */ label, /** @type {string} */ value) =>
    h("input", {
      type: "number",
      value,
      min: RANGE.least,
      max: RANGE.most,
      step: 1,
      aria: { label },
      class: "embed-number",
      oninput: update,
      data: { testid: `embed-${label.toLowerCase()}` },
    });
  const [width, height] = [number("Width", "800"), number("Height", "500")];
  const own = h("span", { class: "embed-own", hidden: true }, width, " × ", height, " px");
  const problem = h("span", { class: "field-error", role: "alert", hidden: true, data: { testid: "embed-size-error" } });
  const element = h("div", { class: "class-option" }, h("label", {}, h("span", {}, "Size "), select), own, problem);
  select.value = "800x500";

  function update() {
    own.hidden = select.value !== OWN;
    problem.hidden = value() !== null;
    setText(problem, problem.hidden ? "" : `Width and height are ${RANGE.least} to ${RANGE.most} pixels.`);
    changed();
  }

  /** @returns {{width: string, height: string} | null}  null: it is none */
  function value() {
    if (select.value !== OWN) {
      const [w, tall] = select.value.split("x");
      return { width: w, height: tall };
    }
    const sound = [width, height].every(({ valueAsNumber: n }) => Number.isInteger(n) && n >= RANGE.least && n <= RANGE.most);
    return sound ? { width: width.value, height: height.value } : null;
  }

  return { element, value };
}
