/** Puts the page together: the store in the middle, the socket on one side, the views on the other. */

/** @import { Event as WireEvent } from "./protocol.js" */
/** @import { Attached, Catalog, Channel, Connection, Figures, Frame, RunInfo } from "./types.js" */

import { Actions } from "./run/actions.js";
import { Checks } from "./train/trials/trials.js";
import { NO_LINE, SocketConnection } from "./connection.js";
import { h, memo } from "./toolkit/dom.js";
import { sameSamples } from "./run/followed.js";
import { futuresOf } from "./run/futures.js";
import { listenToKeys } from "./frame/keys.js";
import { bringBack, memoryOf, wordsOfLoss } from "./reconnect/memory.js";
import { catchUp } from "./reconnect/resume.js";
import { linkHere } from "./link.js";
import { loadPlotly } from "./toolkit/plot.js";
import { initialLinear } from "./frame/preferences.js";
import { applyProjector, initialProjector } from "./frame/projector.js";
import { restrictions } from "./frame/restrict.js";
import { firstRoom, partOfRooms, roomOf } from "./rooms.js";
import { SeriesStore } from "./run/series.js";
import { Sharing, stillCompared } from "./run/sharing.js";
import { wholeSpec } from "./run/spec.js";
import { Store } from "./store.js";
import { applyTheme, initialTheme } from "./frame/theme.js";
import { barView } from "./frame/bar.js";
import { dropPlace } from "./train/data/drop.js";
import { experimentsDialog } from "./train/experiments.js";
import { RaceActions } from "./race/surface/actions.js";
import { NetworkActions } from "./race/network/actions.js";
import { withLooks } from "./race/network/frames.js";
import { networkLinkHere, openNetworkLink } from "./race/network/share.js";
import { withStudy } from "./race/studies/study.js";
import { raceRoom } from "./race/room.js";
import { raceLinkHere } from "./race/surface/link.js";
import { openRaceLink } from "./race/surface/share.js";
import { TrailStore } from "./race/surface/trails.js";
import { gradientDialog } from "./train/trials/gradient-check.js";
import { helpDialog } from "./frame/help.js";
import { linkDialog } from "./frame/link-dialog.js";
import { noticeView } from "./frame/notice.js";
import { ownDataDialog } from "./train/data/own-data.js";
import { finderDialog } from "./train/trials/rate-finder.js";
import { shareButtons } from "./train/share.js";
import { StepActions } from "./step/actions.js";
import { stepRoom } from "./step/room.js";
import { trainRoom } from "./train/room.js";

const store = new Store();
const series = new SeriesStore();
const trails = new TrailStore();
const BEHIND = "This page did not keep up with what it was sent, and was let go; it is back where it was.";
/** Frames that came since the last painting; they are acknowledged after it. @type {Map<Channel, Frame>} */
const unpainted = new Map();

const connection = new SocketConnection({
  event: onEvent,
  frame: onFrame,
  attached: onAttached,
  status(connection) {
    store.set({ connection });
    if (connection.status === "open" && store.state.notice?.text === NO_LINE) store.set({ notice: null });
  },
  now: () => store.state,
});
const actions = new Actions(store, connection);
const sharing = new Sharing(store, connection);
const checks = new Checks(store, connection);
const stepping = new StepActions(store, connection, actions);
const racing = new RaceActions(store, connection);
const networking = new NetworkActions(store, connection, racing, actions);
const followFutures = futuresOf(store, connection);

/** What a session tells of itself on coming to it, until it has told its run. @type {Set<string> | null} */
let arriving = null;

/**
 * @param {Attached} event
 * @param {{forgotten: boolean, broken: boolean, reason: Connection["reason"]}} how
 */
