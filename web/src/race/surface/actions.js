/** Everything a person can do with a race on a surface. */

/** @import { LaneSpecInput, RaceChange, RaceRates, RaceSpecInput, SurfaceSpecInput } from "../../protocol.js" */
/** @import { Lane, RaceLook } from "../types.js" */

import { allows } from "../../frame/restrict.js";
import { raceFrameOf } from "../frames.js";
import { opening } from "../../shared/opening.js";
import { Newest, NewestAnswers } from "../../wire/newest.js";
import { RaceActions } from "../actions.js";

export class SurfaceRaceActions extends RaceActions {
  /** To what is asked of a lane. */
  answers = new NewestAnswers();
  /** @type {Newest<[number, number]>} */
  #starts = new Newest((start) => this.tell({ type: "race_change", start }, "race.start"));

  /** @type {Newest<{lane: number, starts: [number, number][]}>} */
  #fans = new Newest((wish) => this.tell({ type: "race_fan", ...wish }, "race.start"));
  /** @type {Newest<{lane: number, name: string, value: unknown, path: string}>} */
  #numbers = new Newest((wish) => this.#tune(wish));
  /** While a number of the surface is dragged, rates are tuned for the newest only. @type {Newest<null>} */
  #tunings = new Newest(() => this.rates("tuned"));

  /** @param {import("../../types.js").Host} host @param {import("../../wire/sender.js").Sender} sender */
  constructor(host, sender) {
    super(host, sender, "race", "r");
  }

  get now() {
    const { race, raceClock: clock } = this.state;
    const length = clock?.max_steps ?? 0;
    return race && { race, clock, end: length, length };
  }

  get lanesLook() {
    return this.state.raceLook;
  }

  /** There are no epochs on a surface. @protected @returns {"step"} */
  scheduleUnit() {
    return "step";
  }

  // Where controls send their changes: paths begin with race., or with lane. for the lane that is edited ------------------

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

  // What is raced -----------------------------------------------------------------------------------------------------

  /** The race a room opens with, where there is none yet. */
  open = opening(
    () => this.state,
    ({ race }) => race === null && !this.isLinked,
    (command) => this.tell(command),
    { type: "race" },
  );

  /**
   * A race that makes a point, at the speed that shows it.
   * @param {RaceSpecInput} spec
   * @param {number} threshold
   * @param {string} preset
   * @param {number} pace  steps a second
   */
  async begin(spec, threshold, preset, pace) {
    if (!(await this.tell({ type: "race", spec, threshold }))) return;
    this.look({ lane: null, edited: null, plane: null, preset });
    this.tell({ type: "race_play", speed: { unit: "steps", rate: pace } });
  }

  /**
   * Another surface, or other numbers of it: rates that were tuned are tuned again. On another one a preset's lanes make way for the
   * usual ones.
   * @param {SurfaceSpecInput} surface
   * @param {string} [path]
   */
  async surface(surface, path = "race.surface") {
    const { race, raceLook } = this.state;
    const other = surface.name !== race?.spec.surface.name || surface.formula !== race?.spec.surface.formula;
    const usual = other && raceLook.preset !== null;
    const done = await this.tell(usual ? { type: "race", surface } : { type: "race_change", surface }, path);
    if (done && !other && String(surface.domain) !== String(race?.spec.surface.domain)) this.look({ plane: null });
    if (done && other) this.look({ plane: null, preset: null, ...(usual ? { lane: null, edited: null } : {}) });
    if (done && !usual) await this.#chooseRatesAnew(race?.lanes ?? []);
    return done;
  }

  /** @param {import("../types.js").RaceLane[]} lanes  as they were on the surface before */
  #chooseRatesAnew(lanes) {
    const chosen = new Set(lanes.map(({ chosen }) => chosen));
    if (chosen.size !== 1) return Promise.resolve(false);
    return chosen.has("tuned") ? this.#tunings.want(null) : Promise.resolve(false);
  }

  /** Where all lanes begin; while it is dragged only the newest place is asked for. @param {number} x @param {number} y */
  start(x, y) {
    if (!allows("race.start", "race-settings")) return Promise.resolve(false);
    return this.#starts.want([x, y]);
  }

  /** @param {RaceRates["how"]} how @param {number | null} lr */
  rates(how, lr = null) {
    return this.tell({ type: "race_rates", how, ...(lr === null ? {} : { lr }) }, "race.rates");
  }

  /** @param {Lane} lane @param {string} part @param {unknown} value @param {string} path */
  replace(lane, part, value, path) {
    const { race } = this.state;
    if (!race) return Promise.resolve(false);
    /** @type {LaneSpecInput} */
    const spec = { ...race.spec.lanes[race.lanes.findIndex(({ id }) => id === lane.id)], [part]: value };
    return this.tell({ type: "race_lane_replace", lane: lane.id, spec }, path);
  }

  /**
   * While a number of a lane's optimizer is dragged it runs again from the start, without what was changed on the way; only the
   * newest value is asked for.
   * @param {number} lane
   * @param {string} name
   * @param {unknown} value
   * @param {string} path
   */
  tune(lane, name, value, path) {
    return this.#numbers.want({ lane, name, value, path });
  }

  /** @param {{lane: number, name: string, value: unknown, path: string}} wish */
  #tune({ lane, name, value, path }) {
    const { race } = this.state;
    const place = race?.lanes.findIndex(({ id }) => id === lane) ?? -1;
    if (!race || place < 0) return Promise.resolve(false);
    const spec = race.spec.lanes[place];
    const optimizer = { ...race.lanes[place].optimizer, [name]: value };
    return this.tell({ type: "race_lane_replace", lane, spec: { ...spec, optimizer, retunes: [] } }, path);
  }

  /** One lane from many starts; the newest wish wins. @param {number} lane @param {[number, number][]} starts */
  fan(lane, starts) {
    return this.#fans.want({ lane, starts });
  }

  clearFan() {
    const lane = this.state.race?.lanes[0]?.id;
    if (lane !== undefined) this.fan(lane, []);
  }

  toggleBrush() {
    this.look({ brush: !this.state.raceLook.brush });
  }

  // How it is looked at -----------------------------------------------------------------------------------------------

  /** @param {Partial<RaceLook>} look */
  look(look) {
    this.set({ raceLook: { ...this.state.raceLook, ...look } });
  }

  /** The part of the surface that is looked at. */
  plane() {
    return this.state.raceLook.shown ?? this.state.race?.domain ?? null;
  }

  toggleStretched() {
    this.look({ stretched: !this.state.raceLook.stretched });
  }

  toggleArrows() {
    this.look({ arrows: !this.state.raceLook.arrows });
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

  // Its update taken apart --------------------------------------------------------------------------------------------

  /** @param {Partial<import("../types.js").RaceUpdate>} update */
  showUpdate(update) {
    this.set({ raceUpdate: { ...this.state.raceUpdate, ...update } });
  }
}
