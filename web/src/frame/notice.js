/** One line above the transport: what state the page is in, what just happened, and what to do about it. */

/** @import { AppState, View } from "../types.js" */
/** @import { NamedRoom } from "./current-room.js" */

import { h, memo, setText } from "../toolkit/dom.js";
import { machineIsBusy } from "./busy.js";
import { connectionLine } from "./connection-line.js";
import { alone } from "./embed/rooms.js";
import { icon } from "../toolkit/icons.js";
import { roomOf } from "./current-room.js";

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
 * @param {import("../run/actions.js").RunActions} actions
 * @param {NamedRoom[]} rooms
 * @returns {View}
 */
export function noticeView(actions, rooms) {
  const text = h("span", { class: "notice-text" });
  const buttons = h("span", { class: "notice-buttons" });
  const bar = h("progress", { max: 1, value: 0 });
  const element = h("div", { class: "notice", hidden: true, data: { testid: "notice" } }, bar, text, buttons);
  // Spoken apart from what is drawn, so that progress does not chatter.
  const voice = h("div", { class: "sr-only", role: "status", aria: { live: "polite" } });
  const wrapper = h("div", { class: "notice-place", role: "region", aria: { label: "Notices" } }, element, voice);
  // Above the transport, which is as high as its controls are: more under a finger than under a mouse.
  const above = new ResizeObserver((entries) => {
    const height = Math.max(...entries.map(({ target }) => /** @type {HTMLElement} */ (target).offsetHeight));
    if (height > 0) document.documentElement.style.setProperty("--transport", `${height}px`); // of the room that is seen
  });
  for (const { transport } of rooms) above.observe(transport.element);
  const changed = memo();
  const spoken = memo();
  return {
    element: wrapper,
    update(state) {
      const line = lineFor(state, rooms, actions);
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
      const words = spokenWords(state, rooms, line);
      if (spoken(words)) voice.textContent = words;
    },
  };
}

/**
 * The most urgent thing to say, or nothing. What a room has to say is said in the room; elsewhere only what holds for all of the page.
 * @param {AppState} state
 * @param {NamedRoom[]} rooms
 * @param {import("../run/actions.js").RunActions} actions
 * @returns {Line | null}
 */
function lineFor(state, rooms, actions) {
  const { warmup, notice } = state;
  const line = connectionLine(state, actions);
  if (line) return line;
  if (notice?.kind === "error") return { kind: "error", text: notice.text, dismiss: true };
  const own = roomOf(rooms, state).lines?.(state) ?? {};
  if (own.urgent) return own.urgent;
  if (!state.run) return { kind: "quiet", text: "The engine is starting …" };
  if (warmup && warmup.done < warmup.total) {
    return {
      kind: "quiet",
      text: `warming up: compiling the engine, ${warmup.done} of ${warmup.total}`,
      progress: warmup.done / warmup.total,
    };
  }
  if (state.unkept && !notice) return { kind: "warn", text: state.unkept };
  if (own.now) return own.now;
  if (notice) {
    return {
      kind: "quiet",
      text: notice.text,
      buttons: notice.undo ? [{ label: "undo", press: () => actions.undo() }] : [],
      dismiss: true,
    };
  }
  const plays = state.clock?.status === "playing" || rooms.some((room) => room.plays?.(state));
  if (state.slow && plays) {
    const why = machineIsBusy() ? "This machine is busy" : "The line is slow";
    return { kind: "quiet", text: `${why}: pictures come less often.` };
  }
  if (own.idle?.kind !== "invite") return own.idle ?? null;
  if (alone) return null; // whoever framed it says what there is to do
  const invited = rooms.flatMap((room) => room.invites?.() ?? []);
  return { ...own.idle, buttons: [...(own.idle.buttons ?? []), ...invited] };
}

/**
 * What a screen reader is told: changes of state, never the ticking numbers.
 * @param {AppState} state
 * @param {NamedRoom[]} rooms
 * @param {Line | null} line
 */
function spokenWords(state, rooms, line) {
  const { clock, connection } = state;
  if (line && (line.kind === "warn" || line.kind === "error")) return line.text;
  if (connection.status !== "open" || !clock) return line?.text ?? "";
  return roomOf(rooms, state).spoken?.(state, line) ?? line?.voice ?? line?.text ?? "";
}

/** A quiet line has been read after a while (ms), sooner where something waits for its place; a refusal stays until it is dismissed. */
const [READ, GLANCED] = [9000, 3000];
/** Milliseconds by which a timer may come early. */
const SLACK = 5;

/**
 * @param {import("../store.js").Store} store
 * @param {NamedRoom[]} rooms
 * @returns {() => void}  to be called after each painting
 */
export function lettingNoticesFade(store, rooms) {
  /** @type {import("../types.js").Notice | null} */
  let timed = null;
  let since = 0;
  const fade = () => {
    const { state } = store;
    const { notice } = state;
    if (notice !== timed) {
      [timed, since] = [notice, performance.now()];
      if (notice?.kind === "info") for (const after of [GLANCED, READ]) setTimeout(fade, after);
    }
    if (notice?.kind !== "info") return;
    const shown = performance.now() - since;
    const waits = roomOf(rooms, state).lines?.(state).idle?.kind === "finding";
    if (shown > READ - SLACK || (shown > GLANCED - SLACK && waits)) store.set({ notice: null });
  };
  return fade;
}
