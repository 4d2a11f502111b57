/** Marks on the diagram what something speaks of: a layer, or the unit where the first value was not finite. */

/** @import { AppState } from "../../types.js" */
/** @import { Pointed } from "../types.js" */
/** @import { Box, Layout } from "./layout.js" */

import { memo, s } from "../../toolkit/dom.js";

/** @param {SVGElement} over  drawn in it, above everything */
export function highlight(over) {
  const group = s("g", { class: "highlights" });
  over.append(group);
  const changed = memo();
  return {
    /** @param {AppState} state @param {Layout} layout */
    update(state, layout) {
      const stop = state.clock?.stop;
      const offence = stop?.kind === "non_finite" && stop.offence && stop.offence.layer > 0 ? stop.offence : null;
      if (!changed(layout, state.pointed, offence?.layer, offence?.unit)) return;
      group.replaceChildren(
        ...mark(layout, state.pointed, "pointed"),
        ...mark(layout, offence && { layer: offence.layer, unit: offence.unit }, "offending"),
      );
    },
  };
}

/**
 * @param {Layout} layout
 * @param {Pointed | null} to
 * @param {string} kind
 */
function mark(layout, to, kind) {
  const layer = to ? layout.layers[to.layer] : undefined;
  if (!to || !layer) return [];
  const all = layer.strip ? [...layer.shown, layer.strip] : layer.shown;
  // A unit that is folded away is somewhere in the strip.
  const one = to.unit === null ? null : (layer.shown.find((box) => box.unit === Number(to.unit) - 1) ?? layer.strip);
  const { x, y, width, height } = one ?? around(all);
  return [
    s("rect", {
      x: x - 6,
      y: y - 6,
      width: width + 12,
      height: height + 12,
      rx: 8,
      class: `highlight ${kind}`,
      "data-highlight": kind,
      "data-layer": to.layer,
      "data-of": to.unit ?? "",
    }),
  ];
}

/** @param {Box[]} boxes @returns {Box} */
function around(boxes) {
  const [left, top] = [Math.min(...boxes.map((box) => box.x)), Math.min(...boxes.map((box) => box.y))];
  const right = Math.max(...boxes.map((box) => box.x + box.width));
  const bottom = Math.max(...boxes.map((box) => box.y + box.height));
  return { x: left, y: top, width: right - left, height: bottom - top };
}
