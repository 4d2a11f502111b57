/** What the run has to say above the transport of the Train room, and what is spoken of it. */

/** @import { AppState } from "../types.js" */
/** @import { Line } from "../frame/notice.js" */
/** @import { TrainActions } from "./actions.js" */

import { allows, shows } from "../frame/restrict.js";
import { frameOf } from "../run/selectors.js";
import { specOf } from "../run/spec.js";
import { at } from "../toolkit/address.js";
import { formatCount, formatSetting, typeset } from "../toolkit/maths.js";
import { stillSince } from "../run/settled.js";

/**
 * @param {AppState} state
 * @param {TrainActions} actions
 * @returns {{urgent?: Line | null, now?: Line | null, idle?: Line | null}}
 */
export function runLines(state, actions) {
  const { clock } = state;
  const kind = clock?.stop?.kind;
  if (kind === "non_finite") return { urgent: stopLine(state, actions) };
  if (clock?.seek) {
    const [from, to] = clock.seek;
    const progress = to === from ? 1 : (clock.step - from) / (to - from);
    const going = `going to step ${formatCount(to)}`;
    return { urgent: { kind: "quiet", text: going, progress: Math.max(0, Math.min(1, progress)) } };
  }
  if (clock && kind === "finished") {
    const since = state.series?.run === clock.run ? stillSince(state.series, state.script?.edits.at(-1)?.step ?? 0) : null;
    const still = since === null ? "" : ` Nothing has changed since step ${formatCount(since)}.`;
    return {
      now: {
        kind: "quiet",
        text: `Finished: ${formatCount(clock.step)} updates, as far as this run goes.${still}`,
        buttons: [{ label: `continue to ${formatCount(clock.max_steps * 2)}`, press: () => actions.extend() }],
      },
    };
  }
  if (clock && (kind === "early" || kind === "small_change")) return { now: ruleLine(clock, actions) };
  // A card says itself what there is to do.
  const begins = !state.lesson && clock && clock.step === 0 && clock.end === 0 && clock.status === "paused" && !state.drawing;
  return { idle: begins ? invitation(actions) : findingLine(state, actions) };
}

/** @param {TrainActions} actions @returns {Line} */
function invitation(actions) {
  return {
    kind: "invite",
    text: "Nothing learned yet.",
    buttons: [
      { label: "watch it learn", press: () => actions.watch() },
      ...(allows("optimizer", "optimizer.lr") ? [{ label: "break it", press: () => actions.breakIt() }] : []),
      { label: "open one step", press: () => actions.enter("step") },
      { label: "guide", press: () => void open(at("guide"), "_blank", "noopener") },
    ],
  };
}

/**
 * The first of what is wrong, in words and with its number; a run in health has no line.
 * @param {AppState} state
 * @param {TrainActions} actions
 * @returns {Line | null}
 */
function findingLine(state, actions) {
  /** @type {import("../channels.js").Finding | undefined} */
  const found = frameOf(state, "findings")?.meta.findings[0];
  if (!found || state.diagnosis || state.drawing || !shows("findings")) return null;
  // What ails the run of a card is the card's to tell, or to ask.
  if (state.lesson && !state.lesson.controls.includes("findings")) return null;
  const title = `${found.title.charAt(0).toUpperCase()}${found.title.slice(1)}`;
  return {
    kind: "finding",
    text: `${title}: ${typeset(found.evidence[0].words)}.`,
    voice: `${title}.`,
    buttons: [{ label: "what to try", press: () => actions.showFindings(true) }],
  };
}

/**
 * A run that met a NaN: where, in which op, and what to do.
 * @param {AppState} state
 * @param {TrainActions} actions
 * @returns {Line | null}
 */
function stopLine(state, actions) {
  const stop = state.clock?.stop;
  if (!stop) return null;
  const rate = specOf(state)?.optimizer.lr;
  const where = stop.detail
    ? `Stopped in ${typeset(stop.detail)}.`
    : stop.op
      ? `Stopped in update ${formatCount(stop.step + 1)}, op ${stop.op}: a value is no longer finite.`
      : `Stopped: ${stop.message}.`;
  const advice =
    typeof rate === "number"
      ? `Go back one and lower the rate, ${formatSetting(rate)} now.`
      : "Go back one and lower the rate.";
  const back = { label: "go back one", press: () => actions.back() };
  // The findings have more to try than there is room for here.
  const more = { label: "what to try", press: () => actions.showFindings(true) };
  const text = stop.detail ? `${where} Go back one and lower the rate.` : `${where} ${advice}`;
  return { kind: "error", text, buttons: stop.detail && !state.diagnosis && shows("findings") ? [back, more] : [back] };
}

/**
 * A run that a rule stopped: what the rule saw, where the run stands, and how to go on.
 * @param {import("../types.js").Clock} clock
 * @param {TrainActions} actions
 * @returns {Line | null}
 */
function ruleLine(clock, actions) {
  const stop = clock.stop;
  if (!stop) return null;
  const rule = stop.kind === "early" ? "stop.patience" : "stop.min_change";
  const buttons = [{ label: "go on without this rule", press: () => void actions.change(rule, null) }];
  const best = stop.best;
  let text = `${stop.message.charAt(0).toUpperCase()}${stop.message.slice(1)}.`;
  if (best !== null && best !== clock.step) {
    buttons.unshift({ label: `go to step ${formatCount(best)}`, press: () => void actions.seek(best) });
  } else if (best !== null) {
    text += " Its parameters are back.";
  }
  return { kind: "quiet", text, buttons };
}
