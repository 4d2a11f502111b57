/** In what two runs differ: settings that are not the same, and what was changed while they ran. */

/** @import { Catalog, Script, Spec } from "../../types.js" */

import { fieldName } from "../../run/field-names.js";
import { dataTitle, rowNamed } from "../../run/spec.js";
import { formatCount, formatSetting } from "../../toolkit/maths.js";

/** @typedef {{name: string, values: [string, string]}} Difference */

/**
 * @param {[Script, Script]} scripts
 * @param {Catalog} catalog
 * @returns {Difference[]}
 */
export function differences([one, other], catalog) {
  const [settings, others] = [one.spec, other.spec].map((spec) => leaves(spec, catalog));
  /** @type {Difference[]} */
  const found = [];
  for (const path of new Set([...settings.keys(), ...others.keys()])) {
    /** @type {[string, string]} */
    const values = [settings.get(path) ?? "–", others.get(path) ?? "–"];
    if (values[0] !== values[1]) found.push({ name: nameOf(path), values });
  }
  /** @type {[string, string]} */
  const edits = [editsInWords(one), editsInWords(other)];
  if (edits[0] !== edits[1]) found.push({ name: "changed while it ran", values: edits });
  return found;
}

/**
 * Each setting in words, by its dotted path; what the samples of own data are is not listed.
 * @param {Spec} spec
 * @param {Catalog} catalog
 * @returns {Map<string, string>}
 */
function leaves(spec, catalog) {
  /** @type {Map<string, string>} */
  const found = new Map();
  /** @param {unknown} value @param {string} path */
  const walk = (value, path) => {
    if (Array.isArray(value)) {
      if (value.every((each) => typeof each !== "object")) found.set(path, value.join(", ") || "none");
    } else if (typeof value === "object" && value !== null) {
      for (const [key, inner] of Object.entries(value)) walk(inner, path ? `${path}.${key}` : key);
    } else found.set(path, inWords(value));
  };
  walk({ ...spec, network: { ...spec.network, layers: undefined } }, "");
  found.set("network.layers", layersInWords(spec));
  found.set("data.name", dataTitle(catalog, spec));
  const { name } = spec.optimizer;
  found.set("optimizer.name", rowNamed(catalog.optimizers, name)?.title ?? name);
  return found;
}

/** @param {unknown} value */
function inWords(value) {
  if (value === null || value === undefined) return "none";
  if (typeof value === "boolean") return value ? "on" : "off";
  return typeof value === "number" ? formatSetting(value) : String(value).replaceAll("_", " ");
}

/** @param {Spec} spec */
function layersInWords({ network }) {
  const words = network.layers.map(({ units, activation, norm, dropout, skip }) => {
    const more = [norm && `${norm} norm`, dropout && `dropout ${dropout}`, skip && `skip over ${skip}`].filter(Boolean);
    return [`${units} ${activation.replaceAll("_", " ")}`, ...more].join(" + ");
  });
  return words.join(", ") || "none";
}

/** @param {string} path */
function nameOf(path) {
  if (path === "data.name") return "data";
  if (path === "network.layers") return "hidden layers";
  if (path.endsWith(".name")) return path.split(".").slice(-2)[0];
  return path.endsWith("seed") ? (path === "seed" ? "random seed" : "random seed of the data") : fieldName(path);
}

/** The last of what was changed, and how much was before. @param {Script} script */
function editsInWords({ edits }) {
  const last = edits.at(-1);
  if (!last) return "nothing";
  const before = edits.length > 1 ? `, and ${formatCount(edits.length - 1)} before` : "";
  return `at step ${formatCount(last.step)}: ${last.label}${before}`;
}
