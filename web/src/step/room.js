/** The Step room: the update that comes next, micro-step by micro-step, with every number of it. */

/** @import { AppState, Host, Room } from "../types.js" */

import { register } from "../registry.js";
import { runInWords } from "../run/spec.js";
import { runSpoken } from "../run/spoken.js";
import { pill } from "../shared/tools.js";
import { StepActions } from "./actions.js";
import { NO_PANELS } from "./panels/state.js";
import { exampleLink, panelKeys, tools } from "./panels/index.js";
import { UNANSWERED } from "./reconnect.js";
import { BEGINNING } from "./state.js";
import { stepTransport } from "./transport.js";
import { stepView } from "./view.js";

/** @type {Pick<AppState, "step" | "panels">} */
const STATE = { step: BEGINNING, panels: NO_PANELS };

/** @type {Room["help"]} */
const HELP = {
  keys: [
    [["→", "PgDn"], "one micro-step on; past the last, the next update"],
    [["←", "PgUp"], "one micro-step back; before the first, the update before"],
    [["↓", "↑"], "deeper: layer, unit, edge; and back"],
    [["Home", "End"], "to the first, to the last micro-step"],
    [["Space"], "play at a pace, pause"],
    [["[", "]"], "the sample before, the next of the mini-batch"],
    [["b"], "the whole mini-batch"],
    [["l"], "loop the phase"],
    [["h"], "hide the chosen number, and predict it"],
    [["Esc"], "back to where you came from"],
  ],
  words: [
    "Point at a number, and it lights up in equation, matrices and network. Click it to see how it is made.",
    "Point at a symbol, and it says what it is.",
  ],
};

/** @param {Host} host @returns {Room} */
function begin(host) {
  const { store } = host;
  const actions = new StepActions(host);
  const view = stepView(actions);
  return {
    view,
    transport: stepTransport(actions),
    tools: [pill("share", "Share link", () => host.sharing.copyLink()), ...tools(actions, host.showEmbed)],
    place: () => host.sharing.link(),
    channels: () => ["microscope", "microstep"],
    subject: runInWords,
    keys: {
      " ": () => actions.toggle(),
      ArrowRight: () => actions.next(),
      PageDown: () => actions.next(),
      ArrowLeft: () => actions.previous(),
      PageUp: () => actions.previous(),
      ArrowDown: () => actions.deeper(),
      ArrowUp: () => actions.shallower(),
      Home: () => actions.first(),
      End: () => actions.last(),
      "]": () => actions.nextSample(1),
      "[": () => actions.nextSample(-1),
      b: () => actions.sample(null),
      l: () => actions.toggleLoop(),
      ...panelKeys(actions),
    },
    leave() {
      const open = view.element.querySelector("details[open]");
      open?.removeAttribute("open");
      return open !== null;
    },
    help: HELP,
    arrive: () => actions.arrive(),
    spoken: runSpoken,
    // It comes when it is asked for, and someone waits.
    frames: { microstep: (frame) => store.hurry({ frames: { ...store.state.frames, [frame.channel]: frame } }) },
    newRun: () => actions.begin(),
    beforeWatching: () => void (store.state.room === "step" && actions.point()),
    links: [exampleLink(actions)],
    unanswered: UNANSWERED,
  };
}

register({ name: "step", title: "Step", state: STATE, begin });