async function onAttached(event, { forgotten, broken, reason }) {
  const before = store.state;
  const memory = forgotten ? memoryOf(store.state) : null;
  store.set({ attachments: store.state.attachments + 1, slow: false });
  if (event.resumed) arriving = new Set();
  // Of another session nothing that was drawn holds; one that was found again tells what it has.
  else
    store.set({
      race: null,
      raceClock: null,
      trails: null,
      network: null,
      networkClock: null,
      studies: {},
      frames: {},
      series: null,
    });
  if (forgotten) {
    store.set({ notice: { kind: "info", text: wordsOfLoss(memory) } });
    if (memory)
      bringBack(memory, (command) => connection.send(command)).catch((error) =>
        complain(error, "The run could not be brought back"),
      );
  } else if (reason === "behind") store.set({ notice: { kind: "info", text: BEHIND } });
  await subscribe();
  if (!event.resumed || !broken) return;
  const { attachments } = store.state;
  for (const command of catchUp(before, store.state)) {
    await connection.send(command).catch(() => {});
    if (store.state.attachments !== attachments) return;
  }
}

function subscribe() {
  // A new socket has its own frame counters; what was painted from the old one stays on the screen.
  unpainted.clear();
  if (store.state.room === "step") stepping.point();
  const watched = watch();
  sharing.openLink();
  openRaceLink(racing);
  openNetworkLink(networking, racing);
  return watched;
}

function watch() {
  const { followed, raceLook } = store.state;
  const channels = roomOf(rooms, store.state).channels(store.state);
  return connection
    .send({ type: "subscribe", channels, grid: 50, ahead: 1, sample: followed, lane: raceLook.lane, plane: raceLook.plane })
    .catch(() => {});
}

/** @param {RunInfo} run */
function onRun(run) {
  const told = arriving;
  arriving = null;
  if (told) {
    if (!told.has("race")) store.set({ race: null, raceClock: null, trails: null });
    if (!told.has("network")) store.set({ network: null, networkClock: null, studies: {} });
    // The run that the page shows goes on: how one looks at it stays.
    if (JSON.stringify(run) === JSON.stringify(store.state.run)) return;
  }
  if (store.state.followed && !sameSamples(store.state.run, run)) actions.follow(null);
  store.set({ run, errors: {}, pointed: null, clock: null, script: null, futures: [], compared: stillCompared(store.state) });
  stepping.begin();
}

/** @param {WireEvent} event */
function onEvent(event) {
  arriving?.add(event.type);
  switch (event.type) {
    case "run":
      onRun(event);
      break;
    case "state":
      store.set({ clock: event });
      break;
    case "script":
      onScript({ ...event, spec: wholeSpec(event, store.state.run) });
      break;
    case "loaded":
      sharing.loaded(event);
      break;
    case "warmup":
      store.set({ warmup: event });
      break;
    case "pace":
      store.set({ slow: event.slow });
      break;
    case "trial":
      store.set({ trial: event });
      break;
    case "race":
      store.set({ race: event });
      break;
    case "race_state":
      store.set({ raceClock: event });
      break;
    case "network":
      // Studies of another race say nothing of this one.
      store.set({ network: withLooks(event), ...(event.race === store.state.network?.race ? {} : { studies: {} }) });
      break;
    case "network_state":
      store.set({ networkClock: event });
      break;
    case "error":
      store.set({ notice: { kind: "error", text: event.message } });
      break;
  }
}

/**
 * An edit made in the middle of a run forks it; one quiet line says so and offers to take it back.
 * @param {import("./types.js").Script} script
 */
function onScript(script) {
  const before = store.state.script;
  store.set({ script });
  followFutures(script);
  const added = before && before.run === script.run && script.edits.length > before.edits.length ? script.edits.at(-1) : null;
  if (added && added.step > 0 && store.state.clock?.step === added.step) {
    store.set({ notice: { kind: "info", text: `From step ${added.step} on: ${added.label}.`, undo: true } });
  }
}

