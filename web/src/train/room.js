/** The Train room: a run that plays, its network and its output, and the clock as its transport. */

/** @import { Room } from "../types.js" */

import { runInWords } from "../run/spec.js";
import { transportView } from "./transport.js";
import { channelsFor } from "./channels.js";
import { trainView } from "./view.js";

/** @type {Room["help"]} */
const HELP = {
  keys: [
    [["Space"], "play, pause"],
    [["→", "PgDn"], "one step forward"],
    [["←", "PgUp"], "one step back"],
    [["Home"], "to the start"],
    [["End"], "to the furthest step"],
    [["Ctrl Z"], "undo; with Shift: redo"],
    [["w", "g", "u"], "edges show weights, gradients, last update"],
    [["m", "d"], "units show what they answer, δ"],
    [["e", "Del"], "edit the weight pointed at, set it to 0"],
    [["f"], "what is wrong, and what to try"],
    [["s"], "open the next update: Step"],
    [["r", "c"], "find a learning rate, check the gradient"],
    [["Esc"], "stop following a sample, close what was opened"],
    [["l"], "loss on a log or linear axis"],
  ],
  words: [
    "Point at a connection or a unit of the network to read its number; click it to change it.",
    "Click a sample of the output, or choose it with the arrows and Enter, to follow it through the network.",
    "Drop a CSV or TSV file anywhere to train on it.",
  ],
};

/**
 * @param {import("../run/actions.js").Actions} actions
 * @param {{rate: () => void, gradient: () => void}} trials  open their dialogs
 * @param {HTMLElement[]} tools
 * @returns {Room}
 */
export function trainRoom(actions, trials, tools) {
  return {
    name: "train",
    title: "Train",
    view: trainView(actions, trials),
    transport: transportView(actions),
    tools,
    channels: channelsFor,
    subject: runInWords,
    keys: {
      " ": () => actions.toggle(),
      ArrowRight: () => actions.forward(),
      PageDown: () => actions.forward(),
      ArrowLeft: () => actions.back(),
      PageUp: () => actions.back(),
      Home: () => actions.toStart(),
      End: () => actions.toEnd(),
      w: () => actions.showEdges("weights"),
      g: () => actions.showEdges("gradients"),
      u: () => actions.showEdges("updates"),
      m: () => actions.showUnits("map"),
      d: () => actions.showUnits("delta"),
      l: () => actions.toggleLinear(),
      f: () => actions.toggleFindings(),
      s: () => actions.enter("step"),
      r: trials.rate,
      c: trials.gradient,
    },
    leave: () => actions.leave(),
    help: HELP,
  };
}
