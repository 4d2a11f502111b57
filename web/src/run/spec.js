/**
 * How a setting changes a run: which settings are edits of the live run, and which spec a changed one begins. Pure
 * functions.
 */

/** @import { Dialect } from "../catalog.js" */
/** @import { DataSpec, InlineData, InlineDataInput, RunSpecInput } from "../protocol.js" */
/** @import { AppState, Catalog, DatasetRow, OptimizerRow, Spec } from "../types.js" */

const LIVE = ["optimizer", "schedule", "regularization", "clip", "batch_size", "numerics"];
const LIVE_FIELDS = ["stop.patience", "stop.min_change"];

/**
 * Whether a field can change while the run lasts; every other one begins a new run.
 * @param {string} path
 */
export function isLive(path) {
  return LIVE.includes(path.split(".")[0]) || LIVE_FIELDS.includes(path);
}

/**
 * The spec in force at the present step: what the settings show.
 * @param {AppState} state
 * @returns {Spec | null}
 */
export function specOf(state) {
  if (!state.run) return null;
  return state.script && state.script.run === state.run.run ? state.script.spec : state.run.spec;
}

/**
 * A script's spec with the samples of own data, which come once, with the run; nothing is copied.
 * @param {import("../protocol.js").ScriptInfo} script
 * @param {import("../types.js").RunInfo | null} run
 * @returns {Spec}
 */
export function wholeSpec({ spec, data_digest: digest }, run) {
  const known = /** @type {Spec} */ (/** @type {unknown} */ (spec));
  return digest && run?.data_digest === digest ? { ...known, data: { ...run.spec.data, ...known.data } } : known;
}

/**
 * Whether two specs say the same, whatever the order of their fields.
 * @param {unknown} one
 * @param {unknown} other
 * @returns {boolean}
 */
export function sameSpec(one, other) {
  if (!isRecord(one) || !isRecord(other)) return JSON.stringify(one) === JSON.stringify(other);
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].every((name) => sameSpec(one[name], other[name]));
}

/**
 * What lies along a path; undefined where there is nothing.
 * @param {unknown} object
 * @param {string} path  dotted
 */
export function read(object, path) {
  return path.split(".").reduce((inner, key) => (isRecord(inner) ? inner[key] : undefined), object);
}

/** @param {unknown} value @returns {value is Record<string, unknown>} */
const isRecord = (value) => typeof value === "object" && value !== null;

/**
 * A copy of a spec with one field changed.
 * @param {Spec} spec
 * @param {string} path
 * @param {unknown} value
 * @returns {Spec}
 */
export function withField(spec, path, value) {
  const copy = structuredClone(spec);
  const keys = path.split(".");
  const last = /** @type {string} */ (keys.pop());
  const target = keys.length > 0 ? read(copy, keys.join(".")) : copy;
  if (!isRecord(target)) throw new TypeError(`the spec has no ${path}`);
  target[last] = value;
  return copy;
}

/**
 * @template {{name: string}} T
 * @param {T[]} rows
 * @param {string} name
 * @returns {T | undefined}
 */
export function rowNamed(rows, name) {
  return rows.find((row) => row.name === name);
}

/**
 * The data sets a person can choose from; `inline` is what own data come as and has no sample to show.
 * @param {Catalog} catalog
 * @returns {DatasetRow[]}
 */
export function choosable(catalog) {
  return catalog.datasets.filter((row) => row.name !== "inline");
}

/**
 * Other data: the row's own defaults, the split and the seed kept. Loss and output follow the data's task again.
 * @param {Spec} spec
 * @param {DatasetRow} row
 * @returns {RunSpecInput}
 */
export function withDataset(spec, row) {
  const { validation_fraction, test_fraction, seed } = sharesOf(spec.data);
  // Columns of a table have units of their own; unscaled ones would drown the small.
  const data = {
    name: row.name,
    validation_fraction,
    test_fraction,
    seed,
    standardize: row.standardize ?? row.kind === "table",
  };
  return {
    ...structuredClone(spec),
    data,
    loss: "auto",
    network: { ...structuredClone(spec.network), output_activation: "auto" },
  };
}

/**
 * What goes over to other data: of one's own data the shares that they came in, as near as the sliders have them.
 * @param {Spec["data"]} data
 * @returns {Partial<DataSpec>}
 */
function sharesOf(data) {
  if (!isInline(data)) return data;
  const [train, validation, test] = [data.train_x, data.validation_x, data.test_x].map((rows) => rows?.length ?? 0);
  const near = (/** @type {number} */ rows) =>
    Math.min(9, Math.max(rows && 1, Math.round((10 * rows) / (train + validation + test)))) / 10;
  return { validation_fraction: near(validation), test_fraction: Math.min(near(test), 0.9 - near(validation)) };
}

/**
 * Data of one's own, the layers kept. Without validation samples nothing stops early.
 * @param {Spec} spec
 * @param {InlineDataInput} data
 * @param {number | null} [patience]  as it is where none is given
 * @returns {RunSpecInput}
 */
export function withOwnData(spec, data, patience = spec.stop.patience) {
  const network = { ...structuredClone(spec.network), output_activation: "auto" };
  const stop = { ...structuredClone(spec.stop), patience: data.validation_x ? patience : null };
  return { ...structuredClone(spec), data, loss: "auto", network, stop };
}

/** Whether data are one's own. @param {Spec["data"]} data @returns {data is InlineData} */
export function isInline(data) {
  return data.name === "inline";
}

/**
 * What the data of a run are called.
 * @param {Catalog} catalog
 * @param {Spec} spec
 * @returns {string}
 */
export function dataTitle(catalog, spec) {
  if (isInline(spec.data)) return spec.data.title ?? "own data";
  return rowNamed(catalog.datasets, spec.data.name)?.title ?? spec.data.name;
}

/** What a choice of dialects says. @param {unknown} chosen @returns {Dialect} */
export function dialectOf(chosen) {
  return chosen === "pytorch" ? "pytorch" : "textbook";
}

/**
 * An optimizer with its defaults in a dialect.
 * @param {OptimizerRow} row
 * @param {Dialect} dialect
 */
export function optimizerDefaults(row, dialect) {
  return { name: row.name, dialect, ...row.defaults[dialect] };
}

/**
 * The network in words: 2–8–8–1.
 * @param {import("../types.js").RunInfo} run
 */
export function shapeWords(run) {
  return [run.inputs.length, ...run.layers.map((layer) => layer.units)].join("–");
}

/**
 * What is being run: spiral · 2–8–8–1 · Adam.
 * @param {AppState} state
 */
export function runInWords(state) {
  const { run, catalog } = state;
  const spec = specOf(state);
  if (!run || !catalog || !spec) return "";
  const optimizer = rowNamed(catalog.optimizers, spec.optimizer.name)?.title ?? spec.optimizer.name;
  return `${dataTitle(catalog, spec)} · ${shapeWords(run)} · ${optimizer}`;
}
