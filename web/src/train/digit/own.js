/** Drawn digits that join the data: the run's own pictures with them, as data of a spec. */

/** @import { InlineDataInput } from "../../protocol.js" */
/** @import { Frame, RunInfo } from "../../types.js" */

/**
 * @typedef {object} Drawn
 * @property {number[]} x  the picture, row by row
 * @property {number} label  its class
 */

/**
 * All pictures of the run in the parts they are in, and those that were drawn behind the ones to train on.
 * @param {RunInfo} run
 * @param {Frame} data  of the run
 * @param {readonly Drawn[]} drawn
 * @param {string} title  of the run's data
 * @returns {InlineDataInput}
 */
export function withDrawn(run, data, drawn, title) {
  const part = (/** @type {string} */ split) => {
    const raw = data.arrays[`${split}_raw`];
    const target = data.arrays[`${split}_target`];
    return raw && target ? { x: rows(raw), y: Array.from(target.data) } : null;
  };
  const [train, validation, test] = ["train", "validation", "test"].map(part);
  const before = / with (\d+) drawn$/.exec(title);
  return {
    name: "inline",
    kind: "image",
    task: "classification",
    title: `${title.slice(0, before?.index ?? 60)} with ${Number(before?.[1] ?? 0) + drawn.length} drawn`,
    classes: run.classes,
    columns: run.columns,
    standardize: run.spec.data.standardize,
    train_x: [...(train?.x ?? []), ...drawn.map(({ x }) => x)],
    train_y: [...(train?.y ?? []), ...drawn.map(({ label }) => label)],
    ...(validation ? { validation_x: validation.x, validation_y: validation.y } : {}),
    ...(test ? { test_x: test.x, test_y: test.y } : {}),
  };
}

/** @param {import("../../types.js").NamedArray} array */
function rows({ data, shape: [count, columns] }) {
  return Array.from({ length: count }, (_, i) => Array.from(data.subarray(i * columns, (i + 1) * columns)));
}
