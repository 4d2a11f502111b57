/** A run that plays flat out and changes no more is slowed down, once, and says so: nobody is left at its last step wondering. */

/** @import { Clock, SeriesData, Speed } from "../types.js" */

import { formatCount } from "../toolkit/maths.js";

/** Recorded points in a third of the later half of the updates, at least. */
const LEAST = 10;
/** Of the loss, from the beginning of the later half of the updates to its end. */
const STILL = 0.005;
/** Of the loss that the run began with: what is below it is no longer seen in a picture. */
const UNSEEN = 0.001;
/** Of the samples that are classified rightly. */
const SAME = 0.002;
/** Of the updates that a run may have: before it is slowed down it has so many since its last change. */
const SHARE = 0.1;
/** Milliseconds: a run is flat out for so long before it is looked at, and again after the next. */
const [PATIENCE, PAUSE] = [800, 400];

/**
 * Whether the later half of the updates since a change has changed anything that is seen; from which step on.
 * @param {SeriesData} series
 * @param {number} since  the step of the last change
 * @returns {number | null}  null where it has, or nobody knows yet
 */
export function stillSince({ length, columns }, since) {
  const { step, train_loss: loss, train_accuracy: accuracy } = columns;
  if (!step || !loss || length === 0) return null;
  const middle = (since + step[length - 1]) / 2;
  let first = length;
  while (first > 0 && step[first - 1] >= middle) first -= 1;
  const third = Math.floor((length - first) / 3);
  if (third < LEAST) return null;
  const change = (/** @type {Float64Array} */ column) => {
    const [before, after] = [mean(column, first, first + third), mean(column, length - third, length)];
    return { before, by: Math.abs(after - before) };
  };
  const { before, by } = change(loss);
  if (!(by <= STILL * before || by <= UNSEEN * Math.abs(loss[0]))) return null; // NaN is no standstill
  if (accuracy && change(accuracy).by > SAME) return null;
  return step[first];
}

/** @param {Float64Array} column @param {number} from @param {number} to */
function mean(column, from, to) {
  let sum = 0;
  for (let i = from; i < to; i++) sum += column[i];
  return sum / (to - from);
}

export class Settled {
  #actions;
  #now;
  #began = /** @type {number | null} */ (null);
  #looked = 0;
  /** The run, as it was changed last, that was slowed down: a press on "flat out" is then meant. */
  #told = "";

  /**
   * @param {{store: import("../store.js").Store, slowDown: (speed: Speed, why: string) => void}} actions
   * @param {() => number} [now]
   */
  constructor(actions, now = () => performance.now()) {
    this.#actions = actions;
    this.#now = now;
  }

  /** Called with every state of the clock. @param {Clock} clock */
  look(clock) {
    const now = this.#now();
    if (clock.status !== "playing" || clock.speed.unit !== "flat") {
      this.#began = null;
      return;
    }
    this.#began ??= now;
    if (now - this.#began < PATIENCE || now - this.#looked < PAUSE) return;
    this.#looked = now;
    const { series, script } = this.#actions.store.state;
    const edits = script?.edits ?? [];
    const which = `${clock.run} ${clock.branch} ${edits.length}`;
    if (which === this.#told || series?.run !== clock.run) return;
    const changed = edits.at(-1)?.step ?? 0;
    if (clock.step - changed < SHARE * clock.max_steps) return;
    const since = stillSince(series, changed);
    if (since === null) return;
    this.#told = which;
    this.#actions.slowDown(slower(clock), `Nothing has changed since step ${formatCount(since)}`);
  }
}

/** A speed at which a run is no longer flat out. @param {Clock} clock @returns {Speed} */
function slower(clock) {
  const epochs = (clock.steps_per_second ?? 0) * (clock.epoch / Math.max(1, clock.step));
  return { unit: "epochs", rate: epochs > 20 ? 10 : 1 };
}
