/** The controls of an optimizer's own parameters, wherever one is set: of the run, or of a lane. */

/** @import { Dialect } from "../catalog.js" */
/** @import { OptimizerRow } from "../types.js" */

import { logLadder, parameterField, sliderField } from "./controls.js";

/** @param {OptimizerRow[]} rows */
export function dialectChoices(rows) {
  const names = [...new Set(rows.flatMap((row) => row.dialects))];
  return names.map((name) => ({ value: name, label: name === "pytorch" ? "PyTorch" : name }));
}

/**
 * The rate as a logarithmic slider with a number, then whatever else the row has.
 * @param {import("./controls.js").ChangeTarget} target
 * @param {OptimizerRow} row
 * @param {Dialect} dialect
 * @param {string} [root]  the path of the optimizer
 * @returns {{name: string, control: import("./controls.js").Control & {mark?: (value: number | null, words: string) => void}}[]}
 */
export function ownControls(target, row, dialect, root = "optimizer") {
  const defaults = row.defaults[dialect] ?? {};
  const parameters = row.parameters.filter(
    ({ name }) => name === "lr" || name in defaults || !(name in (row.defaults.pytorch ?? {})),
  );
  return parameters.map((parameter) => {
    const path = `${root}.${parameter.name}`;
    if (parameter.name !== "lr") return { name: parameter.name, control: parameterField(target, parameter, path) };
    const usual = typeof defaults.lr === "number" ? defaults.lr : Number(parameter.default);
    const slider = sliderField(target, {
      path,
      label: `${parameter.title} ${parameter.symbol || "η"}`,
      hint: parameter.summary,
      typed: true,
    });
    // The range of a rate is half a line; the slider shows the decades around what is usual, the field takes any.
    const low = Math.max(parameter.minimum || 0, usual * 1e-3);
    slider.setLadder(logLadder(low, Math.min(parameter.maximum ?? Infinity, Math.max(usual * 1e3, 1))));
    return { name: "lr", control: slider };
  });
}
