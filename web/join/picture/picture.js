/** What the teacher's session shows, as a picture of a phone's size: the plane, the curve, or both. The newest frame alone. */

/** @import { Follow, State } from "../types.js" */

import { measured } from "../../src/shared/markup.js";
import { css, palette } from "../../src/toolkit/colours.js";
import { h, memo, prepareCanvas, setAttribute, setText } from "../../src/toolkit/dom.js";
import { toNumber } from "../../src/toolkit/maths.js";
import { drawCurve, hasCurve } from "./curve.js";
import { drawPlane, hasPlane, laneColour } from "./plane.js";

/** Of a curve, its height to its width. */
const FLAT = 0.5;

export function pictureView() {
  const plane = h("canvas", { class: "picture-plane", role: "img", data: { testid: "picture" } });
  const curve = h("canvas", {
    class: "picture-curve",
    role: "img",
    aria: { label: "Loss over the steps" },
    data: { testid: "curve" },
  });
  const key = h("p", { class: "quiet picture-key" });
  const lanes = h("ul", { class: "lanes" });
  const caption = h("figcaption", { class: "quiet", data: { testid: "caption" } });
  const element = h("figure", { class: "picture", hidden: true }, plane, curve, key, lanes, caption);
  const [planed, curved, keyed, laned] = [memo(), memo(), memo(), memo()];
  return {
    element,
    /** @param {State} state */
    update({ frame, theme, room }) {
      const [planar, curvy] = [hasPlane(frame), hasCurve(frame)];
      element.hidden = !frame || !(planar || curvy || frame.meta.lanes?.length || frame.meta.caption);
      if (!frame) return;
      plane.hidden = !planar;
      curve.hidden = !curvy;
      const across = plane.clientWidth;
      if (planar && across > 0 && planed(frame, theme, across, devicePixelRatio)) {
        drawPlane(prepareCanvas(plane, across, across), frame, across, across, theme);
        setAttribute(plane, "aria-label", labelOf(frame));
      }
      const width = curve.clientWidth;
      if (curvy && width > 0 && curved(frame, theme, width, devicePixelRatio)) {
        const height = Math.round(width * FLAT);
        curve.style.height = `${height}px`;
        drawCurve(prepareCanvas(curve, width, height), frame, width, height, theme);
      }
      if (keyed(Boolean(frame.arrays.train), Boolean(frame.arrays.test?.shape[0]))) {
        key.hidden = !frame.arrays.train; // of a race the lanes are named below
        const names = [h("span", { class: "key-train" }, "training loss")];
        if (frame.arrays.test?.shape[0]) names.push(h("span", { class: "key-test" }, "test loss"));
        key.replaceChildren(...names);
      }
      if (laned(frame.meta.lanes, theme)) lanes.replaceChildren(...laneRows(frame, theme));
      const words = frame.meta.caption ?? "";
      setText(caption, words === room?.seen?.title ? "" : words);
    },
  };
}

/** @param {Follow} frame */
function labelOf({ arrays, meta, step }) {
  if (arrays.heat && !arrays.map) return `The race on the loss surface, step ${step}`;
  const classes = arrays.classes || (meta.classes ?? 0) > 1;
  return `${classes ? "Decision regions" : "The network’s output"} over the plane, step ${meta.step ?? step}`;
}

/** @param {Follow} frame @param {string} theme */
function laneRows({ meta }, theme) {
  const colours = palette(theme);
  return (meta.lanes ?? []).map((lane) => {
    const loss = toNumber(lane.loss);
    return h(
      "li",
      {},
      h("i", { class: "dot", style: `background:${css(laneColour(colours, lane))}` }),
      h("span", {}, lane.name),
      h("span", { class: "quiet" }, lane.words || (loss === null ? "" : `loss ${measured(loss)}`)),
    );
  });
}
