/** The Race room: lanes side by side on a surface or on the network, studies, and one transport for whichever is shown. */

/** @import { AppState, Channel, Host, Room } from "../types.js" */

import { register } from "../registry.js";
import { Sender } from "../wire/sender.js";
import { colourOf, isDashed } from "./lanes/lanes.js";
import { NetworkRaceActions } from "./network/actions.js";
import { networkNames } from "./network/names.js";
import { CHANGES, MOVES, UNANSWERED, catchUp, remembered } from "./reconnect.js";
import { openRaceLink, raceTools } from "./share.js";
import { withStudy } from "./studies/study.js";
import { SurfaceRaceActions } from "./surface/actions.js";
import { TrailStore } from "./surface/trails.js";
import { openUpdate } from "./surface/update-equations.js";
import { raceView } from "./surface/view.js";
import { networkHelp, onNetwork, switched } from "./switch.js";
import { raceTransport } from "./transport.js";

/** @type {Pick<AppState, "race" | "raceClock" | "trails" | "raceLook" | "raceUpdate" | "network" | "networkClock" | "networkLook" | "studies">} */
const STATE = {
  race: null,
  raceClock: null,
  trails: null,
  raceLook: { three: false, abscissa: "step", page: "surface", lane: null, edited: null, preset: null, plane: null },
  raceUpdate: { open: false, lane: null, coordinate: "x", answer: null },
  network: null,
  networkClock: null,
  networkLook: { on: "surface", page: "plane", three: false, lane: null, edited: null, study: "seeds", preset: "" },
  studies: {},
};

/** @type {Record<AppState["networkLook"]["on"], Channel[]>} */
const CHANNELS = {
  surface: ["race_surface", "race_trails", "race_standings", "race_point"],
  network: ["network_surface", "network_ways", "network_standings", "network_curves", "network_maps", "study"],
  studies: ["study", "network_standings"],
};

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

/** @param {SurfaceRaceActions} actions */
function surfaceTools(actions) {
  return raceTools(actions, {
    hook: "race",
    long: "it has more changes",
    table: "Every step of every lane",
    picture() {
      const { race } = actions.state;
      return race && { file: race.spec.surface.name, title: race.title };
    },
  });
}

/** @param {NetworkRaceActions} actions */
function networkTools(actions) {
  return raceTools(actions, {
    hook: "network",
    long: "its own data or its changes are more",
    table: "Every recorded step of every lane",
    picture() {
      const { network, theme } = actions.state;
      const names = networkNames(actions.state);
      const lanes = network?.lanes.map((lane) => ({
        name: names.get(lane.id) ?? "",
        colour: colourOf(lane, theme),
        dashed: isDashed(lane),
      }));
      return network && { file: "network", title: network.title, lanes };
    },
  });
}

/** How what the server tells of the races lands in the store. @param {Host} host @returns {Pick<Room, "events" | "frames" | "told">} */
function landing({ store, watch }) {
  const trails = new TrailStore();
  return {
    events: {
      race: (race) => store.set({ race }),
      race_state: (raceClock) => store.set({ raceClock }),
      network: (network) =>
        // Studies of another race say nothing of this one.
        store.set({ network, ...(network.race === store.state.network?.race ? {} : { studies: {} }) }),
      network_state: (networkClock) => store.set({ networkClock }),
    },
    frames: {
      race_trails(frame) {
        const whole = frame.channel === "race_trails" ? trails.apply(frame) : null;
        if (whole) store.set({ trails: whole });
        else watch(true);
      },
      study(frame) {
        if (frame.channel === "study") store.set({ studies: withStudy(store.state.studies, frame) });
      },
    },
    told: {
      race: { race: null, raceClock: null, trails: null },
      network: { network: null, networkClock: null, studies: {} },
    },
  };
}

/** @param {AppState} state */
function subject(state) {
  if (onNetwork(state)) return state.network ? `network: ${state.network.title}` : "";
  return state.race ? `surface: ${state.race.title}` : "";
}

/** @param {AppState} state */
function spoken({ notice, raceClock: clock }) {
  if (clock?.status === "playing") return "Racing.";
  if (notice) return notice.text;
  return clock ? `The race stands at step ${clock.step}.` : "";
}

/** @param {Host} host @returns {Room} */
function begin(host) {
  const sender = new Sender(host.store, host.connection, true);
  const surface = new SurfaceRaceActions(host, sender);
  const network = new NetworkRaceActions(host, sender);
  /** What the keys move: the race that is shown. */
  const shown = () => (onNetwork(surface.state) ? network : surface);
  const tools = { surface: surfaceTools(surface), network: networkTools(network) };
  const openLink = () => openRaceLink(network).finally(() => network.show("network"));
  return {
    view: switched(raceView(surface), tools, network),
    transport: raceTransport(shown),
    tools: [...tools.surface, ...tools.network],
    channels: ({ networkLook: { on } }) => CHANNELS[on],
    subject,
    keys: {
      " ": () => shown().toggle(),
      ArrowRight: () => shown().forward(),
      PageDown: () => shown().forward(),
      ArrowLeft: () => shown().back(),
      PageUp: () => shown().back(),
      Home: () => shown().toStart(),
      End: () => shown().toEnd(),
      3: () =>
        onNetwork(surface.state)
          ? network.look({ three: !network.state.networkLook.three })
          : surface.look({ three: !surface.state.raceLook.three }),
      "+": () => shown().zoom(1 / 2),
      "-": () => shown().zoom(2),
      0: () => surface.look({ plane: null }),
      n: () => shown().add(),
      s: () => network.show(network.next()),
      c: () => onNetwork(surface.state) && network.plane(),
      m: () => network.openShown(),
      d: () => network.redraw(),
      o: () => onNetwork(surface.state) || openUpdate(surface),
      l: () => host.actions.toggleLinear(),
    },
    leave: () => shown().leave(),
    help: { keys: [...HELP.keys, ...networkHelp.keys], words: [...HELP.words, ...networkHelp.words] },
    spoken,
    ...landing(host),
    watching: ({ raceLook: { lane, plane } }) => ({ lane, plane }),
    links: [
      { here: () => surface.isLinked, open: () => openRaceLink(surface) },
      { here: () => network.isLinked, open: openLink },
    ],
    plays: ({ raceClock, networkClock }) => [raceClock, networkClock].some((clock) => clock?.status === "playing"),
    unanswered: UNANSWERED,
    changing: CHANGES,
    moving: MOVES,
    catchUp,
    remembered,
  };
}

register({ name: "race", title: "Race", state: STATE, begin });
