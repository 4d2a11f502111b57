/** Everything a person can do with a race. What comes of it arrives as events and lands in the store. */

/** @import { Sent } from "../../commands.js" */
/** @import { LaneSpecInput, OptimizerSpecInput, RaceSpecInput, SurfaceSpecInput } from "../../protocol.js" */
/** @import { RaceChange, RaceExport, RaceLaneRetune, RaceRates } from "../../protocol.js" */
/** @import { RaceLook, RaceSpeed } from "../types.js" */

import { CommandError } from "../../connection.js";
import { download } from "../../toolkit/files.js";
import { raceLinkHere } from "./link.js";
import { rememberLinear } from "../../frame/preferences.js";
import { raceFrameOf } from "../../run/selectors.js";
import { optimizerDefaults, rowNamed } from "../../run/spec.js";

/** The steps of the speed ladder. @type {{label: string, speed: RaceSpeed}[]} */
export const RACE_LADDER = [
  { label: "1 step/s", speed: { unit: "steps", rate: 1 } },
  { label: "10/s", speed: { unit: "steps", rate: 10 } },
  { label: "60/s", speed: { unit: "steps", rate: 60 } },
  { label: "500/s", speed: { unit: "steps", rate: 500 } },
  { label: "flat out", speed: { unit: "flat", rate: 1 } },
];

export class RaceActions {
  #store;
  #connection;
  /** @type {Set<string>} */
  #fields = new Set();
  /** The newest wish of its kind; those in between are never asked for. @type {Map<string, Sent>} */
  #wishes = new Map();
  #opening = false;

  /**
   * @param {import("../../store.js").Store} store
   * @param {import("../../connection.js").SocketConnection} connection
   */
  constructor(store, connection) {
    this.#store = store;
    this.#connection = connection;
    /** For what shows refusals in a place of its own. */
    this.ask = connection.send.bind(connection);
  }

  get state() {
    return this.#store.state;
  }

  // A desk for controls (controls.js): paths begin with race., or with lane. for the lane that is edited -----------------

  /** @param {string} path */
  register(path) {
    this.#fields.add(path);
  }

  /**
   * @param {string} path
   * @param {unknown} value
   * @returns {Promise<boolean>}
   */
  change(path, value) {
    const [, first, second] = path.split(".");
    const { race } = this.state;
    if (!race) return Promise.resolve(false);
    if (first === "surface") return this.surface({ ...race.spec.surface, [second]: value });
    return this.tell({ type: "race_change", .../** @type {Partial<RaceChange>} */ ({ [first]: value }) }, path);
  }

  /** @param {string} path @param {string} message */
  refuse(path, message) {
    this.#store.set({ errors: { ...this.state.errors, [path]: message } });
  }

  // What is raced -----------------------------------------------------------------------------------------------------

