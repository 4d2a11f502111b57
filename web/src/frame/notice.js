/** One line above the transport: what state the page is in, what just happened, and what to do about it. */

/** @import { AppState, View } from "../types.js" */

import { h, memo, setText } from "../toolkit/dom.js";
import { formatCount, formatSetting, typeset } from "../toolkit/maths.js";
import { allows } from "./restrict.js";
import { specOf } from "../run/spec.js";
import { frameOf } from "../run/selectors.js";
import { connectionLine } from "./connection-line.js";
import { icon } from "../toolkit/icons.js";

/**
 * @typedef {object} Line
 * @property {string} kind  "quiet", "invite", "warn" or "error": how it is drawn, and its name for tests
 * @property {string} text
 * @property {{label: string, press: () => void}[]} [buttons]
 * @property {number} [progress]  0 to 1
 * @property {boolean} [dismiss]
 * @property {string} [voice]  what is said of it, where that is less than what is shown
 */

/**
 * @param {import("../run/actions.js").Actions} actions
 * @returns {View}
 */
export function noticeView(actions) {
  const text = h("span", { class: "notice-text" });
  const buttons = h("span", { class: "notice-buttons" });
  const bar = h("progress", { max: 1, value: 0 });
  const element = h("div", { class: "notice", hidden: true, data: { testid: "notice" } }, bar, text, buttons);
  // Spoken apart from what is drawn, so that progress does not chatter.
  const voice = h("div", { class: "sr-only", role: "status", aria: { live: "polite" } });
  const wrapper = h("div", { class: "notice-place", role: "region", aria: { label: "Notices" } }, element, voice);
  const changed = memo();
  const spoken = memo();
  return {
    element: wrapper,
    update(state) {
      const line = lineFor(state, actions);
      element.hidden = !line;
      if (line) {
        bar.hidden = line.progress === undefined;
        if (line.progress !== undefined) bar.value = line.progress;
        const labels = (line.buttons ?? []).map((button) => button.label).join("|");
        setText(text, line.text);
        // A finding's numbers change while it is read; its button stays under the pointer.
        if (changed(line.voice ?? line.text, labels, line.kind)) {
          element.dataset.kind = line.kind;
          buttons.replaceChildren(
            ...(line.buttons ?? []).map(({ label, press }) =>
              h("button", { type: "button", class: "text-button", onclick: press }, label),
            ),
          );
          if (line.dismiss) {
            buttons.append(
              h(
                "button",
                { type: "button", class: "round small", aria: { label: "Dismiss" }, onclick: () => actions.dismiss() },
                icon("close"),
              ),
            );
          }
        }
      } else if (changed(null)) {
        text.textContent = "";
        buttons.replaceChildren();
      }
      const words = spokenWords(state, line);
      if (spoken(words)) voice.textContent = words;
    },
  };
}

/**
 * The most urgent thing to say, or nothing.
 * @param {AppState} state
 * @param {import("../run/actions.js").Actions} actions
 * @returns {Line | null}
 */
function lineFor(state, actions) {
  const { clock, warmup, notice } = state;
  const line = connectionLine(state, actions);
  if (line) return line;
  if (notice?.kind === "error") return { kind: "error", text: notice.text, dismiss: true };
  // What the run has to say is said where the run is; elsewhere only what holds for all of the page.
  const training = state.room === "train";
  if (training && clock?.stop?.kind === "non_finite") return stopLine(state, actions);
  if (training && clock?.seek) {
    const [from, to] = clock.seek;
    const progress = to === from ? 1 : (clock.step - from) / (to - from);
    return { kind: "quiet", text: `going to step ${formatCount(to)}`, progress: Math.max(0, Math.min(1, progress)) };
  }
  if (!state.run) return { kind: "quiet", text: "The engine is starting …" };
  if (warmup && warmup.done < warmup.total) {
    return {
      kind: "quiet",
      text: `warming up: compiling the engine, ${warmup.done} of ${warmup.total}`,
      progress: warmup.done / warmup.total,
    };
  }
  if (training && clock?.stop?.kind === "finished") {
    return {
      kind: "quiet",
      text: `Finished: ${formatCount(clock.step)} updates, as far as this run goes.`,
      buttons: [{ label: `continue to ${formatCount(clock.max_steps * 2)}`, press: () => actions.extend() }],
    };
  }
  if (training && (clock?.stop?.kind === "early" || clock?.stop?.kind === "small_change")) return ruleLine(clock, actions);
  if (notice) {
    return {
      kind: "quiet",
      text: notice.text,
      buttons: notice.undo ? [{ label: "undo", press: () => actions.undo() }] : [],
      dismiss: true,
    };
  }
  if (state.slow && plays(state)) return { kind: "quiet", text: "Slow connection: pictures come less often." };
  if (!training) return null;
  if (clock && clock.step === 0 && clock.end === 0 && clock.status === "paused" && !state.drawing) {
    return {
      kind: "invite",
      text: "Nothing is learned yet.",
      buttons: [
        { label: "watch it learn", press: () => actions.toggle() },
        ...(allows("optimizer", "optimizer.lr") ? [{ label: "break it", press: () => actions.breakIt() }] : []),
        { label: "open one step", press: () => actions.enter("step") },
      ],
    };
  }
  return findingLine(state, actions);
}

/**
 * The first of what is wrong, in words and with its number; a run in health has no line.
 * @param {AppState} state
 * @param {import("../run/actions.js").Actions} actions
 * @returns {Line | null}
 */
function findingLine(state, actions) {
  /** @type {import("../channels.js").Finding | undefined} */
  const found = frameOf(state, "findings")?.meta.findings[0];
  if (!found || state.diagnosis || state.drawing) return null;
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
 * @param {import("../run/actions.js").Actions} actions
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
  return { kind: "error", text, buttons: stop.detail && !state.diagnosis ? [back, more] : [back] };
}

/**
 * A run that a rule stopped: what the rule saw, where the run stands, and how to go on.
 * @param {import("../types.js").Clock} clock
 * @param {import("../run/actions.js").Actions} actions
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

/** @param {AppState} state */
const plays = ({ clock, raceClock, networkClock }) =>
  [clock, raceClock, networkClock].some((each) => each?.status === "playing");

/**
 * What a screen reader is told: changes of state, never the ticking numbers.
 * @param {AppState} state
 * @param {Line | null} line
 */
function spokenWords(state, line) {
  const { clock, connection } = state;
  if (line && (line.kind === "warn" || line.kind === "error")) return line.text;
  if (connection.status !== "open" || !clock) return line?.text ?? "";
  if (state.room === "race") return spokenRace(state);
  if (line?.voice) return line.voice;
  if (clock.status === "playing") return "Training.";
  if (clock.stop && clock.stop.kind !== "non_finite") return line?.text ?? "";
  if (state.notice) return state.notice.text;
  return clock.status === "paused" ? `Paused at step ${clock.step}.` : "";
}

/** @param {AppState} state */
function spokenRace({ notice, raceClock: clock }) {
  if (clock?.status === "playing") return "Racing.";
  if (notice) return notice.text;
  return clock ? `The race stands at step ${clock.step}.` : "";
}
