/** Points placed by hand, by class, with a way back. Nothing here is drawn. */

/**
 * @typedef {object} Point
 * @property {number} x
 * @property {number} y
 * @property {number} label  0, 1, …
 */

export const MOST_CLASSES = 4;
const MOST_POINTS = 2000;
const HALF_WIDTH = 6;

export class Points {
  /** @type {readonly Point[]} */
  all;
  /** @type {(readonly Point[])[]} */
  #before = [];

  /** @param {readonly Point[]} [all] */
  constructor(all = []) {
    this.all = all.slice(0, MOST_POINTS);
  }

  get canUndo() {
    return this.#before.length > 0;
  }

  /** What comes until the next mark is undone together: a stroke, a press. */
  mark() {
    if (this.#before.at(-1) !== this.all) this.#before.push(this.all);
  }

  undo() {
    // A stroke that changed nothing has left its mark too.
    while (this.#before.at(-1) === this.all) this.#before.pop();
    this.all = this.#before.pop() ?? this.all;
  }

  /** @param {number} x @param {number} y @param {number} label */
  place(x, y, label) {
    if (this.all.length >= MOST_POINTS) return;
    this.all = [...this.all, { x: inside(x), y: inside(y), label }];
  }

  /** @param {number} x @param {number} y @param {number} radius */
  remove(x, y, radius) {
    const kept = this.all.filter((point) => Math.hypot(point.x - x, point.y - y) > radius);
    if (kept.length < this.all.length) this.all = kept;
  }

  clear() {
    this.mark();
    this.all = [];
  }

  /** How many classes have to be told apart by colour. */
  get colours() {
    return Math.max(2, ...this.all.map(({ label }) => label + 1));
  }

  /**
   * For each point whether it is kept for testing: every so many of its class, the first never.
   * @param {number} fraction
   * @returns {boolean[]}
   */
  tests(fraction) {
    const seen = new Array(MOST_CLASSES).fill(0);
    const percent = Math.round(100 * fraction);
    return this.all.map(({ label }) => {
      const index = seen[label]++;
      return Math.floor(((index + 1) * percent) / 100) > Math.floor((index * percent) / 100);
    });
  }

  /** Why these cannot be trained on, or nothing. */
  get problem() {
    const count = this.all.length;
    if (count < 2) return count === 0 ? "No point is placed yet." : "One point only; there must be two at least.";
    if (new Set(this.all.map(({ label }) => label)).size < 2) return "One class only; place points of another one too.";
    return "";
  }

  /**
   * The inline data of a spec.
   * @param {number} fraction  kept for testing
   * @param {string[]} names  of the classes; those without a point are left out
   * @param {string[]} features
   * @returns {import("../../protocol.js").InlineDataInput}
   */
  data(fraction, names, features) {
    const labels = [...new Set(this.all.map(({ label }) => label))].sort();
    const tests = this.tests(fraction);
    const part = (/** @type {boolean} */ test) => this.all.filter((_, i) => tests[i] === test);
    const x = (/** @type {readonly Point[]} */ points) => points.map((point) => [point.x, point.y]);
    const y = (/** @type {readonly Point[]} */ points) => points.map(({ label }) => labels.indexOf(label));
    const [train, test] = [part(false), part(true)];
    return {
      name: "inline",
      kind: "plane",
      task: "classification",
      title: "drawn points",
      classes: labels.map((label) => names[label]),
      features,
      train_x: x(train),
      train_y: y(train),
      ...(test.length > 0 ? { test_x: x(test), test_y: y(test) } : {}),
    };
  }
}

/** @param {number} value */
function inside(value) {
  return Math.round(1000 * Math.max(-HALF_WIDTH, Math.min(HALF_WIDTH, value))) / 1000;
}

/**
 * The samples of a run as points, where they are classes on a plane; else none.
 * @param {import("../../types.js").RunInfo} run
 * @param {import("../../types.js").Frame | null} data
 * @returns {Points}
 */
export function pointsOf(run, data) {
  /** @type {Point[]} */
  const points = [];
  if (run.kind !== "plane" || run.task !== "classification" || run.classes.length > MOST_CLASSES) return new Points();
  for (const split of ["train", "validation", "test"]) {
    const raw = data?.arrays[`${split}_raw`];
    const target = data?.arrays[`${split}_target`];
    if (!raw || !target) continue;
    for (let i = 0; i < raw.shape[0]; i++) {
      points.push({ x: inside(raw.data[2 * i]), y: inside(raw.data[2 * i + 1]), label: target.data[i] });
    }
  }
  return new Points(points);
}
