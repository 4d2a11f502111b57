/** What a line that breaks does to the run: nothing that one would notice. */

/** @import { Sent } from "../commands.js" */
/** @import { EditCommand } from "../protocol.js" */
/** @import { AppState } from "../types.js" */
/** @import { Rule } from "../reconnect/unanswered.js" */

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

/**
 * A server that was killed comes back a moment behind what the page has seen. What was done within that moment the page does again:
 * changes where they were made, and what played plays on.
 * @param {AppState} before  when the line broke
 * @param {AppState} now  after the server has told all
 * @returns {Sent[]}  commands, one after the other
 */
export function catchUp(before, now) {
  /** @type {Sent[]} */
  const commands = [];
  const edits = lostEdits(before, now);
  const same = before.clock && now.clock && before.clock.run === now.clock.run;
  if (!before.clock || !now.clock || !same || (edits.length === 0 && now.clock.step >= before.clock.step)) return commands;
  for (const { step, edit } of edits) commands.push({ type: "seek", step }, { type: "edit", edit });
  if (before.clock.status !== "playing") commands.push({ type: "seek", step: before.clock.step });
  else if (edits.length > 0 || now.clock.status === "paused") commands.push({ type: "play", speed: before.clock.speed });
  return commands;
}

/**
 * Begins again what a server has forgotten, and lets it play on: the branch that was shown.
 * @param {AppState} state
 * @returns {Sent[]}
 */
export function remembered({ run, script, clock }) {
  if (!run || !clock) return [];
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
  return was.edits.slice(is.edits.length).map(({ step, edit: { label: _, step: __, ...edit } }) => ({ step, edit }));
}

/** @param {AppState} state */
const scriptOf = ({ script }) => JSON.stringify(script && [script.run, script.branch, script.edits]);

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
