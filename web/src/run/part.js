/** The run that all rooms look at: what it keeps, and how what the server tells of it lands there. */

/** @import { Host, Part, Script } from "../types.js" */

import { linkHere } from "../link.js";
import { formatCount } from "../toolkit/maths.js";
import { editWords } from "./field-names.js";
import { futuresOf } from "./futures.js";
import { CHANGES, MOVES, UNANSWERED, catchUp, remembered } from "./reconnect.js";
import { SeriesStore } from "./series.js";
import { stillCompared } from "./sharing.js";
import { wholeSpec } from "./spec.js";

/** The run's fields of the state, to begin with. */
export const RUN_STATE = {
  run: null,
  clock: null,
  script: null,
  earlier: [],
  series: null,
  batchLosses: null,
  followed: null,
  compared: null,
  kept: null,
  comparing: false,
  futures: [],
  withoutFutures: false,
  following: false,
};

/** @param {Host} host @returns {Part} */
export function runPart({ store, sender, sharing, watch }) {
  const [series, losses] = [new SeriesStore(), new SeriesStore()];
  const followFutures = futuresOf(store, sender);

  /**
   * An edit made in the middle of a run forks it; one quiet line says so and offers to take it back.
   * @param {Script} script
   */
  function onScript(script) {
    const before = store.state.script;
    store.set({ script });
    followFutures(script);
    const same = before && before.run === script.run ? before.edits : null;
    const last = script.edits.at(-1);
    // What offers to undo a change that is no longer the last one would undo another.
    if (same && same.length !== script.edits.length && store.state.notice?.undo) store.set({ notice: null });
    if (!same || !last || last.step === 0) return;
    const words = (/** @type {{step: number, label: string}} */ { step, label }) => `From step ${formatCount(step)}: ${label}.`;
    const added = script.edits.length > same.length && store.state.clock?.step === last.step;
    // A weight that is dragged is one change with ever new values.
    const told = same.at(-1);
    const dragged = script.edits.length === same.length && told && store.state.notice?.text === words(told);
    if (added || (dragged && told.label !== last.label)) store.set({ notice: { kind: "info", text: words(last), undo: true } });
  }

  return {
    events: {
      run: (run) =>
        store.set({ run, errors: {}, clock: null, script: null, futures: [], compared: stillCompared(store.state) }),
      state: (clock) => store.set({ clock }),
      script: (event) => {
        const edits = event.edits.map((edit) => ({ ...edit, label: editWords(edit.label) }));
        onScript({ ...event, edits, spec: wholeSpec(event, store.state.run) });
      },
      loaded: (event) => sharing.loaded(event),
    },
    frames: {
      series(frame) {
        const whole = frame.channel === "series" ? series.apply(frame) : null;
        if (whole) store.set({ series: whole });
        else watch(true);
      },
      batch_losses(frame) {
        const whole = frame.channel === "batch_losses" ? losses.apply(frame) : null;
        if (whole) store.set({ batchLosses: whole });
        else watch(true);
      },
    },
    watching: ({ followed }) => ({ sample: followed }),
    links: [{ here: () => linkHere() !== null, open: () => sharing.openLink() }],
    unanswered: UNANSWERED,
    changing: CHANGES,
    moving: MOVES,
    catchUp,
    remembered,
  };
}
