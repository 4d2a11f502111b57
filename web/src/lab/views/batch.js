/** Batch and speed: how fast at the left, how many updates at the right, and each size's tuned run to go on with. */

/** @import { Spec } from "../../types.js" */
/** @import { OwnView, Shown, Tools } from "./types.js" */

import { h, memo } from "../../toolkit/dom.js";
import { formatNumber } from "../../toolkit/maths.js";
import { axes, dot, line, picture } from "./sketch.js";
import { switched } from "./switched.js";

/** What the engine tells of it; the spec comes with the last word. @typedef {{sizes: number[], rates: (number | null)[], spec?: Spec}} Told */

/** @param {Tools} tools @returns {OwnView} */
function view(tools) {
  const speed = switched(tools, "How fast", [
    { figure: "speed", words: "samples a second" },
    { figure: "products", words: "loops and BLAS" },
  ]);
  const reached = switched(tools, "To the loss", [
    { figure: "updates", words: "updates to the loss" },
    { figure: "time", words: "time to the loss" },
  ]);
  const runs = h("div", { class: "batch-runs", data: { testid: "batch-runs" } });
  const changed = memo();
  return {
    element: h("div", { class: "lab-pair batch", data: { testid: "batch" } }, speed.element, reached.element, runs),
    update(shown) {
      speed.update(shown);
      reached.update(shown);
      if (changed(shown.values)) runs.replaceChildren(...runsOf(shown));
    },
  };

  /** @param {Shown} shown @returns {(Node | string)[]} */
  function runsOf({ values }) {
    const { sizes, rates, spec } = /** @type {Told} */ (/** @type {unknown} */ (values));
    if (!sizes || !spec) return [h("span", { class: "small" }, "Each size's run can be opened once all are measured.")];
    const buttons = sizes.flatMap((size, i) => {
      const rate = rates[i];
      if (rate === null) return [];
      const words = `Train at batch size ${size} with its tuned η = ${formatNumber(rate)}`;
      const open = () =>
        tools.openRun(/** @type {Spec} */ ({ ...spec, batch_size: size, optimizer: { ...spec.optimizer, lr: rate } }));
      return [
        h(
          "button",
          { type: "button", class: "quiet-button", title: words, aria: { label: words }, data: { size }, onclick: open },
          String(size),
        ),
      ];
    });
    if (buttons.length === 0) return [h("span", { class: "small" }, "No rate of the grid leads to the loss: no run to open.")];
    return [h("span", { class: "small" }, "Open as a run, batch size"), ...buttons];
  }
}

const thumbnail = () =>
  picture(
    axes(),
    line("M20 74L52 52L84 32L116 22L148 20", "lane-1 bold"),
    line("M92 8V78", "faint dashed"),
    line("M20 16L52 42L84 58L116 66L148 70", "lane-2 dashed"),
    ...[20, 52, 84, 116, 148].map((x, i) => dot(x, [74, 52, 32, 22, 20][i], "lane-1", 3)),
  );

export default { thumbnail, view };
