/** Everything a person can do with a race on the network and with studies. What comes of it arrives as events and frames. */

/** @import { Sent } from "../../commands.js" */
/** @import { NetworkExport, NetworkLaneRetune, NetworkLoad, OptimizerSpecInput } from "../../protocol.js" */
/** @import { RaceSpeed } from "../types.js" */
/** @import { NetworkLook, PlaneWish, RaceOn, StudyKind } from "./types.js" */

import { CommandError } from "../../connection.js";
import { download } from "../../toolkit/files.js";
import { optimizerDefaults, rowNamed } from "../../run/spec.js";
import { networkLinkHere } from "./share.js";

export class NetworkActions {
  #store;
  #connection;
  #racing;
  #train;
  #begun = false;
  /** @type {number | null} */
  #sought = null;
  #seeking = false;
  /** What was asked for last, so that centring again asks for it again. @type {PlaneWish} */
  wish = { kind: "random", lane: null, weights: [0, 1], seed: 0, others: "zero", corners: [0, 0, 0], zoom: 1 };

  /**
   * @param {import("../../store.js").Store} store
   * @param {import("../../connection.js").SocketConnection} connection
   * @param {import("../surface/actions.js").RaceActions} racing
   * @param {import("../../run/actions.js").Actions} train
   */
  constructor(store, connection, racing, train) {
    this.#store = store;
    this.#connection = connection;
    this.#racing = racing;
    this.#train = train;
  }

  get state() {
    return this.#store.state;
  }

  // A desk for controls: paths begin with net. for the lane that is edited, plane., study. ----------------------------------

  /** @param {string} path */
  register(path) {
    this.#racing.register(path);
  }

  /** @param {string} path @param {string} message */
  refuse(path, message) {
    this.#racing.refuse(path, message);
  }

  /**
   * @param {Sent} command
   * @param {string | null} [path]
   */
  tell(command, path = null) {
    return this.#racing.tell(command, path);
  }

