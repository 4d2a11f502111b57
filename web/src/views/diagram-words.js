/** What the diagram says about a weight or a unit, in words. Every number names its moment. */

/** @import { AppState, RunInfo } from "../types.js" */

import { formatCount, formatExact, formatNumber, subscript } from "../maths.js";
import { frameOf } from "../store.js";

/**
 * @typedef {object} Target  What is pointed at; indices are 0-based here and 1-based in words.
 * @property {"edge" | "unit"} kind
 * @property {number} layer  of the unit, or of the unit an edge leads to
 * @property {number} unit
 * @property {number} source  the unit an edge comes from (layer − 1)
 */

/** @param {Target | null} a @param {Target | null} b */
export function sameTarget(a, b) {
  return a === b || (!!a && !!b && a.kind === b.kind && a.layer === b.layer && a.unit === b.unit && a.source === b.source);
}

/**
 * A unit by name: an input by its own, others by number and layer.
 * @param {RunInfo} run
 * @param {number} layer
 * @param {number} unit
 */
function unitName(run, layer, unit) {
  if (layer === 0) return `input ${run.inputs[unit]}`;
  if (layer === run.layers.length && run.outputs.length > 1) return `output ${run.outputs[unit]}`;
  return `unit ${unit + 1}, layer ${layer}`;
}

/**
 * One entry of a parameter or of its gradient.
 * @param {AppState} state
 * @param {"parameters" | "gradients"} channel
 * @param {string} name
 * @param {number} index
 */
function entry(state, channel, name, index) {
  const frame = frameOf(state, channel);
  const value = frame?.arrays[name]?.data[index];
  return frame && value !== undefined ? { value, step: frame.step } : null;
}

/**
 * The gradient's line: which batch, and that it was taken before the update.
 * @param {AppState} state
 * @param {string} name
 * @param {number} index
 * @param {string} letter
 */
function gradientLine(state, name, index, letter) {
  const found = entry(state, "gradients", name, index);
  if (!found) return `no gradient before the first update`;
  return `∂𝓛/∂${letter} ${formatNumber(found.value)} · mini-batch of update ${formatCount(found.step)}`;
}

/**
 * @param {AppState} state
 * @param {Target} target
 * @returns {{title: string, lines: string[]}}
 */
export function describe(state, target) {
  const run = /** @type {RunInfo} */ (state.run);
  return target.kind === "edge" ? describeEdge(state, run, target) : describeUnit(state, run, target);
}

/** @param {AppState} state @param {RunInfo} run @param {Target} target */
function describeEdge(state, run, { layer, unit, source }) {
  const columns = layer === 1 ? run.inputs.length : run.layers[layer - 2].units;
  const index = unit * columns + source;
  const weight = entry(state, "parameters", `W${layer}`, index);
  return {
    title: `W${subscript(layer)}[${unit + 1},${source + 1}] = ${formatNumber(weight?.value)}`,
    lines: [
      `from ${unitName(run, layer - 1, source)}, to ${unitName(run, layer, unit)}`,
      gradientLine(state, `W${layer}`, index, "W"),
      weight ? `exactly ${formatExact(weight.value)}, after step ${formatCount(weight.step)}` : "",
    ].filter(Boolean),
  };
}

/** @param {AppState} state @param {RunInfo} run @param {Target} target */
function describeUnit(state, run, { layer, unit }) {
  if (layer === 0) {
    if (run.image_shape)
      return { title: `${run.inputs.length} inputs`, lines: [`the ${run.image_shape.join(" × ")} pixels of a picture`] };
    return { title: `input ${run.inputs[unit]}`, lines: mapLine(state, layer, unit) };
  }
  const bias = entry(state, "parameters", `b${layer}`, unit);
  const { activation } = run.layers[layer - 1];
  return {
    title: `b${subscript(layer)}[${unit + 1}] = ${formatNumber(bias?.value)}`,
    lines: [
      `bias of ${unitName(run, layer, unit)} · ${activation}`,
      gradientLine(state, `b${layer}`, unit, "b"),
      ...mapLine(state, layer, unit),
      bias ? `exactly ${formatExact(bias.value)}, after step ${formatCount(bias.step)}` : "",
    ].filter(Boolean),
  };
}

/** @param {AppState} state @param {number} layer @param {number} unit */
function mapLine(state, layer, unit) {
  const units = frameOf(state, "maps")?.meta.units;
  const found = units?.find((/** @type {any} */ each) => each.layer === layer && each.unit === unit + 1);
  return found ? [`over the plane from ${formatNumber(Number(found.low), 3)} to ${formatNumber(Number(found.high), 3)}`] : [];
}
