/** Sliders for a lane's rate and momentum: while one is dragged, the lane runs again from the start. */

/** @import { OptimizerRow, Parameter, View } from "../../types.js" */
/** @import { RaceLane } from "../types.js" */

import { logLadder, sliderField } from "../../shared/controls.js";
import { h, memo, setAttribute, setText } from "../../toolkit/dom.js";
import { formatNumber, toNumber } from "../../toolkit/maths.js";
import { rowNamed } from "../../run/spec.js";
import { raceFrameOf } from "../frames.js";
import { surfaceNames } from "../surface/names.js";

const ROOT = "race.tune";
const RATES = logLadder(1e-6, 10);
const HUNDREDTHS = [...Array.from({ length: 100 }, (_, i) => i / 100), 0.995, 0.999];

/** What is remembered from step to step: the first of an optimizer's numbers that is a share. @param {OptimizerRow} row */
function memoryOf(row) {
  return row.parameters.find(
    ({ name, kind, minimum, maximum }) => name !== "lr" && kind === "float" && minimum === 0 && maximum === 1 && name !== "eps",
  );
}

/** @param {import("../surface/actions.js").SurfaceRaceActions} actions @returns {View} */
export function tunerView(actions) {
  const title = h("h2", { class: "panel-title" }, "Tune");
  const fields = h("div", { class: "race-tuner-fields" });
  const element = h("section", { class: "panel", data: { part: "race-tuner" }, aria: { label: "Tune a lane" } }, title, fields);
  /** @type {{name: string, slider: ReturnType<typeof sliderField>}[]} */
  let sliders = [];
  /** @type {RaceLane | undefined} */
  let lane;
  const target = {
    register: (/** @type {string} */ path) => actions.register(path),
    change(/** @type {string} */ path, /** @type {unknown} */ value) {
      return lane ? actions.tune(lane.id, path.slice(ROOT.length + 1), value, path) : Promise.resolve(false);
    },
    refuse: (/** @type {string} */ path, /** @type {string} */ message) => actions.refuse(path, message),
  };
  /** @param {Parameter} parameter @param {unknown[]} ladder */
  const slider = ({ name, title: words, symbol, summary }, ladder) => {
    const made = sliderField(target, {
      path: `${ROOT}.${name}`,
      label: `${words} ${symbol}`,
      hint: `${summary}; while it is dragged the lane runs again from the start`,
      typed: true,
      live: true,
    });
    made.setLadder(/** @type {import("../../shared/controls.js").Rung[]} */ (ladder));
    return { name, slider: made };
  };
  const built = memo();
  return {
    element,
    update(state) {
      const { race, catalog, errors } = state;
      const point = raceFrameOf(state, "race_point")?.meta;
      lane = race?.lanes.find(({ id }) => id === point?.lane);
      const row = catalog && lane ? rowNamed(catalog.optimizers, lane.optimizer.name) : undefined;
      element.hidden = !lane || !row;
      if (!lane || !row) return;
      setText(title, `Tune ${surfaceNames(state).get(lane.id) ?? ""}`);
      setAttribute(element, "data-of", String(lane.id));
      const memory = memoryOf(row);
      if (built(row)) {
        const rate = /** @type {Parameter} */ (row.parameters.find(({ name }) => name === "lr"));
        sliders = [slider(rate, RATES), ...(memory ? [slider(memory, HUNDREDTHS)] : [])];
        fields.replaceChildren(...sliders.map((each) => each.slider.element));
      }
      for (const { name, slider: each } of sliders) each.update(lane.optimizer[name], errors[`${ROOT}.${name}`]);
      const bound = toNumber(point?.bound?.rate);
      const finite = bound !== null && Number.isFinite(bound) ? bound : null;
      sliders[0].slider.mark(finite, `its stability bound here, ${formatNumber(finite, 3)}`);
    },
  };
}
