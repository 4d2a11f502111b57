/** How large δ is in each layer of two runs: bars from one zero, the longest as wide as there is room. */

/** @import { AppState } from "../../types.js" */

import { h, memo, setAttribute, setText } from "../../toolkit/dom.js";
import { formatExact, formatNumber, subscript } from "../../toolkit/maths.js";
import { frameOf } from "../../run/selectors.js";

const HINT = "mean of |δ| over the layer's units and the training samples";

export function deltaBars() {
  const scale = h("span", { class: "moment" });
  const rows = h("div", { class: "layer-delta-rows" });
  const element = h(
    "section",
    { class: "layer-deltas", aria: { label: "Error signal by layer" }, data: { testid: "layer-deltas" } },
    h("div", { class: "title-row" }, h("h3", { title: HINT }, "Mean |δ| by layer"), scale),
    rows,
  );
  const built = memo();
  const changed = memo();
  /** @type {{bar: HTMLElement, value: HTMLElement}[][]} */
  let cells = [];
  return {
    element,
    /** @param {[AppState, AppState]} states  of the kept run, and of the live one */
    update(states) {
      const frames = states.map((state) => frameOf(state, "deltas"));
      const layers = Math.max(...states.map(({ run }) => run?.layers.length ?? 0));
      if (built(layers)) {
        cells = Array.from({ length: layers }, () => ["kept", "live"].map(cell));
        rows.replaceChildren(
          ...cells.map((pair, i) =>
            h(
              "div",
              { class: "layer-delta-row" },
              h("span", { class: "layer-delta-layer" }, `δ${subscript(i + 1)}`),
              h(
                "div",
                { class: "layer-delta-pair" },
                ...pair.flatMap(({ bar, value }) => [h("div", { class: "layer-delta-track" }, bar), value]),
              ),
            ),
          ),
        );
      }
      if (!changed(...frames, layers)) return;
      const sizes = frames.map((frame) => cells.map((_, i) => meanOf(frame?.arrays[`size${i + 1}`]?.data)));
      const most = Math.max(
        0,
        ...sizes
          .flat()
          .filter((size) => size !== null && Number.isFinite(size))
          .map(Number),
      );
      setText(scale, most > 0 ? `full bar: ${formatNumber(most, 3, 1e-3)}` : "");
      cells.forEach((pair, i) =>
        pair.forEach(({ bar, value }, k) => {
          const size = sizes[k][i];
          const finite = size !== null && Number.isFinite(size) && most > 0;
          bar.style.width = finite ? `${(100 * Number(size)) / most}%` : "0";
          setText(value, formatNumber(size, 3, 1e-3));
          setAttribute(value, "data-value", size === null ? null : String(size));
          value.title = size === null ? "" : `exactly ${formatExact(size)}`;
        }),
      );
    },
  };
}

/** @param {string} side */
function cell(side) {
  return {
    bar: h("i", { class: `layer-delta-bar ${side}` }),
    value: h("span", { class: "layer-delta-value", data: { side } }),
  };
}

/** @param {ArrayLike<number> | undefined} values */
function meanOf(values) {
  if (!values || values.length === 0) return null;
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}
