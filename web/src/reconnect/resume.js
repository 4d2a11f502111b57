/**
 * A server that was killed comes back a moment behind what the page has seen. What was done within that moment the page does again:
 * changes where they were made, and what played plays on.
 */

/** @import { Sent } from "../commands.js" */
/** @import { EditCommand } from "../protocol.js" */
/** @import { AppState } from "../types.js" */

/**
 * @param {AppState} before  when the line broke
 * @param {AppState} now  after the server has told all
 * @returns {Sent[]}  commands, one after the other
 */
export function catchUp(before, now) {
  /** @type {Sent[]} */
  const commands = [];
  const edits = lostEdits(before, now);
  if (
    before.clock &&
    now.clock &&
    before.clock.run === now.clock.run &&
    (edits.length > 0 || now.clock.step < before.clock.step)
  ) {
    for (const { step, edit } of edits) commands.push({ type: "seek", step }, { type: "edit", edit });
    if (before.clock.status !== "playing") commands.push({ type: "seek", step: before.clock.step });
    else if (edits.length > 0 || now.clock.status === "paused") commands.push({ type: "play", speed: before.clock.speed });
  }
  for (const [was, is, prefix] of /** @type {const} */ ([
    [before.raceClock, now.raceClock, "race"],
    [before.networkClock, now.networkClock, "network"],
  ])) {
    // One that was paused meanwhile would stand further on.
    if (was?.status === "playing" && is?.status === "paused" && was.race === is.race && is.step < was.step)
      commands.push({ type: `${prefix}_speed`, speed: was.speed }, { type: `${prefix}_play` });
  }
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