  /** The race a room opens with, where there is none yet. */
  open() {
    if (raceLinkHere() !== null) return;
    if (this.#opening || this.state.race || !this.state.run || this.state.connection.status !== "open") return;
    this.#opening = true;
    this.tell({ type: "race" }).finally(() => (this.#opening = false));
  }

  /**
   * @param {RaceSpecInput} spec
   * @param {number} threshold
   * @param {string} preset
   */
  async begin(spec, threshold, preset) {
    if (!(await this.tell({ type: "race", spec, threshold }))) return;
    this.look({ lane: null, edited: null, plane: null, preset });
    this.tell({ type: "race_play" });
  }

  /** @param {SurfaceSpecInput} surface @param {string} [path] */
  async surface(surface, path = "race.surface") {
    const other = surface.name !== this.state.race?.spec.surface.name;
    const done = await this.tell({ type: "race_change", surface }, path);
    if (done && other) this.look({ plane: null, preset: null });
    return done;
  }

  /** Where all lanes begin; while it is dragged only the newest place is asked for. @param {number} x @param {number} y */
  start(x, y) {
    return this.#newest("start", { type: "race_change", start: [x, y] }, "race.start");
  }

  /** @param {RaceRates["how"]} how @param {number | null} lr */
  rates(how, lr = null) {
    return this.tell({ type: "race_rates", how, ...(lr === null ? {} : { lr }) }, "race.rates");
  }

  // Lanes -------------------------------------------------------------------------------------------------------------

  /** A lane of one more rule that is not there yet, with its defaults; its settings open. */
  async add() {
    const { race, catalog } = this.state;
    if (!race || !catalog) return;
    const there = new Set(race.lanes.map(({ optimizer }) => optimizer.name));
    const row = catalog.optimizers.find(({ name }) => !there.has(name)) ?? catalog.optimizers[0];
    const found = await this.#answered(
      this.#connection.send({ type: "race_lane_add", lane: { optimizer: optimizerDefaults(row, row.dialects[0]) } }),
    );
    if (found) this.look({ edited: found.lane, lane: found.lane });
  }

  /** @param {number} lane */
  async duplicate(lane) {
    const found = await this.#answered(this.#connection.send({ type: "race_lane_duplicate", lane }));
    if (found) this.look({ edited: found.lane, lane: found.lane });
  }

  /** @param {number} lane */
  async remove(lane) {
    if (!(await this.tell({ type: "race_lane_remove", lane }))) return;
    const { raceLook } = this.state;
    this.look({ edited: null, lane: raceLook.lane === lane ? null : raceLook.lane });
  }

  /**
   * One setting of a lane, from the present step on; its name and its own seed from the start.
   * @param {number} id
   * @param {string} path  lane.optimizer.lr …
   * @param {unknown} value
   * @returns {Promise<boolean>}
   */
  retune(id, path, value) {
    const { race, catalog } = this.state;
    const lane = race?.lanes.find((each) => each.id === id);
    if (!race || !lane || !catalog) return Promise.resolve(false);
    const [, part, name] = path.split(".");
    const told = (/** @type {Pick<RaceLaneRetune, "optimizer" | "schedule">} */ fields) =>
      this.tell({ type: "race_lane_retune", lane: id, ...fields }, path);
    if (part === "optimizer" && name === undefined) return told({ optimizer: /** @type {OptimizerSpecInput} */ (value) });
    if (part === "optimizer") return told({ optimizer: { ...lane.optimizer, [name]: value } });
    if (part === "schedule") {
      const row = rowNamed(catalog.schedules, String(value));
      if (name === "name") return told({ schedule: { name: row?.name, unit: "step", warmup: lane.schedule.warmup } });
      return told({ schedule: { ...lane.schedule, [name]: value } });
    }
    const index = race.lanes.indexOf(lane);
    /** @type {LaneSpecInput} */
    const spec = { ...race.spec.lanes[index], [part]: value };
    return this.tell({ type: "race_lane_replace", lane: id, spec }, path);
  }

  // The clock ---------------------------------------------------------------------------------------------------------

  toggle() {
    const { raceClock: clock } = this.state;
    if (!clock) return;
    if (clock.status === "playing") this.tell({ type: "race_pause" });
    else if (clock.status === "finished") this.seek(0).then(() => this.tell({ type: "race_play" }));
    else this.tell({ type: "race_play" });
  }

  forward() {
    this.tell({ type: "race_step", count: 1 });
  }

  back() {
    const { raceClock } = this.state;
    if (raceClock) this.seek(Math.max(0, raceClock.step - 1));
  }

  toStart() {
    this.seek(0);
  }

  toEnd() {
    const { raceClock } = this.state;
    if (raceClock) this.seek(raceClock.max_steps);
  }

  /** @param {number} step */
  seek(step) {
    return this.#newest("seek", { type: "race_seek", step });
  }

  /** @param {RaceSpeed} speed */
  speed(speed) {
    this.tell({ type: "race_speed", speed });
  }

  // How it is looked at -----------------------------------------------------------------------------------------------

  /** @param {Partial<RaceLook>} look */
  look(look) {
    this.#store.set({ raceLook: { ...this.state.raceLook, ...look } });
  }

  /** The part of the surface that is looked at. */
  plane() {
    return this.state.raceLook.plane ?? this.state.race?.domain ?? null;
  }

  /** Closer to the place that is told of, or further away from it. @param {number} factor  of what is shown */
  zoom(factor) {
    const plane = this.plane();
    if (!plane) return;
    const found = raceFrameOf(this.state, "race_point")?.meta;
    const beyond = (/** @type {number} */ value, /** @type {[number, number]} */ [low, high]) =>
      !(value >= low && value <= high);
    const here = [found?.x, found?.y].map((value, i) =>
      typeof value !== "number" || beyond(value, plane[i]) ? (plane[i][0] + plane[i][1]) / 2 : value,
    );
    const scaled = (/** @type {0 | 1} */ i) =>
      /** @type {[number, number]} */ (plane[i].map((edge) => here[i] + (edge - here[i]) * factor));
    const next = /** @type {[[number, number], [number, number]]} */ ([scaled(0), scaled(1)]);
    if (next.every(([low, high]) => high - low > 1e-9 && Math.abs(low) < 1e9 && Math.abs(high) < 1e9))
      this.look({ plane: next });
  }

  toggleLinear() {
    const linear = !this.state.linear;
    rememberLinear(linear);
    this.#store.set({ linear });
  }

  /** Escape: what was opened last is closed. */
  leave() {
    const { raceLook } = this.state;
    if (raceLook.edited !== null) this.look({ edited: null });
    else if (raceLook.lane !== null) this.look({ lane: null });
    else return false;
    return true;
  }

  /** Where the link can be copied by hand; set by what shows it. @type {(link: {url: string, note: string}) => void} */
  onLink = () => {};

  // Its update taken apart --------------------------------------------------------------------------------------------

  /** @param {Partial<import("../types.js").RaceAnatomy>} anatomy */
  anatomy(anatomy) {
    this.#store.set({ raceAnatomy: { ...this.state.raceAnatomy, ...anatomy } });
  }

  // Taking it away ----------------------------------------------------------------------------------------------------

  /** The race's script; null where it was refused. @returns {Promise<string | null>} */
  async script() {
    return (await this.#answered(this.#connection.send({ type: "race_share" })))?.script ?? null;
  }

  /** @param {RaceExport["format"]} format */
  async exportFile(format) {
    const found = await this.#answered(this.#connection.send({ type: "race_export", format, theme: this.state.theme }));
    if (found) download(found.name, new Blob([found.text], { type: found.type }));
  }

  /** @param {string} text */
  say(text) {
    this.#store.set({ notice: { kind: "info", text } });
  }

  /** @param {string} text */
  complain(text) {
    this.#store.set({ notice: { kind: "error", text } });
  }

  // -------------------------------------------------------------------------------------------------------------------

  /**
   * @param {string} kind
   * @param {Sent} command
   * @param {string | null} [path]
   */
  async #newest(kind, command, path = null) {
    const busy = this.#wishes.has(kind);
    this.#wishes.set(kind, command);
    if (busy) return;
    for (;;) {
      const wish = /** @type {Sent} */ (this.#wishes.get(kind));
      const done = await this.tell(wish, path);
      if (!done || this.#wishes.get(kind) === wish) break;
    }
    this.#wishes.delete(kind);
  }

  /**
   * Sends a command; a refusal goes beside the field it names, else into the notice line.
   * @param {Sent} command
   * @param {string | null} [path]  the control that sent it
   * @returns {Promise<boolean>}
   */
  async tell(command, path = null) {
    if (path !== null && Object.keys(this.state.errors).length > 0) this.#store.set({ errors: {} });
    return (await this.#settled(this.#connection.send(command), path)) !== undefined;
  }

  /**
   * What was answered; null where it was refused.
   * @template Result
   * @param {Promise<Result>} answer
   */
  async #answered(answer) {
    return (await this.#settled(answer, null)) ?? null;
  }

  /**
   * What was answered, null where that is nothing; undefined where it was refused, which is told.
   * @template Result
   * @param {Promise<Result>} answer
   * @param {string | null} path
   */
  async #settled(answer, path) {
    try {
      return (await answer) ?? null;
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const refusal = error instanceof CommandError ? error.refusal : null;
      if (refusal?.code === "cancelled") {
        this.say(message);
        return undefined;
      }
      const field = this.#fieldFor(refusal?.field ?? null, path);
      const plain = field && refusal?.field ? message.replace(`${refusal.field}: `, "") : message;
      const text = refusal?.allowed && !plain.includes(refusal.allowed) ? `${plain}; allowed: ${refusal.allowed}` : plain;
      if (field) this.refuse(field, text);
      else this.complain(text);
      return undefined;
    }
  }

  /**
   * The control to put a refusal beside: that of the field it names, else the one that sent the command.
   * @param {string | null} field
   * @param {string | null} path
   */
  #fieldFor(field, path) {
    const root = path?.split(".")[0];
    const keys = (field ?? "").replace(/^(lane|spec)\./, "").split(".");
    for (let length = keys.length; length > 0; length--) {
      const candidate = `${root}.${keys.slice(0, length).join(".")}`;
      if (this.#fields.has(candidate)) return candidate;
    }
    return path !== null && this.#fields.has(path) ? path : null;
  }
}
