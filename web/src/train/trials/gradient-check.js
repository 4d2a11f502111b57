/** The gradient check: backpropagation against central differences, weight by weight, as a map over the network. */

/** @import { GradientReport, TensorCheck } from "../types.js" */
/** @import { AppState } from "../../types.js" */
/** @import { Tested } from "../types.js" */

import { h, memo } from "../../toolkit/dom.js";
import { formatCount, formatNumber, subscript, toNumber, typeset } from "../../toolkit/maths.js";
import { errorMap } from "./error-map.js";
import { trialDialog } from "./trial-dialog.js";

const NOTE =
  "Every parameter is nudged up and down and the loss computed again: (J(θ+h) − J(θ−h)) / 2h is its slope without any chain " +
  "rule. Backpropagation must give the same number. The run itself waits, unchanged.";

/**
 * @param {import("../actions.js").TrainActions} actions
 * @param {import("./trials.js").Trials} trials
 */
export function gradientDialog(actions, trials) {
  const verdict = h("p", { class: "verdict", data: { testid: "gradient-verdict" } });
  const facts = h("p", { class: "small" });
  const maps = h("div", { class: "error-maps" });
  const key = h(
    "div",
    { class: "error-key" },
    h("span", {}, "relative error 10⁻¹²"),
    h("i", { class: "error-ramp" }),
    h("span", {}, "10⁻⁶; a cross: disagrees; a dot: not checked"),
  );
  const reading = h("p", { class: "small error-reading", role: "status", data: { testid: "gradient-reading" } });
  const body = h("tbody");
  const table = h(
    "table",
    { class: "error-table", data: { testid: "gradient-table" } },
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        ...["tensor", "shape", "checked", "relative error", "step h", "verdict"].map((head) => h("th", { scope: "col" }, head)),
      ),
    ),
    body,
  );
  const moment = h("p", { class: "small trial-note" });
  const outcome = h("div", { class: "fields", hidden: true }, verdict, facts, maps, key, reading, table, moment);
  const sheet = trialDialog(
    { command: "check_gradient", name: "gradient", title: "Gradient check", note: NOTE, start: "check", unit: "parameters" },
    [],
    outcome,
    () => void trials.checkGradient(),
    () => trials.cancel(),
  );
  /** @param {number} layer @param {number} unit */
  const show = (layer, unit) => {
    sheet.element.close();
    actions.pointAt({ layer, unit });
  };
  const told = memo();
  const drawn = memo();
  /** @type {ReturnType<typeof errorMap>[]} */
  let all = [];
  return {
    element: sheet.element,
    open: sheet.open,
    /** @param {AppState} state */
    update(state) {
      sheet.update(state);
      const { gradientCheck: check, run, theme } = state;
      if (told(check, run)) {
        sheet.refuse(check?.refusal?.message ?? null);
        const result = check && run && check.run === run.run ? check.result : null;
        outcome.hidden = result === null;
        if (check && result) {
          verdict.textContent = typeset(result.verdict);
          verdict.dataset.ok = String(result.ok);
          facts.textContent = costWords(result);
          all = result.tensors.map((tensor) => errorMap(tensor, reading, show));
          maps.replaceChildren(...all.map((map) => map.element));
          body.replaceChildren(...result.tensors.map(row));
          reading.textContent =
            "Point at a cell, or go from cell to cell with the arrows; Enter shows its unit on the network.";
          moment.textContent = momentWords(check);
        }
      }
      if (!outcome.hidden && sheet.element.open && drawn(check, theme, run)) for (const map of all) map.paint(theme);
    },
  };
}

/** @param {GradientReport} result */
function costWords({ evaluations, done, samples, left_out: left, kinked }) {
  const parts = [
    `${formatCount(evaluations)} times the loss of ${formatCount(samples)} samples was computed for ${formatCount(done)} parameters; ` +
      "backpropagation takes one pass forward and one back for all of them.",
  ];
  if (left > 0)
    parts.push(
      `${formatCount(left)} samples with a z within 10⁻⁴ of a kink of φ were left out: there both sides are right, and differ.`,
    );
  if (kinked > 0) parts.push(`${formatCount(kinked)} weights near 0 were left out: |w| of the L1 penalty has a kink there.`);
  return parts.join(" ");
}

/** @param {Tested<GradientReport>} check */
function momentWords({ step, result }) {
  return `At the parameters after step ${formatCount(step)}. Two numbers agree where they differ by at most ${formatNumber(result?.bound, 1, 1e-3)} of their size, or by what rounding leaves.`;
}

/** @param {TensorCheck} tensor */
function row({ name, shape, checked, error, resolved, ok, steps }) {
  const total = shape.reduce((product, side) => product * side, 1);
  const [low, high] = steps ?? [null, null];
  const small = (/** @type {number | null} */ value) => formatNumber(value, 2, 1e-3);
  const verdict = checked === 0 ? "not checked" : !ok ? "disagrees" : resolved ? "agrees" : "too small to tell";
  return h(
    "tr",
    { data: { tensor: name } },
    h("th", { scope: "row" }, `${name.replace(/\d+$/, "")}${subscript(Number(name.match(/\d+$/)?.[0] ?? 0))}`),
    h("td", {}, shape.join(" × ")),
    h("td", {}, checked === total ? formatCount(total) : `${formatCount(checked)} of ${formatCount(total)}`),
    h("td", { data: { value: error } }, small(toNumber(error))),
    h("td", {}, low === high ? small(low) : `${small(low)} – ${small(high)}`),
    h("td", {}, verdict),
  );
}
