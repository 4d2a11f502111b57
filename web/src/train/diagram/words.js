/** What the diagram says about a weight or a unit, in words. Every number names its moment. */

/** @import { AppState, RunInfo } from "../../types.js" */

import { sampleFrame, sampleName } from "../../run/followed.js";
import { formatCount, formatExact, formatNumber, subscript } from "../../toolkit/maths.js";
import { editable, lockedBy } from "../../frame/restrict.js";
import { frameOf } from "../../run/selectors.js";
import { heldAt } from "./weights/frozen.js";
import { deltaOf } from "./units.js";

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
 * @param {"parameters" | "gradients" | "updates"} channel
 * @param {string} name
 * @param {number} index
 */
function entry(state, channel, name, index) {
  if (channel !== "parameters" && state.clock?.step === 0) return null;
  const frame = frameOf(state, channel);
  const value = frame?.arrays[name]?.data[index];
  return frame && value !== undefined ? { value, step: frame.step } : null;
}

/**
 * The parameter that is pointed at: a weight, or the bias of a unit.
 * @param {RunInfo} run
 * @param {Target} target
 */
function parameterOf(run, { kind, layer, unit, source }) {
  if (kind === "unit") return { name: `b${layer}`, index: [unit], flat: unit };
  const columns = layer === 1 ? run.inputs.length : run.layers[layer - 2].units;
  return { name: `W${layer}`, index: [unit, source], flat: unit * columns + source };
}

/**
 * Its value, or that of its gradient or of its last update; null where there is none.
 * @param {AppState} state
 * @param {"parameters" | "gradients" | "updates"} channel
 * @param {Target} target
 */
export function entryOf(state, channel, target) {
  if (!state.run || target.layer === 0) return null;
  const { name, index, flat } = parameterOf(state.run, target);
  const found = entry(state, channel, name, flat);
  return found && { ...found, name, index };
}

/** The parameter as a formula writes it. @param {Target} target */
export function titleOf({ kind, layer, unit, source }) {
  return kind === "edge" ? `W${subscript(layer)}[${unit + 1},${source + 1}]` : `b${subscript(layer)}[${unit + 1}]`;
}

