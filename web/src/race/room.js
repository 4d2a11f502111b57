/** The Race room: lanes side by side on one surface, and a transport that moves them all together. */

/** @import { Room } from "../types.js" */

import { raceView } from "./race.js";
import { raceTools } from "./share.js";
import { raceTransport } from "./transport.js";

/** @type {import("../types.js").Channel[]} */
const CHANNELS = ["race_surface", "race_trails", "race_standings", "race_point"];

/** @type {Room["help"]} */
const HELP = {
  keys: [
    [["Space"], "play, pause"],
    [["→", "PgDn"], "one step forward"],
    [["←", "PgUp"], "one step back"],
    [["Home"], "to the start"],
    [["End"], "to the end"],
    [["3"], "the surface in 3-D or as contours"],
    [["+", "-", "0"], "closer to the leader, further away, all of the surface"],
    [["n"], "one more lane"],
    [["l"], "loss on a log or linear axis"],
    [["Esc"], "close a lane's settings, look at the leader again"],
  ],
  words: [
    "Drag the start, or focus it and move it with the arrows: every lane runs again from there.",
    "Point at a trail to read a step exactly; scroll to zoom, double-click to see all.",
    "The dashed arrow at a head points downhill, the other is its next step.",
  ],
};

/**
 * @param {import("./actions.js").RaceActions} actions
 * @returns {Room}
 */
export function raceRoom(actions) {
  return {
    name: "race",
    title: "Race",
    view: raceView(actions),
    transport: raceTransport(actions),
    tools: raceTools(actions),
    channels: () => CHANNELS,
    subject: ({ race }) => (race ? `surface: ${race.title}` : ""),
    keys: {
      " ": () => actions.toggle(),
      ArrowRight: () => actions.forward(),
      PageDown: () => actions.forward(),
      ArrowLeft: () => actions.back(),
      PageUp: () => actions.back(),
      Home: () => actions.toStart(),
      End: () => actions.toEnd(),
      3: () => actions.look({ three: !actions.state.raceLook.three }),
      "+": () => actions.zoom(1 / 2),
      "-": () => actions.zoom(2),
      0: () => actions.look({ plane: null }),
      n: () => actions.add(),
      l: () => actions.toggleLinear(),
    },
    leave: () => actions.leave(),
    help: HELP,
  };
}
