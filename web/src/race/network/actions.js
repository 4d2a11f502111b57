/** Everything a person can do with a race on the network, and with studies. */

/** @import { Sent } from "../../commands.js" */
/** @import { Lane } from "../types.js" */
/** @import { NetworkLook, PlaneWish, RaceOn, StudyKind } from "./types.js" */

import { opening } from "../../shared/opening.js";
import { roundUp } from "../../toolkit/canvas-plot.js";
import { RaceActions } from "../actions.js";

/** Steps that the time line has room for, at least. */
const SHORTEST = 1000;
/** Parameters of a network whose lanes are tuned by themselves where a race begins: that takes seconds. */
const QUICK = 500;

export class NetworkRaceActions extends RaceActions {
  /** What was asked for last, so that centring again asks for it again. @type {PlaneWish} */
  wish = { kind: "random", lane: null, weights: [0, 1], seed: 0, others: "zero", corners: [0, 0, 0], zoom: 1 };

  /** @param {import("../../types.js").Host} host @param {import("../../wire/sender.js").Sender} sender */
  constructor(host, sender) {
    super(host, sender, "network", "n");
  }

  /**
   * Its end is the furthest step: to run a network to the end of a million would be another wish. The time line is as long as what
   * the lanes have been through, in round numbers.
   */
  get now() {
    const { network: race, networkClock: clock } = this.state;
    const end = clock?.end ?? 0;
    return race && { race, clock, end, length: Math.min(clock?.max_steps ?? 0, roundUp(Math.max(SHORTEST, end))) };
  }

  get lanesLook() {
    return this.state.networkLook;
  }

  // The race ----------------------------------------------------------------------------------------------------------

  /** One on the present run, where there is none yet. */
  async open() {
    if (await this.#open()) await this.#tuneAtFirst();
  }

  #open = opening(
    () => this.state,
    ({ network, warmup }) => network === null && !this.isLinked && warmup !== null && warmup.done >= warmup.total,
    (command) => this.tell(command),
    { type: "network" },
  );

  /** Another on the present run, in place of the one that there is. */
  async begin() {
    const done = await this.tell({ type: "network" });
    if (done) this.#fresh("");
    if (done) await this.#tuneAtFirst();
    return done;
  }

  /** A fair race is one where each lane has the rate that suits it; one that somebody has touched is left as it is. */
  async #tuneAtFirst() {
    const { network, networkClock } = this.state;
    const untouched = network?.rates === "" && networkClock?.end === 0 && network.lanes.length > 0;
    if (untouched && network.parameter_count <= QUICK) await this.rates("tuned");
  }

  /** @param {import("../../protocol.js").NetworkRates["how"]} how @param {number} [lr] */
  rates(how, lr) {
    return this.tell({ type: "network_rates", how, ...(lr === undefined ? {} : { lr }) }, "network.rates");
  }

  /** @param {import("../../catalog.js").NetworkPreset | import("../../catalog.js").SeedsPreset} preset */
  async preset(preset) {
    const { run, lanes } = preset.script;
    if (!(await this.load(JSON.stringify({ spec: { run, lanes }, step: 0, threshold: preset.threshold })))) return;
    this.#fresh(preset.name);
    if (preset.kind === "seeds") {
      const { seeds, steps } = preset.script;
      this.look({ on: "studies", study: "seeds" });
      this.study({ type: "study_seeds", seeds, steps, threshold: preset.threshold }, "study.seeds");
    } else this.play();
  }

  /** @param {string} script */
  async load(script) {
    const done = await super.load(script);
    if (done) this.#fresh("");
    return done;
  }

  /** @param {string} preset */
  #fresh(preset) {
    this.look({ lane: null, edited: null, preset });
    this.wish = { ...this.wish, kind: "random", lane: null, zoom: 1 };
  }

  /** @param {Lane} lane @param {string} part @param {unknown} value @param {string} path */
  replace({ id }, part, value, path) {
    const lane = this.state.network?.lanes.find((each) => each.id === id);
    if (!lane) return Promise.resolve(false);
    const { label, optimizer, schedule, batch_size, seed, initializer } = lane;
    const spec = { label, optimizer, schedule, batch_size, seed, initializer, [part]: value };
    return this.tell({ type: "network_lane_replace", lane: id, spec }, path);
  }

  // Looking -----------------------------------------------------------------------------------------------------------

  /** @param {Partial<NetworkLook>} look */
  look(look) {
    this.set({ networkLook: { ...this.state.networkLook, ...look } });
  }

  /** The studies' own door, seen from a study, leads to all of them. @param {RaceOn} on */
  show(on) {
    const { networkLook } = this.state;
    if (on === "studies" && networkLook.on === "studies") this.studies(null);
    else this.look({ on });
  }

  /** Another plane, or the same through where the lanes are now. @param {Partial<PlaneWish>} [change] */
  async plane(change = {}) {
    const before = this.wish;
    const made = { ...before, ...change };
    const [first, second] = this.state.network?.lanes ?? [];
    if (change.kind === "points" && !made.corners.some(Boolean) && second) made.corners = [0, first.id, second.id];
    this.wish = made;
    const { lane, ...wish } = made;
    const done = await this.sender.submit({ type: "network_plane", ...wish, ...(lane === null ? {} : { lane }) }, "plane.kind");
    // Of three points two may be the same on the way to three others; else what is refused is not what is shown.
    if (!done && made.kind !== "points" && this.wish === made) this.wish = before;
    return done;
  }

  /** Closer or wider about where the lanes are now. @param {number} factor */
  zoom(factor) {
    return this.plane({ zoom: Math.max(0.01, Math.min(100, this.wish.zoom * factor)) });
  }

  /** @param {Sent} command @param {string} path  the form that asked */
  study(command, path) {
    return this.sender.submit(command, path);
  }

  cancel() {
    return this.tell({ type: "study_cancel" });
  }

  /** A study that was opened, and begins by itself as soon as it can. @type {StudyKind | null} */
  unbegun = null;

  /** @param {StudyKind | null} study  null: the gallery of all */
  studies(study) {
    this.unbegun = study;
    this.look({ on: "studies", study });
  }

  /** A lane's run in the session's own trainer, where it is taken apart step by step. Escape comes back. @param {number} lane */
  async microscope(lane) {
    const found = await this.sender.answered(this.ask({ type: "network_open", lane }));
    if (!found || !(await this.tell({ type: "load", script: found.script }))) return;
    const step = document.querySelector('[data-door="step"]') !== null;
    this.host.actions.enter(step ? "step" : "train");
  }

  /** The next of what the room shows: surface, network, studies. @returns {RaceOn} */
  next() {
    const order = /** @type {const} */ (["surface", "network", "studies"]);
    return order[(order.indexOf(this.state.networkLook.on) + 1) % order.length];
  }

  /** The lane that is told of, or the leader, in the microscope. */
  openShown() {
    const { networkLook, network, frames } = this.state;
    const lane = networkLook.lane ?? frames.network_standings?.meta.lanes[0]?.id ?? network?.lanes[0]?.id;
    if (networkLook.on === "network" && lane !== undefined) this.microscope(lane);
  }

  /** Another mini-batch for the compass; set by its page. @type {() => void} */
  redraw = () => {};

  /** Escape: what was opened last is closed; false where nothing was open. */
  leave() {
    if (this.state.networkLook.on === "network" && this.state.networkClock?.tuning) {
      this.pause();
      return true;
    }
    if (this.lanesLook.edited !== null || this.state.networkLook.on !== "studies") return super.leave();
    if (this.state.networkLook.study !== null) this.studies(null);
    else this.look({ on: "network" });
    return true;
  }
}