/** Where it lies, in words. @param {RunInfo} run @param {Target} target */
export function whereOf(run, { kind, layer, unit, source }) {
  if (kind === "edge") return `from ${unitName(run, layer - 1, source)}, to ${unitName(run, layer, unit)}`;
  return `bias of ${unitName(run, layer, unit)} · ${run.layers[layer - 1].activation}`;
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

/**
 * That no update changes it.
 * @param {AppState} state
 * @param {string} name
 * @param {number} flat
 */
function heldLine(state, name, flat) {
  const held = heldAt(state, name, flat);
  if (!held) return "";
  return `${held === "removed" ? "removed: 0, and no update" : "frozen: no update"} changes it; its gradient counts as 0`;
}

/** How it is changed, or that it cannot be. */
function edits() {
  return editable() ? "click, or press e, to edit" : lockedBy();
}

/**
 * A weight; where gradients or updates are shown, that comes first.
 * @param {AppState} state
 * @param {RunInfo} run
 * @param {Target} target
 */
function describeEdge(state, run, target) {
  const weight = entryOf(state, "parameters", target);
  const name = `W${target.layer}`;
  const { flat } = parameterOf(run, target);
  const gradient = gradientLine(state, name, flat, "W");
  const value = `${titleOf(target)} = ${formatNumber(weight?.value)}`;
  const where = whereOf(run, target);
  const exactly = (/** @type {number | undefined} */ number, /** @type {string} */ moment) =>
    number === undefined ? "" : `exactly ${formatExact(number)}, ${moment}`;
  /** @type {{title: string, lines: string[]}} */
  let words;
  if (state.edges === "gradients") {
    const found = entryOf(state, "gradients", target);
    const moment = `mini-batch of update ${formatCount(found?.step ?? 0)}`;
    words = {
      title: `∂𝓛/∂${titleOf(target)} = ${found ? formatNumber(found.value) : "–"}`,
      lines: [where, found ? exactly(found.value, moment) : "no gradient before the first update", value],
    };
  } else if (state.edges === "updates") {
    const found = entryOf(state, "updates", target);
    const moment = `what update ${formatCount(found?.step ?? 0)} added`;
    words = {
      title: `Δ${titleOf(target)} = ${found ? formatNumber(found.value) : "–"}`,
      lines: [where, found ? exactly(found.value, moment) : "nothing before the first update", value, gradient],
    };
  } else {
    const moment = `after step ${formatCount(weight?.step ?? 0)}`;
    words = { title: value, lines: [where, gradient, exactly(weight?.value, moment)] };
  }
  return { title: words.title, lines: [...words.lines, heldLine(state, name, flat), edits()].filter(Boolean) };
}

/** @param {AppState} state @param {RunInfo} run @param {Target} target */
function describeUnit(state, run, target) {
  const { layer, unit } = target;
  if (state.followed) return describeActivation(state, run, target);
  if (layer === 0) {
    const pixels = run.image_shape ? [`the ${run.image_shape.join(" × ")} pixels of a picture`] : [];
    const lines = [...pixels, ...(pixels.length ? [] : mapLine(state, layer, unit))];
    if (state.units === "delta") lines.push("an input has no δ: there is nothing in it to change");
    return { title: run.image_shape ? `${run.inputs.length} inputs` : `input ${run.inputs[unit]}`, lines };
  }
  const bias = entryOf(state, "parameters", target);
  const exact = bias ? `exactly ${formatExact(bias.value)}, after step ${formatCount(bias.step)}` : "";
  const value = `${titleOf(target)} = ${formatNumber(bias?.value)}`;
  if (state.units === "delta") {
    const delta = deltaOf(state, layer, unit);
    return {
      title: `δ of ${unitName(run, layer, unit)}`,
      lines: [
        delta ? `mean |δ| ${formatNumber(delta.size)} · mean δ ${formatNumber(delta.mean)}` : "",
        delta ? `over the ${formatCount(delta.samples)} training samples, after step ${formatCount(delta.step)}` : "",
        `bias ${value}`,
        edits(),
      ].filter(Boolean),
    };
  }
  return {
    title: value,
    lines: [
      whereOf(run, target),
      gradientLine(state, `b${layer}`, unit, "b"),
      ...mapLine(state, layer, unit),
      exact,
      heldLine(state, `b${layer}`, unit),
      edits(),
    ].filter(Boolean),
  };
}

/**
 * What the followed sample makes of a unit.
 * @param {AppState} state
 * @param {RunInfo} run
 * @param {Target} target
 */
function describeActivation(state, run, target) {
  const { layer, unit } = target;
  const frame = sampleFrame(state);
  const of = state.followed ? sampleName(state.followed) : "";
  if (layer === 0 && run.image_shape) return { title: `${run.inputs.length} inputs`, lines: [`the pixels of ${of}`] };
  const value = frame?.arrays[`h${layer}`]?.data[unit];
  const bias = entryOf(state, "parameters", target);
  const wanted = layer === run.layers.length ? frame?.arrays.target.data[unit] : undefined;
  const lines = [
    layer === 0 ? of : `${unitName(run, layer, unit)} · ${run.layers[layer - 1].activation} · ${of}`,
    frame && value !== undefined ? `exactly ${formatExact(value)}, after step ${formatCount(frame.step)}` : "",
    wanted === undefined ? "" : `target ${formatNumber(wanted)}`,
    layer === 0 ? "" : `${titleOf(target)} = ${formatNumber(bias?.value)}`,
    layer === 0 ? "" : edits(),
  ];
  return { title: `${layer === 0 ? run.inputs[unit] : "h"} = ${formatNumber(value)}`, lines: lines.filter(Boolean) };
}

/** @param {AppState} state @param {number} layer @param {number} unit */
function mapLine(state, layer, unit) {
  const units = (layer === 0 && frameOf(state, "inputs") ? frameOf(state, "inputs") : frameOf(state, "maps"))?.meta.units;
  const found = units?.find((each) => each.layer === layer && each.unit === unit + 1);
  return found
    ? [
        `over the ${state.run?.kind === "line" ? "line" : "plane"} from ${formatNumber(Number(found.low), 3)} to ${formatNumber(Number(found.high), 3)}`,
      ]
    : [];
}
