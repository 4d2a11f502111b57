/** What the loss in force does to δ: its formula, the likelihood it comes from, and two bars at one z (TEACHING.md, moment 3). */

/** @import { AppState, View } from "../../types.js" */

import { at } from "../../toolkit/address.js";
import { h, memo, setAttribute, setText } from "../../toolkit/dom.js";
import { MINUS, formatExact, formatNumber } from "../../toolkit/maths.js";
import { rowNamed } from "../../run/spec.js";
import { formulaBox } from "../../shared/formula.js";
import { messageOf } from "../../wire/refusals.js";

/**
 * @typedef {object} OutputCurves  `/api/output-curves`
 * @property {number[]} z
 * @property {Record<string, {prediction: number[], delta: Record<string, number[]>, times: number[]}>} targets
 */

/** Where moment 3 begins: as wrong as it is sure. */
const FIRST = { z: -5, y: "1" };
const BARS = [
  { loss: "mse", name: "squared error" },
  { loss: "bce", name: "cross-entropy" },
];

/** @param {number | undefined} value @param {number} decimals */
const fixed = (value, decimals) => (value === undefined ? "–" : value.toFixed(decimals).replace("-", MINUS));

/**
 * @param {import("../actions.js").TrainActions} actions
 * @returns {View}
 */
export function lossView(actions) {
  const formula = formulaBox("loss-formula", "The loss");
  const source = h("p", {});
  const delta = formulaBox("delta-formula", "Its δ at the output");
  const match = h("p", { data: { testid: "loss-match" } });
  const bars = deltaBars(actions);
  const element = h(
    "details",
    { class: "why", data: { part: "loss" } },
    h("summary", { data: { testid: "loss-toggle" } }, "what the loss does"),
    h("div", { class: "loss-body" }, formula.element, source, delta.element, match, bars.element),
  );
  const changed = memo();
  /** @type {AppState | null} */
  let last = null;
  element.addEventListener("toggle", () => last && update(last));
  return { element, update };

  /** @param {AppState} state */
  function update(state) {
    last = state;
    const { run, catalog } = state;
    if (!run || !catalog || !element.open) return;
    bars.load();
    if (!changed(run, catalog)) return;
    const row = rowNamed(catalog.losses, run.loss);
    formula.show(row?.mathml ?? "");
    setText(source, row ? `From a ${row.source.replace("; ", " (")}). ${row.summary}` : "");
    delta.show(deltaFormula(row?.delta_mathml, row?.matched === run.output_activation));
    setText(match, matchWords(state, row));
  }
}

/**
 * δ of the output in force: what matches leaves ŷ − y alone.
 * @param {string | undefined} mathml
 * @param {boolean} matched
 */
function deltaFormula(mathml, matched) {
  const name = "<msub><mi>δ</mi><mi>L</mi></msub><mo>=</mo>";
  if (matched && mathml) return mathml.replace(/(<math[^>]*>)/, `$1${name}`);
  const general =
    "<mfrac><mrow><mi>∂</mi><mi>ℓ</mi></mrow><mrow><mi>∂</mi><mover><mi>y</mi><mo>^</mo></mover></mrow></mfrac>" +
    "<mo>·</mo><msup><mi>φ</mi><mo>′</mo></msup><mo>(</mo><msub><mi>z</mi><mi>L</mi></msub><mo>)</mo>";
  return `<math xmlns="http://www.w3.org/1998/Math/MathML" display="block"><mrow>${name}${general}</mrow></math>`;
}

/** @param {AppState} state @param {import("../../catalog.js").LossRow | undefined} row */
function matchWords(state, row) {
  const output = state.run?.output_activation ?? "";
  const title = (/** @type {string | undefined} */ name) =>
    rowNamed(state.catalog?.activations ?? [], name ?? "")?.title ?? name;
  if (row?.matched === output) return `Its matched output is ${title(output)}, and that is the output here: the slope cancels.`;
  return `Its matched output is ${title(row?.matched)}; here it is ${title(output)}, whose derivative stays in δ: where it is flat, the error signal is lost.`;
}

/** @param {import("../actions.js").TrainActions} actions */
function deltaBars(actions) {
  const slider = h("input", {
    type: "range",
    step: 1,
    min: 0,
    max: 0,
    aria: { label: "z of the output" },
    data: { testid: "moment-z" },
  });
  const target = h(
    "select",
    { aria: { label: "Target y" }, data: { testid: "moment-y" } },
    h("option", { value: "0" }, "y = 0"),
    h("option", { value: "1" }, "y = 1"),
  );
  target.value = FIRST.y;
  const place = h("output", { class: "value" });
  const rows = BARS.map(({ loss, name }) => {
    const bar = h("div", { class: "delta-bar" });
    const value = h("output", { class: "value", data: { testid: `moment-${loss}` } });
    return {
      loss,
      bar,
      value,
      element: h("div", { class: "delta-row" }, h("span", {}, name), value, h("div", { class: "delta-track" }, bar)),
    };
  });
  const times = h("p", { data: { testid: "moment-times" } });
  const element = h(
    "div",
    { class: "moment-three", role: "group", aria: { label: "δ of one sigmoid output under two losses" } },
    h("p", {}, h("b", {}, "Confidently wrong: "), "δ of one sigmoid output at z, from −1 to 1"),
    h("div", { class: "title-row" }, target, place),
    slider,
    ...rows.map((row) => row.element),
    times,
  );
  /** @type {OutputCurves | null} */
  let curves = null;
  let asked = false;
  const show = () => {
    if (!curves) return;
    const i = Number(slider.value);
    const at = curves.targets[target.value];
    slider.style.setProperty("--fill", `${(i / (curves.z.length - 1)) * 100}%`);
    const z = fixed(curves.z[i], 1);
    setText(place, `z = ${z}, ŷ = ${formatNumber(at.prediction[i], 3)}`);
    slider.setAttribute("aria-valuetext", `z = ${z}`);
    for (const { loss, bar, value } of rows) {
      const delta = at.delta[loss][i];
      setText(value, `δ = ${fixed(delta, 4)}`);
      value.title = `exactly ${formatExact(delta)}`;
      setAttribute(value, "data-value", String(delta));
      bar.classList.toggle("negative", delta < 0);
      bar.style.width = `${Math.abs(delta) * 50}%`;
    }
    setText(times, `Cross-entropy's is ${fixed(at.times[i], 1)} times as large.`);
  };
  slider.addEventListener("input", show);
  target.addEventListener("change", show);
  return {
    element,
    /** Asks the engine for the numbers, once. */
    async load() {
      if (asked) return;
      asked = true;
      try {
        const answer = await fetch(at("api/output-curves"));
        if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
        const found = /** @type {OutputCurves} */ (await answer.json());
        curves = found;
        slider.max = String(found.z.length - 1);
        slider.value = String(found.z.indexOf(FIRST.z));
        show();
      } catch (error) {
        asked = false;
        actions.sender.complain(`The two bars cannot be drawn: ${messageOf(error)}`);
        element.closest("details")?.removeAttribute("open");
      }
    },
  };
}
