/** The run that all rooms look at: what it keeps, and how what the server tells of it lands there. */

/** @import { Host, Part, Script } from "../types.js" */

import { linkHere } from "../link.js";
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
  followed: null,
  compared: null,
  futures: [],
  withoutFutures: false,
};

/** @param {Host} host @returns {Part} */
export function runPart({ store, sender, sharing, watch }) {
  const series = new SeriesStore();
  const followFutures = futuresOf(store, sender);

  /**
   * An edit made in the middle of a run forks it; one quiet line says so and offers to take it back.
   * @param {Script} script
   */
  function onScript(script) {
    const before = store.state.script;
    store.set({ script });
    followFutures(script);
    const added = before && before.run === script.run && script.edits.length > before.edits.length ? script.edits.at(-1) : null;
    if (added && added.step > 0 && store.state.clock?.step === added.step) {
      store.set({ notice: { kind: "info", text: `From step ${added.step} on: ${added.label}.`, undo: true } });
    }
  }

  return {
    events: {
      run: (run) =>
        store.set({ run, errors: {}, clock: null, script: null, futures: [], compared: stillCompared(store.state) }),
      state: (clock) => store.set({ clock }),
      script: (event) => onScript({ ...event, spec: wholeSpec(event, store.state.run) }),
      loaded: (event) => sharing.loaded(event),
    },
    frames: {
      series(frame) {
        const whole = frame.channel === "series" ? series.apply(frame) : null;
        if (whole) store.set({ series: whole });
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
