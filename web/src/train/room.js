/** The Train room: a run that plays, its network and its output, and the clock as its transport. */

/** @import { Host, Room } from "../types.js" */
/** @import { TrainState } from "./types.js" */

import { shows } from "../frame/restrict.js";
import { harmless } from "../reconnect/unanswered.js";
import { register } from "../registry.js";
import { sameSamples } from "../run/followed.js";
import { replayDialog } from "../shared/replay/dialog.js";
import { runInWords } from "../run/spec.js";
import { runSpoken } from "../run/spoken.js";
import { TrainActions } from "./actions.js";
import { channelsFor } from "./channels.js";
import { dropPlace } from "./data/drop.js";
import { ownDataDialog } from "./data/own-data.js";
import { experimentsDialog } from "./experiments.js";
import { runLines } from "./lines.js";
import { Settled } from "../run/settled.js";
import { classLinkDialog } from "./links/class-link.js";
import { shareButtons } from "./links/share.js";
import { transportView } from "./transport.js";
import { gradientDialog } from "./trials/gradient-check.js";
import { finderDialog } from "./trials/rate-finder.js";
import { Trials } from "./trials/trials.js";
import { trainView } from "./view.js";

const NAME = "train";

/** @type {TrainState} */
const STATE = {
  table: null,
  drawing: false,
  drawer: false,
  digit: false,
  page: "network",
  curve: "loss",
  edges: "weights",
  units: "map",
  looks: { edges: 0, units: 0 },
  spread: null,
  opened: null,
  diagnosis: false,
  pointed: null,
  trial: null,
  rateTest: null,
  gradientCheck: null,
};

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
    [["h", "x"], "hold or release the connections pointed at, remove them"],
    [["f"], "what is wrong, and what to try"],
    [["s"], "open the next update: Step"],
    [["b"], "keep this run to compare, two runs side by side"],
    [["r", "c"], "find a learning rate, check the gradient"],
    [["Esc"], "stop following a sample, close what was opened"],
    [["l"], "loss on a log or linear axis"],
  ],
  words: [
    "Point at a connection or a unit of the network to read its number; click it to change it.",
    "Click a sample of the output, or choose it with the arrows and Enter, to follow it through the network.",
    "On handwritten digits: draw one of your own (Output) and see what the network reads while you draw.",
    "Drop a table (CSV, TSV, Excel) anywhere to train on it.",
  ],
};

/** @param {Host} host @returns {Room} */
function begin(host) {
  const { store, sharing, comparison } = host;
  const actions = new TrainActions(host, NAME);
  const made = new Trials(host);
  const [finder, gradient] = [finderDialog(actions, made), gradientDialog(actions, made)];
  const replay = replayDialog(
    {
      hook: "replay",
      unit: "update",
      note:
        "One HTML file with the network, its output, the losses and every number, frame by frame, to scrub and to print. " +
        "It needs no server: open it from a folder, or put it into a course page. The run itself waits, unchanged.",
    },
    ({ clock }) => ({ last: clock?.step ?? 0, none: "Nothing has been trained up to here yet: play some updates first." }),
    async (stretch) => made.record(stretch, (await sharing.link().catch(() => null))?.url ?? null),
    () => made.stopRecording(),
  );
  const trials = { rate: finder.open, gradient: gradient.open };
  const settled = new Settled(actions);
  const experiments = experimentsDialog(sharing, () => store.state);
  const classLink = classLinkDialog(sharing, () => store.state);
  const compare = () => {
    store.set({ page: "network" }); // where the two are shown
    comparison.toggle();
  };
  // What a link hides is not opened by its key, either.
  const opening = (/** @type {string} */ part, /** @type {() => void} */ open) => () => shows(part) && open();
  return {
    view: trainView(actions, trials, { comparison, compare }),
    transport: transportView(actions),
    tools: shareButtons(sharing, {
      classLink: classLink.open,
      experiments: experiments.open,
      embed: host.showEmbed,
      replay: () => replay.open(store.state),
    }),
    place: () => sharing.link(),
    dialogs: [ownDataDialog(actions), experiments, classLink, finder, gradient, replay, { element: dropPlace(actions) }],
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
      f: opening("findings", () => actions.toggleFindings()),
      s: () => actions.enter("step"),
      r: opening("checks", trials.rate),
      c: opening("checks", trials.gradient),
      b: opening("compare", compare),
    },
    leave: () => actions.leave(),
    help: HELP,
    lines: (state) => runLines(state, actions),
    spoken: runSpoken,
    events: { trial: (trial) => store.set({ trial }), state: (clock) => settled.look(clock) },
    newRun(before) {
      const { followed, run } = store.state;
      if (followed && run && !sameSamples(before, run)) actions.follow(null);
      store.set({ pointed: null });
    },
    unanswered: harmless("find_rate", "check_gradient", "cancel", "predict", "sketch", "replay"),
  };
}

register({ name: NAME, title: "Train", state: STATE, begin });
