/**
 * What a line that breaks does to the run: nothing that one would notice. A server that was killed comes back a moment behind what
 * the page has seen: what was done within that moment the page does again, and what played plays on.
 */

/** @import { Sent } from "../commands.js" */
/** @import { EditCommand } from "../protocol.js" */
/** @import { AppState } from "../types.js" */
/** @import { Rule } from "../reconnect/unanswered.js" */

import { backInPlace, differ, lostChanges } from "../reconnect/catch-up.js";
import { begins, harmless, steps } from "../reconnect/unanswered.js";

/** @type {Rule} */
const begun = begins("run", (state) => state.run?.run);
/** @type {Rule} */
const undone = ({ before, now }) => (scriptOf(before) === scriptOf(now) ? "again" : "done");

/** What becomes of the run's commands whose answer was lost. @type {Record<string, Rule>} */
export const UNANSWERED = {
  ...harmless("play", "pause", "speed", "seek", "share", "keep", "export", "compare"),
  edit: ({ command, before, now }) => (command.type === "edit" && inForce(command.edit, before, now) ? "done" : "again"),
  configure: begun,
  load: begun,
  reset: begun,
  undo: undone,
  redo: undone,
  step: steps("step", (state) => state.clock),
};

/** What the page makes again where a server that was killed does not know of it. */
export const CHANGES = ["configure", "load", "reset", "edit", "undo", "redo"];
export const MOVES = ["play", "pause", "seek", "step", "speed"];

/**
 * @param {AppState} before  when the line broke
 * @param {AppState} now  after the server has told all
 * @param {import("../reconnect/catch-up.js").Broken} broken
 * @returns {Sent[]}  commands, one after the other
 */
export function catchUp(before, now, { made, waiting }) {
  if (!before.clock || !before.run || !now.run) return [];
  const changes = differ(scriptOf, before, now) && !CHANGES.some((type) => waiting.has(type)) ? again(before, now, made) : [];
  const same = before.run.run === now.run.run;
  const moves = MOVES.some((type) => waiting.has(type))
    ? []
    : backInPlace(before.clock, same ? now.clock : null, changes.length > 0);
  const { speed, step } = before.clock;
  const commands = { speed: { type: "speed", speed }, play: { type: "play", speed }, seek: { type: "seek", step } };
  return [...changes, ...moves.map((move) => /** @type {Sent} */ (commands[move]))];
}

/**
 * Changes are made where they were made before; what cannot be told apart is followed anew.
 * @param {AppState} before
 * @param {AppState} now
 * @param {import("../reconnect/catch-up.js").Made[]} made
 * @returns {Sent[]}
 */
function again(before, now, made) {
  const edits = lostEdits(before, now);
  if (edits.length > 0)
    return edits.flatMap(({ step, edit }) => [
      { type: "seek", step },
      { type: "edit", edit },
    ]);
  const own = made.filter(({ command }) => CHANGES.includes(command.type));
  const lost = lostChanges(own, scriptOf, now);
  if (lost)
    return lost.flatMap(({ command, after }) => {
      const step = after.script?.edits.at(-1)?.step;
      return command.type === "edit" && step !== undefined ? [{ type: "seek", step }, command] : [command];
    });
  return (now.run?.run ?? 0) < (before.run?.run ?? 0) ? remembered(before) : [];
}

/**
 * Begins again what a server has forgotten, and lets it play on: the branch that was shown. Of a large network that was loaded the
 * page has no numbers.
 * @param {AppState} state
 * @returns {Sent[]}
 */
export function remembered({ run, script, clock }) {
  if (!run || !clock || script?.edits.some(({ edit }) => edit.kind === "load" && !Object.keys(edit.parameters).length))
    return [];
  const edits = script?.run === run.run ? script.edits.map(({ step, edit: { label: _, ...edit } }) => ({ ...edit, step })) : [];
  /** @type {Sent[]} */
  const commands = [{ type: "load", script: { version: 1, spec: run.spec, edits, step: clock.step } }];
  if (clock.status === "playing") commands.push({ type: "play", speed: clock.speed });
  return commands;
}

/**
 * Changes the page was told of and the server does not know, where they follow on those it knows.
 * @param {AppState} before
 * @param {AppState} now
 * @returns {{step: number, edit: EditCommand["edit"]}[]}
 */
function lostEdits({ script: was }, { script: is }) {
  if (!was || !is || was.run !== is.run || is.edits.length >= was.edits.length) return [];
  if (JSON.stringify(was.edits.slice(0, is.edits.length)) !== JSON.stringify(is.edits)) return [];
  return was.edits
    .slice(is.edits.length)
    .flatMap(({ step, edit: { label: _, step: __, ...edit } }) => (edit.kind === "load" ? [] : [{ step, edit }]));
}

/** @param {AppState} state */
const scriptOf = ({ run, script }) => JSON.stringify([run?.run, script && [script.run, script.branch, script.edits]]);

/**
 * Whether an edit is among those made since.
 * @param {EditCommand["edit"]} edit
 * @param {AppState} before
 * @param {AppState} now
 */
function inForce(edit, before, now) {
  if (scriptOf(before) === scriptOf(now)) return false;
  const [old, edits] = [before.script?.edits ?? [], now.script?.edits ?? []];
  let same = 0;
  while (same < old.length && same < edits.length && JSON.stringify(old[same]) === JSON.stringify(edits[same])) same++;
  return edits.slice(same).some((made) => holds(made.edit, edit));
}

/**
 * Whether all that is asked for is in what there is; the server adds defaults.
 * @param {unknown} made
 * @param {unknown} asked
 * @returns {boolean}
 */
function holds(made, asked) {
  if (asked === null || typeof asked !== "object") return made === asked;
  if (made === null || typeof made !== "object") return false;
  const there = new Map(Object.entries(made));
  return Object.entries(asked).every(([key, value]) => holds(there.get(key), value));
}