/** @param {Frame} frame */
function onFrame(frame) {
  unpainted.set(frame.channel, frame);
  if (frame.channel === "series") {
    const whole = series.apply(frame);
    if (whole) store.set({ series: whole });
    else subscribe();
  } else if (frame.channel === "race_trails") {
    const whole = trails.apply(frame);
    if (whole) store.set({ trails: whole });
    else {
      // Not watched for a moment: the trails then come from their start.
      connection.send({ type: "subscribe", channels: [] }).catch(() => {});
      watch();
    }
  } else if (frame.channel === "study") {
    store.set({ studies: withStudy(store.state.studies, frame) });
  } else {
    const frames = { ...store.state.frames, [frame.channel]: frame };
    // It comes when it is asked for, and someone waits.
    if (frame.channel === "microstep") store.hurry({ frames });
    else store.set({ frames });
  }
}

/** A quiet line has been read after a while; a refusal stays until it is dismissed. */
const READ = 9000;
/** @type {import("./types.js").Notice | null} */
let timed = null;
function letNoticesFade() {
  const { notice } = store.state;
  if (notice === timed) return;
  timed = notice;
  if (notice?.kind === "info") setTimeout(() => store.state.notice === notice && store.set({ notice: null }), READ);
}

const experiments = experimentsDialog(sharing, () => store.state);
const finder = finderDialog(actions, checks);
const gradient = gradientDialog(actions, checks);
const trials = { rate: finder.open, gradient: gradient.open };
/** @type {import("./types.js").Room[]} */
const rooms = [
  trainRoom(actions, trials, shareButtons(sharing, experiments.open)),
  stepRoom(stepping),
  raceRoom(racing, networking),
];
const help = helpDialog(rooms, () => store.state);
const views = [
  barView(actions, help.open, rooms),
  partOfRooms(rooms, "view"),
  noticeView(actions),
  partOfRooms(rooms, "transport"),
];
const theme = initialTheme();
applyTheme(theme);
const projector = initialProjector();
applyProjector(projector);
const restrict = restrictions();
const ownData = ownDataDialog(actions);
const watched = memo();
store.onPaint((state) => {
  const wanted = roomOf(rooms, state).channels(state);
  if (watched(wanted.join(), state.followed, state.raceLook.lane, state.raceLook.plane)) {
    watch();
    // A picture that is watched no more is old when it is shown again.
    const kept = Object.entries(state.frames).filter(([name]) => wanted.includes(/** @type {Channel} */ (name)));
    if (kept.length < Object.keys(state.frames).length) store.set({ frames: Object.fromEntries(kept) });
  }
  for (const view of [...views, ownData, finder, gradient]) view.update(state);
  restrict();
  letNoticesFade();
  for (const frame of unpainted.values()) connection.acknowledge(frame);
  unpainted.clear();
});
document.body.replaceChildren(
  h("div", { class: "frame" }, ...views.map((view) => view.element)),
  help.element,
  ownData.element,
  experiments.element,
  finder.element,
  gradient.element,
  linkDialog(sharing),
  dropPlace(actions),
);
racing.onLink = (link) => sharing.onLink(link);
listenToKeys(actions, help.open, () => roomOf(rooms, store.state));
store.set({ theme, projector, linear: initialLinear(), room: firstRoom(rooms) });
// A link is opened in a session of its own: what stands in this tab's is nobody else's.
if (linkHere() !== null || raceLinkHere() !== null || networkLinkHere() !== null) connection.leave();
connection.open();

/** A document of the server's. @param {string} path @returns {Promise<unknown>} */
async function load(path) {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}`);
  return answer.json();
}

load("/api/catalog").then(
  (catalog) => store.set({ catalog: /** @type {Catalog} */ (catalog) }),
  (error) => complain(error),
);
load("/api/figures")
  .then(async (found) => {
    const figures = /** @type {Figures} */ (found);
    await loadPlotly(figures.plotly);
    store.set({ figures });
  })
  .catch((error) => complain(error));

/** @param {unknown} error @param {string} [what] */
function complain(error, what = "The page is not complete") {
  store.set({ notice: { kind: "error", text: `${what}: ${error instanceof Error ? error.message : error}` } });
}
