/** A race: the ground with the lanes' trails, their losses, who is where and who has arrived. */

/** @import { Player, RaceMeta, Recording } from "../types.js" */

import { h, setText } from "../../src/toolkit/dom.js";
import { formatCount } from "../../src/toolkit/maths.js";
import { curvesView } from "../curves.js";
import { groundView } from "./ground.js";
import { standingsView } from "./standings.js";

/** As a dash pattern of SVG and canvas. @type {Record<string, number[]>} */
const DASHES = { solid: [], dash: [8, 4], dot: [2, 4], dashdot: [8, 3, 2, 3] };

/** @param {Recording<RaceMeta>} recording @returns {Player} */
export function racePlayer(recording) {
  const { meta, arrays, steps, frames } = recording;
  const count = meta.lanes.length;
  const ground = groundView(recording, (lane) => DASHES[lane.dash]);
  const column = (/** @type {string} */ name, /** @type {number} */ lane) =>
    Float64Array.from({ length: frames }, (_, frame) => arrays[name].data[frame * count + lane]);
  const losses = meta.lanes.map((_, i) => column("losses", i));
  const curves = curvesView({
    name: meta.value,
    steps,
    words: "step",
    finish: meta.finish,
    lines: meta.lanes.map((lane, i) => ({
      name: lane.name,
      values: losses[i],
      ...(arrays.loss_steps ? { at: column("loss_steps", i) } : {}),
      colour: `--racer-${i}`,
      dashes: DASHES[lane.dash],
    })),
  });
  const standings = standingsView(recording);
  const words = meta.outcome?.words ?? "";
  const outcome = h("p", { class: "edit", data: { testid: "replay-outcome" } });
  const element = h(
    "div",
    { class: "stage race" },
    ground.element,
    h("div", { class: "beside" }, curves.element, outcome),
    standings.element,
  );
  let coloured = "";
  return {
    element,
    moment: (frame) => `at step ${formatCount(steps[frame])}${meta.note ? ` · ${meta.note}` : ""}`,
    draw(frame, theme) {
      if (coloured !== theme) {
        coloured = theme;
        meta.lanes.forEach(({ colours }, i) =>
          element.style.setProperty(`--racer-${i}`, theme === "dark" ? colours.dark : colours.light),
        );
      }
      ground.draw(frame, theme);
      curves.draw(frame);
      standings.draw(frame);
      setText(outcome, frame === frames - 1 ? words : "");
    },
  };
}
