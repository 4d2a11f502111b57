/** What can be done with a race, on whatever it is run. What comes of it arrives as events and frames, and lands in the store. */

/** @import { Sent } from "../commands.js" */
/** @import { OptimizerSpecInput, RaceExport, ScheduleSpec, ScheduleSpecInput } from "../protocol.js" */
/** @import { Host } from "../types.js" */
/** @import { Lane, LaneLook, RaceNow, RaceSpeed } from "./types.js" */

import { scriptHere } from "../link.js";
import { optimizerDefaults, rowNamed } from "../run/spec.js";
import { download } from "../toolkit/files.js";
import { Newest } from "../wire/newest.js";

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
  /** @type {Newest<number>} */
  #seeks = new Newest((step) => this.tell({ type: `${this.prefix}_seek`, step }));

  /**
   * @param {Host} host
   * @param {import("../wire/sender.js").Sender} sender  of the room: its paths begin with what they are of
   * @param {"race" | "network"} prefix  of its commands
   * @param {string} field  of its script in an address
   */
  constructor(host, sender, prefix, field) {
    this.#store = host.store;
    this.host = host;
    this.sender = sender;
    this.prefix = prefix;
    this.field = field;
    /** For what shows refusals in a place of its own. */
    this.ask = sender.send;
  }

  get state() {
    return this.#store.state;
  }

  /** The race as it is now; null where there is none. @abstract @returns {RaceNow | null} */
  get now() {
    return null;
  }

  /** How its lanes are looked at. @abstract @returns {LaneLook} */
  get lanesLook() {
    return { lane: null, edited: null };
  }

  /** @abstract @param {Partial<LaneLook>} _look */
  look(_look) {}

  /** @protected @param {Partial<import("../types.js").AppState>} patch */
  set(patch) {
    this.#store.set(patch);
  }

  // Where controls send their changes ------------------------------------------------------------------------------------

  /** @param {string} path */
  register(path) {
    this.sender.register(path);
  }

  /** @param {string} path @param {string} message */
  refuse(path, message) {
    this.sender.refuse(path, message);
  }

  /** @param {Sent} command @param {string | null} [path]  the control that sent it */
  tell(command, path = null) {
    return this.sender.tell(command, path);
  }

  // Lanes -------------------------------------------------------------------------------------------------------------

  /** A lane of one more optimizer that is not there yet, with its defaults; its settings open. */
  async add() {
    const { now } = this;
    const { catalog } = this.state;
    if (!now || !catalog) return;
    const there = new Set(now.race.lanes.map(({ optimizer }) => optimizer.name));
    const row = catalog.optimizers.find(({ name }) => !there.has(name)) ?? catalog.optimizers[0];
    const lane = { optimizer: optimizerDefaults(row, row.dialects[0]) };
    this.#edit(await this.sender.answered(this.ask({ type: /** @type {const} */ (`${this.prefix}_lane_add`), lane })));
  }

  /** @param {number} lane */
  async duplicate(lane) {
    this.#edit(await this.sender.answered(this.ask({ type: /** @type {const} */ (`${this.prefix}_lane_duplicate`), lane })));
  }

  /** @param {{lane: number} | null} made */
  #edit(made) {
    if (made) this.look({ edited: made.lane, lane: made.lane });
  }

  /** @param {number} lane */
  async remove(lane) {
    if (!(await this.tell({ type: `${this.prefix}_lane_remove`, lane }))) return;
    // Another may have been opened meanwhile.
    const { lane: told, edited } = this.lanesLook;
    this.look({ edited: edited === lane ? null : edited, lane: told === lane ? null : told });
  }

  /**
   * One setting of a lane: optimizer and schedule from the present step on; what it does not share with the others from the start.
   * @param {number} id
   * @param {string} path  behind the root: optimizer.lr …
   * @param {unknown} value
   * @returns {Promise<boolean>}
   */
  retune(id, path, value) {
    const lane = this.now?.race.lanes.find((each) => each.id === id);
    if (!lane) return Promise.resolve(false);
    const [, part, name] = path.split(".");
    if (part !== "optimizer" && part !== "schedule") return this.replace(lane, part, value, path);
    const fields =
      part === "schedule"
        ? { schedule: this.#schedule(lane.schedule, name, value) }
        : { optimizer: name ? { ...lane.optimizer, [name]: value } : /** @type {OptimizerSpecInput} */ (value) };
    return this.tell({ type: `${this.prefix}_lane_retune`, lane: id, ...fields }, path);
  }

  /** @param {ScheduleSpec} schedule @param {string} name @param {unknown} value @returns {ScheduleSpecInput} */
  #schedule(schedule, name, value) {
    if (name !== "name") return { ...schedule, [name]: value };
    const row = rowNamed(this.state.catalog?.schedules ?? [], String(value));
    return { name: row?.name, unit: this.scheduleUnit(schedule), warmup: schedule.warmup };
  }

  /** What another schedule's times are in. @protected @param {ScheduleSpec} schedule */
  scheduleUnit({ unit }) {
    return unit;
  }

  /**
   * A lane runs again from the start with another of its own settings.
   * @abstract
   * @param {Lane} _lane
   * @param {string} _part
   * @param {unknown} _value
   * @param {string} _path
   * @returns {Promise<boolean>}
   */
  replace(_lane, _part, _value, _path) {
    return Promise.resolve(false);
  }

  // The clock ---------------------------------------------------------------------------------------------------------

  play() {
    return this.tell({ type: `${this.prefix}_play` });
  }

  pause() {
    return this.tell({ type: `${this.prefix}_pause` });
  }

  toggle() {
    const status = this.now?.clock?.status;
    if (status === "playing") this.pause();
    else if (status === "finished") this.seek(0).then(() => this.play());
    else if (status) this.play();
  }

  forward() {
    this.tell({ type: `${this.prefix}_step`, count: 1 });
  }

  back() {
    const step = this.#seeks.wish ?? this.now?.clock?.step;
    if (step !== undefined) this.seek(Math.max(0, step - 1));
  }

  toStart() {
    this.seek(0);
  }

  toEnd() {
    if (this.now?.clock) this.seek(this.now.end);
  }

  /** @param {number} step */
  seek(step) {
    return this.#seeks.want(step);
  }

  /** @param {RaceSpeed} speed */
  speed(speed) {
    this.tell({ type: `${this.prefix}_speed`, speed });
  }

  // Looking -----------------------------------------------------------------------------------------------------------

  toggleLinear() {
    this.host.actions.toggleLinear();
  }

  /** Escape: what was opened last is closed; false where nothing was open. */
  leave() {
    if (this.lanesLook.edited !== null) this.look({ edited: null });
    else if (this.lanesLook.lane !== null) this.look({ lane: null });
    else return false;
    return true;
  }

  // Taking it away ----------------------------------------------------------------------------------------------------

  /** Whether this page's address has a race of this kind that is not opened yet. */
  get isLinked() {
    return scriptHere(this.field) !== null;
  }

  /** A script is followed; false where it was refused. @param {string} script  JSON text */
  load(script) {
    return this.tell({ type: `${this.prefix}_load`, script });
  }

  /** The race's script; null where it was refused. */
  async script() {
    return (await this.sender.answered(this.ask({ type: /** @type {const} */ (`${this.prefix}_share`) })))?.script ?? null;
  }

  /** @param {RaceExport["format"]} format */
  async exportFile(format) {
    const wish = { type: /** @type {const} */ (`${this.prefix}_export`), format, theme: this.state.theme };
    const found = await this.sender.answered(this.ask(wish));
    if (found) download(found.name, new Blob([found.text], { type: found.type }));
  }
}