  /**
   * What was answered; null where it was refused, which is told.
   * @template Result
   * @param {Promise<Result>} answer
   */
  async #answered(answer) {
    try {
      return await answer;
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error);
      const allowed = error instanceof CommandError && error.refusal.allowed ? `; allowed: ${error.refusal.allowed}` : "";
      this.#racing.complain(words + allowed);
      return null;
    }
  }

  // The race ----------------------------------------------------------------------------------------------------------

  /** One on the present run, where there is none yet. */
  open() {
    const { network, run, connection, warmup } = this.state;
    if (networkLinkHere() !== null) return;
    if (this.#begun || network || !run || !warmup || warmup.done < warmup.total || connection.status !== "open") return;
    this.#begun = true;
    this.begin().finally(() => (this.#begun = false));
  }

  async begin() {
    const done = await this.tell({ type: "network" });
    if (done) this.#fresh("");
    return done;
  }

  /** @param {import("../../catalog.js").NetworkPreset | import("../../catalog.js").SeedsPreset} preset */
  async preset(preset) {
    const { run, lanes } = preset.script;
    if (!(await this.load({ spec: { run, lanes }, step: 0, threshold: preset.threshold }))) return;
    this.#fresh(preset.name);
    if (preset.kind === "seeds") {
      const { seeds, steps } = preset.script;
      this.look({ on: "studies", study: "seeds" });
      this.study({ type: "study_seeds", seeds, steps, threshold: preset.threshold }, "study.seeds");
    } else this.tell({ type: "network_play" });
  }

  /** @param {NetworkLoad["script"]} script */
  async load(script) {
    const done = await this.tell({ type: "network_load", script });
    if (done) this.#fresh("");
    return done;
  }

  /** The race's script; null where it was refused. @returns {Promise<string | null>} */
  async script() {
    return (await this.#answered(this.#connection.send({ type: "network_share" })))?.script ?? null;
  }

  /** @param {NetworkExport["format"]} format */
  async exportFile(format) {
    const found = await this.#answered(this.#connection.send({ type: "network_export", format, theme: this.state.theme }));
    if (found) download(found.name, new Blob([found.text], { type: found.type }));
  }

  /** @param {string} preset */
  #fresh(preset) {
    this.look({ lane: null, edited: null, preset });
    this.wish = { ...this.wish, kind: "random", lane: null, zoom: 1 };
  }

  async add() {
    const { network, catalog } = this.state;
    if (!network || !catalog) return;
    const there = new Set(network.lanes.map(({ optimizer }) => optimizer.name));
    const row = catalog.optimizers.find(({ name }) => !there.has(name)) ?? catalog.optimizers[0];
    const found = await this.#answered(
      this.#connection.send({ type: "network_lane_add", lane: { optimizer: optimizerDefaults(row, row.dialects[0]) } }),
    );
    if (found) this.look({ edited: found.lane, lane: found.lane });
  }

  /** @param {number} lane */
  async duplicate(lane) {
    const found = await this.#answered(this.#connection.send({ type: "network_lane_duplicate", lane }));
    if (found) this.look({ edited: found.lane, lane: found.lane });
  }

  /** @param {number} lane */
  async remove(lane) {
    if (!(await this.tell({ type: "network_lane_remove", lane }))) return;
    const { networkLook } = this.state;
    this.look({ edited: null, lane: networkLook.lane === lane ? null : networkLook.lane });
  }

  /**
   * One setting of a lane: rule and schedule from the present step on; what it does not share with the others from the start.
   * @param {number} id
   * @param {string} path  net.optimizer.lr …
   * @param {unknown} value
   * @returns {Promise<boolean>}
   */
  retune(id, path, value) {
    const { network, catalog } = this.state;
    const lane = network?.lanes.find((each) => each.id === id);
    if (!lane || !catalog) return Promise.resolve(false);
    const [, part, name] = path.split(".");
    const told = (/** @type {Pick<NetworkLaneRetune, "optimizer" | "schedule">} */ fields) =>
      this.tell({ type: "network_lane_retune", lane: id, ...fields }, path);
    if (part === "optimizer")
      return told({
        optimizer: name === undefined ? /** @type {OptimizerSpecInput} */ (value) : { ...lane.optimizer, [name]: value },
      });
    if (part === "schedule") {
      const row = rowNamed(catalog.schedules, String(value));
      return told({
        schedule:
          name === "name"
            ? { name: row?.name, unit: lane.schedule.unit, warmup: lane.schedule.warmup }
            : { ...lane.schedule, [name]: value },
      });
    }
    const { label, optimizer, schedule, batch_size, seed, initializer } = lane;
    return this.tell(
      {
        type: "network_lane_replace",
        lane: id,
        spec: { label, optimizer, schedule, batch_size, seed, initializer, [part]: value },
      },
      path,
    );
  }

  // The clock ---------------------------------------------------------------------------------------------------------

  toggle() {
    const { networkClock: clock } = this.state;
    if (!clock) return;
    if (clock.status === "playing") this.tell({ type: "network_pause" });
    else if (clock.status === "finished") this.seek(0).then(() => this.tell({ type: "network_play" }));
    else this.tell({ type: "network_play" });
  }

  forward() {
    this.tell({ type: "network_step", count: 1 });
  }

  back() {
    const { networkClock } = this.state;
    if (networkClock) this.seek(Math.max(0, networkClock.step - 1));
  }

  toStart() {
    this.seek(0);
  }

  /** To the furthest step: to run a network to the end of a million would be another wish. */
  toEnd() {
    const { networkClock } = this.state;
    if (networkClock) this.seek(networkClock.end);
  }

  /** Of the steps wished for while a seek is under way only the newest is gone to. @param {number} step */
  async seek(step) {
    this.#sought = step;
    if (this.#seeking) return;
    this.#seeking = true;
    while (this.#sought !== null) {
      const wish = this.#sought;
      this.#sought = null;
      await this.tell({ type: "network_seek", step: wish });
    }
    this.#seeking = false;
  }

  /** @param {RaceSpeed} speed */
  speed(speed) {
    this.tell({ type: "network_speed", speed });
  }

  // Looking -----------------------------------------------------------------------------------------------------------

  /** @param {Partial<NetworkLook>} look */
  look(look) {
    this.#store.set({ networkLook: { ...this.state.networkLook, ...look } });
  }

  /** @param {RaceOn} on */
  show(on) {
    this.look({ on });
  }

  /** Another plane, or the same through where the lanes are now. @param {Partial<PlaneWish>} [change] */
  async plane(change = {}) {
    const before = this.wish;
    const made = { ...before, ...change };
    const [first, second] = this.state.network?.lanes ?? [];
    if (change.kind === "points" && !made.corners.some(Boolean) && second) made.corners = [0, first.id, second.id];
    this.wish = made;
    const { lane, ...wish } = made;
    const done = await this.#said({ type: "network_plane", ...wish, ...(lane === null ? {} : { lane }) }, "plane.kind");
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
    return this.#said(command, path);
  }

  /** A form of several fields has one line for what is refused: it names the field and the range. @param {Sent} command @param {string} path */
  async #said(command, path) {
    if (Object.keys(this.state.errors).length > 0) this.#store.set({ errors: {} });
    try {
      await this.#connection.send(command);
      return true;
    } catch (error) {
      const refusal = error instanceof CommandError ? error.refusal : null;
      const words = error instanceof Error ? error.message : String(error);
      this.refuse(path, refusal?.allowed && !words.includes(refusal.allowed) ? `${words}; allowed: ${refusal.allowed}` : words);
      return false;
    }
  }

  cancel() {
    return this.tell({ type: "study_cancel" });
  }

  /** @param {StudyKind} study */
  studies(study) {
    this.look({ on: "studies", study });
  }

  /** A lane's run in the session's own trainer, where it is taken apart step by step. Escape comes back. @param {number} lane */
  async microscope(lane) {
    const found = await this.#answered(this.#connection.send({ type: "network_open", lane }));
    if (!found || !(await this.tell({ type: "load", script: found.script }))) return;
    const step = document.querySelector('[data-door="step"]') !== null;
    this.#train.enter(step ? "step" : "train");
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

  /** Escape: what was opened last is closed. */
  leave() {
    const { networkLook } = this.state;
    if (networkLook.edited !== null) this.look({ edited: null });
    else if (networkLook.on === "studies") this.look({ on: "network" });
    else if (networkLook.lane !== null) this.look({ lane: null });
    else return false;
    return true;
  }
}
