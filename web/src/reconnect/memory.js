/** What a page still knows of a session that the server has forgotten: enough to begin its run and its race again. */

/** @import { Sent } from "../commands.js" */
/** @import { RaceSpec, ScriptData } from "../protocol.js" */
/** @import { AppState, Speed } from "../types.js" */
/** @import { RaceSpeed } from "../race/types.js" */

import { formatCount } from "../toolkit/maths.js";

/**
 * @typedef {object} Memory
 * @property {ScriptData} script  of the branch that was shown
 * @property {number} step
 * @property {number} edits
 * @property {number} branches
 * @property {Speed | null} playing
 * @property {{spec: RaceSpec, threshold: number, step: number, playing: RaceSpeed | null} | null} race
 */

/**
 * @param {AppState} state
 * @returns {Memory | null}  null where the page has not seen a run yet
 */
export function memoryOf({ run, script, clock, race, raceClock }) {
  if (!run || !clock) return null;
  const edits = script?.run === run.run ? script.edits.map(({ step, edit: { label: _, ...edit } }) => ({ ...edit, step })) : [];
  return {
    script: { version: 1, spec: run.spec, edits, step: clock.step },
    step: clock.step,
    edits: edits.length,
    branches: script?.branches.length ?? 1,
    playing: clock.status === "playing" ? clock.speed : null,
    race:
      race && raceClock
        ? {
            spec: race.spec,
            threshold: race.threshold,
            step: raceClock.step,
            playing: raceClock.status === "playing" ? raceClock.speed : null,
          }
        : null,
  };
}

/**
 * Begins again what is remembered, and lets it play on.
 * @param {Memory} memory
 * @param {(command: Sent) => Promise<unknown>} send
 */
export async function bringBack({ script, playing, race }, send) {
  await send({ type: "load", script });
  if (playing) await send({ type: "play", speed: playing });
  if (!race) return;
  await send({ type: "race", spec: race.spec, threshold: race.threshold });
  if (race.step > 0) await send({ type: "race_seek", step: race.step });
  if (race.playing) {
    await send({ type: "race_speed", speed: race.playing });
    await send({ type: "race_play" });
  }
}

/** What became of the session, in words. @param {Memory | null} memory */
export function wordsOfLoss(memory) {
  if (!memory)
    return "The server no longer has this tab’s session, so a new one begins. What you named is still under Experiments.";
  const { step, edits, branches } = memory;
  const changes = edits === 0 ? "" : edits === 1 ? " with its one change" : ` with its ${edits} changes`;
  const gone = branches > 1 ? " Its other branches are gone." : "";
  return `The server no longer had this session: the run is followed anew to step ${formatCount(step)}${changes}, from what this page knew.${gone}`;
}
