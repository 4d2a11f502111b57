/** The Race room: lanes side by side on one surface, and a transport that moves them all together. */

/** @import { Room } from "../types.js" */

import { openAnatomy } from "./surface/update-equations.js";
import { networkTools } from "./network/share.js";
import { networkHelp, onNetwork, switched, switchedTransport } from "./switch.js";
import { raceView } from "./surface/view.js";
import { raceTools } from "./surface/share.js";

/** @type {import("../types.js").Channel[]} */
const CHANNELS = ["race_surface", "race_trails", "race_standings", "race_point"];
/** @type {import("../types.js").Channel[]} */
const NETWORK = ["network_surface", "network_ways", "network_standings", "network_curves", "network_maps", "study"];

/** @type {import("../types.js").Channel[]} */
const STUDIES = ["study", "network_standings"];

/** @type {Room["help"]} */
const HELP = {
  keys: [
    [["Space"], "play, pause"],
    [["→", "PgDn"], "one step forward"],
    [["←", "PgUp"], "one step back"],
    [["Home"], "to the start"],
    [["End"], "to the end"],
    [["3"], "the surface or the landscape in 3-D or as contours"],
    [["+", "-", "0"], "closer to the leader, further away, all of the surface"],
    [["n"], "one more lane"],
    [["o"], "open the chosen lane’s next update, or the leader’s (on a surface)"],
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
 * @param {import("./surface/actions.js").RaceActions} actions
 * @param {import("./network/actions.js").NetworkActions} network
 * @returns {Room}
 */
export function raceRoom(actions, network) {
  /** What the keys move: the race that is shown. */
  const shown = () => (onNetwork(actions.state) ? network : actions);
  const own = raceTools(actions);
  const others = networkTools(network, actions);
  return {
    name: "race",
    title: "Race",
    view: switched(raceView(actions), { surface: own, network: others }, network),
    transport: switchedTransport(actions, network),
    tools: [...own, ...others],
    channels: ({ networkLook: { on } }) => (on === "surface" ? CHANNELS : on === "network" ? NETWORK : STUDIES),
    subject: (state) =>
      onNetwork(state)
        ? state.network
          ? `network: ${state.network.title}`
          : ""
        : state.race
          ? `surface: ${state.race.title}`
          : "",
    keys: {
      " ": () => shown().toggle(),
      ArrowRight: () => shown().forward(),
      PageDown: () => shown().forward(),
      ArrowLeft: () => shown().back(),
      PageUp: () => shown().back(),
      Home: () => shown().toStart(),
      End: () => shown().toEnd(),
      3: () =>
        onNetwork(actions.state)
          ? network.look({ three: !network.state.networkLook.three })
          : actions.look({ three: !actions.state.raceLook.three }),
      "+": () => shown().zoom(1 / 2),
      "-": () => shown().zoom(2),
      0: () => actions.look({ plane: null }),
      n: () => shown().add(),
      s: () => network.show(network.next()),
      c: () => onNetwork(actions.state) && network.plane(),
      m: () => network.openShown(),
      d: () => network.redraw(),
      o: () => onNetwork(actions.state) || openAnatomy(actions),
      l: () => actions.toggleLinear(),
    },
    leave: () => shown().leave(),
    help: { keys: [...HELP.keys, ...networkHelp.keys], words: [...HELP.words, ...networkHelp.words] },
  };
}
