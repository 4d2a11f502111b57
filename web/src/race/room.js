/** The Race room: lanes side by side on a surface or on the network, studies, and one transport for whichever is shown. */

/** @import { AppState, Channel, Host, Room } from "../types.js" */

import { register } from "../registry.js";
import { Sender } from "../wire/sender.js";
import { colourOf } from "./lanes/lanes.js";
import { patternOf } from "./lanes/looks.js";
import { NetworkRaceActions } from "./network/actions.js";
import { networkOutcome, surfaceOutcome } from "./outcome/view.js";
import { networkNames } from "./network/names.js";
import { CHANGES, MOVES, UNANSWERED, catchUp, remembered } from "./reconnect.js";
import { raceReplay } from "./replay.js";
import { openRaceLink, raceLink, raceTools } from "./share.js";
import { withStudy } from "./studies/study.js";
import { SurfaceRaceActions } from "./surface/actions.js";
import { TrailStore } from "./surface/trails.js";
import { openCurvature } from "./curvature/dialog.js";
import { openUpdate } from "./surface/update-equations.js";
import { dotWords, raceView } from "./surface/view.js";
import { networkHelp, onNetwork, switched } from "./switch.js";
import { raceTransport } from "./transport.js";

/** Where a notebook frames a race on the network, that is what opens: `#on=network`. @type {AppState["networkLook"]["on"]} */
const askedOn = new URLSearchParams(location.hash.slice(1)).get("on") === "network" ? "network" : "surface";

/** @type {Pick<AppState, "race" | "raceClock" | "trails" | "raceLook" | "raceUpdate" | "network" | "networkClock" | "networkLook" | "studies">} */
const STATE = {
  race: null,
  raceClock: null,
  trails: null,
  raceLook: {
    three: false,
    stretched: false,
    arrows: false,
    abscissa: "step",
    page: "surface",
    lane: null,
    edited: null,
    preset: null,
    brush: false,
    curvature: false,
    plane: null,
    shown: null,
  },
  raceUpdate: { open: false, lane: null, coordinate: "x", answer: null },
  network: null,
  networkClock: null,
  networkLook: { on: askedOn, page: "plane", three: false, lane: null, edited: null, study: null, preset: "" },
  studies: {},
};

/** @type {Record<AppState["networkLook"]["on"], Channel[]>} */
const CHANNELS = {
  surface: ["race_surface", "race_trails", "race_standings", "race_point", "race_outcome", "race_fan", "race_evaluations"],
  network: [
    "network_surface",
    "network_ways",
    "network_standings",
    "network_curves",
    "network_maps",
    "network_outcome",
    "study",
  ],
  studies: ["study", "network_standings"],
};

/** What takes longer is drawn for whoever looks at it. @param {boolean} wanted @param {Channel} channel @returns {Channel[]} */
const asked = (wanted, channel) => (wanted ? [channel] : []);

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
    [["e"], "a unit of x as long as one of y, or the surface stretched to its panel"],
    [["a"], "arrows at the heads: downhill, and the next step"],
    [["b"], "a brush: strokes over the surface set many starts for one lane"],
    [["n"], "one more lane"],
    [["o"], "open the chosen lane’s next update, or the leader’s (on a surface)"],
    [["v"], "curvature along the chosen lane’s path, or the leader’s (on a surface)"],
    [["l"], "loss on a log or linear axis"],
    [["Esc"], "close a lane's settings, look at the leader again"],
  ],
  words: [
    "Click the surface, drag the start, or focus it and move it with the arrows: every lane runs again from there.",
    "Point at a trail to read a step exactly; scroll or pinch to zoom, drag to move, double-click to see all.",
    "In 3-D click the ground for a start; drag to turn it, with one finger too, and scroll or pinch to come closer; or come to it by Tab and use arrows, + and −. 0 or a double click puts it back.",
    "With arrows on, the dashed one at a head points downhill, the other is its next step.",
  ],
};

/** @param {SurfaceRaceActions} actions @param {() => void} replay */
function surfaceTools(actions, replay) {
  const taken = {
    hook: "race",
    table: "Every step of every lane",
    picture() {
      const { race, trails, raceLook } = actions.state;
      const every = raceLook.three ? "" : ` · ${dotWords(trails?.step ?? 0)}`;
      return race && { file: race.spec.surface.name, title: race.title + every, come: surfaceOutcome(actions.state) };
    },
  };
  return raceTools(actions, taken, replay);
}

/** @param {NetworkRaceActions} actions @param {() => void} replay */
function networkTools(actions, replay) {
  const taken = {
    hook: "network",
    table: "Every recorded step of every lane",
    picture() {
      const { network, theme } = actions.state;
      const names = networkNames(actions.state);
      const lanes = network?.lanes.map((lane) => ({
        name: names.get(lane.id) ?? "",
        colour: colourOf(lane, theme),
        pattern: patternOf(lane),
      }));
      return network && { file: "network", title: network.title, lanes, come: networkOutcome(actions.state) };
    },
  };
  return raceTools(actions, taken, replay);
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
  const replays = { surface: raceReplay(surface), network: raceReplay(network) };
  const tools = {
    surface: surfaceTools(surface, () => replays.surface.open(host.store.state)),
    network: networkTools(network, () => replays.network.open(host.store.state)),
  };
  const openLink = () => openRaceLink(network).finally(() => network.show("network"));
  return {
    view: switched(raceView(surface), tools, network),
    transport: raceTransport(shown),
    tools: [...tools.surface, ...tools.network],
    dialogs: [replays.surface, replays.network],
    channels: ({ networkLook: { on }, raceLook: { curvature, arrows } }) =>
      on === "surface"
        ? [...CHANNELS.surface, ...asked(curvature, "race_curvature"), ...asked(arrows, "race_arrows")]
        : CHANNELS[on],
    place: async () => (await raceLink(shown())) ?? { url: null, note: "The server does not tell this race." },
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
      e: () => surface.toggleStretched(),
      a: () => surface.toggleArrows(),
      b: () => onNetwork(surface.state) || surface.toggleBrush(),
      n: () => shown().add(),
      s: () => network.show(network.next()),
      c: () => onNetwork(surface.state) && network.plane(),
      m: () => network.openShown(),
      d: () => network.redraw(),
      o: () => onNetwork(surface.state) || openUpdate(surface),
      v: () => onNetwork(surface.state) || openCurvature(surface),
      l: () => host.actions.toggleLinear(),
    },
    leave: () => shown().leave(),
    help: { keys: [...HELP.keys, ...networkHelp.keys], words: [...HELP.words, ...networkHelp.words] },
    spoken,
    ...landing(host),
    // In 3-D there is no panel to fill.
    watching: ({ raceLook: { lane, plane, shown, three } }) => ({ lane, plane: three ? plane : (shown ?? plane) }),
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
