/** The spec's fields by the name that they have on the page. */

/** @type {Record<string, string>} */
const NAMES = {
  "optimizer.lr": "learning rate",
  "optimizer.name": "optimizer",
  "optimizer.dialect": "form of the optimizer",
  "schedule.name": "schedule",
  "clip.norm": "clip norm",
  "clip.value": "clip value",
  "regularization.l1": "L1",
  "regularization.l2": "L2",
  "data.samples": "samples",
  "network.bias": "initial biases",
  "stop.patience": "early stopping patience",
  "stop.min_change": "least change of the loss",
  "stop.max_steps": "last step",
  batch_size: "batch size",
};

/** @param {string} path  dotted, into the spec */
export function fieldName(path) {
  return NAMES[path] ?? path.slice(path.lastIndexOf(".") + 1).replaceAll("_", " ");
}

/** An edit's label as it is shown: it begins with the field's path. @param {string} label */
export function editWords(label) {
  return label.replace(/^[a-z][a-z0-9_]*(\.[a-z0-9_]+)?(?= )/, (path) =>
    path.includes(".") || path in NAMES ? fieldName(path) : path,
  );
}
