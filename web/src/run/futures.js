/**
 * The old futures of a run: what came after a step at which it was changed since. The branches a run descends from are asked for
 * once, as they are fixed, and drawn faint; undo returns to one, and then it is no longer old.
 */

/** @import { Future, Script } from "../types.js" */

import { thinned } from "./sharing.js";

/** As many as can be told apart. */
const MOST = 3;

/**
 * The branches that went further than where the present one left them, the nearest first.
 * @param {Script | null} script
 * @returns {{branch: number, fork: number, end: number}[]}
 */
export function oldFutures(script) {
  const found = [];
  const of = (/** @type {number | null} */ number) => script?.branches.find(({ branch }) => branch === number);
  let present = of(script?.branch ?? null);
  let fork = Infinity;
  while (present && present.parent !== null && found.length < MOST) {
    const parent = of(present.parent);
    if (!parent) break;
    // Where an earlier ancestor was left before this one was, nothing later of it belongs to the run.
    fork = Math.min(fork, present.fork);
    if (parent.end > fork) found.push({ branch: parent.branch, fork, end: parent.end });
    present = parent;
  }
  return found;
}

/**
 * Keeps the futures in the store: called with each script, asks for what is not known yet.
 * @param {import("../store.js").Store} store
 * @param {import("../wire/sender.js").Sender} sender
 */
export function futuresOf(store, sender) {
  /** @type {Map<string, Future>} */
  let known = new Map();
  let run = -1;
  let branch = -1;
  return async (/** @type {Script} */ script) => {
    if (script.run !== run) known = new Map();
    // Another branch is another question: what was hidden on the last one is shown.
    if (script.run !== run || script.branch !== branch) store.set({ withoutFutures: false });
    ({ run, branch } = script);
    const wanted = oldFutures(script);
    const key = (/** @type {{branch: number, fork: number, end: number}} */ each) => `${each.branch} ${each.fork} ${each.end}`;
    const show = () => {
      if (script.run === run && script.branch === branch)
        store.set({ futures: wanted.flatMap((each) => known.get(key(each)) ?? []) });
    };
    show();
    for (const each of wanted.filter((future) => !known.has(key(future)))) {
      try {
        const { columns } = await sender.send({ type: "compare", branch: each.branch });
        if (script.run !== run) return;
        known.set(key(each), { branch: each.branch, fork: each.fork, columns: after(thinned(columns), each.fork) });
        show();
      } catch {
        return; // a curve that is missing is no reason to trouble anybody
      }
    }
  };
}

/**
 * What lies after a step, and the point before it, so that the curve begins where it left.
 * @param {Record<string, (number | null)[]>} columns
 * @param {number} step
 */
function after(columns, step) {
  const first = (columns.step ?? []).findIndex((value) => value !== null && value > step);
  const from = first < 0 ? (columns.step?.length ?? 0) : Math.max(0, first - 1);
  return Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, values.slice(from)]));
}
