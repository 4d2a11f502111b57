/** The Step room: the update that comes next, micro-step by micro-step, with every number of it. */

/** @import { Room } from "../types.js" */

import { runInWords } from "../run/spec.js";
import { panelKeys, tools } from "./panels/index.js";
import { stepTransport } from "./transport.js";
import { stepView } from "./view.js";

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

/**
 * @param {import("./actions.js").StepActions} actions
 * @returns {Room}
 */
export function stepRoom(actions) {
  const view = stepView(actions);
  return {
    name: "step",
    title: "Step",
    view,
    transport: stepTransport(actions),
    tools: tools(actions),
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
  };
}
