/** What can be done in the lab. The experiment comes as an event, whoever began it, and lands in the store. */

/** @import { AppState, Host, Spec } from "../types.js" */
/** @import { LabInfo, ScriptData } from "../protocol.js" */
/** @import { Choices, LabFrame, LabLook, LabRow } from "./slice.js" */

import { LONGEST, addressOf, pack } from "../link.js";
import { at } from "../toolkit/address.js";
import { download } from "../toolkit/files.js";
import { goBack } from "../url.js";
import { Newest } from "../wire/newest.js";
import { messageOf, reasonOf, refusalOf, sentencesOf, wordsOf } from "../wire/refusals.js";
import { addressWithout, entryOfHistory, here, tellAddress, textOf } from "./link.js";
import { shownOf } from "./shown.js";
import { GROUPS, VIEWS } from "./views/index.js";

export const ROOM = "lab";

/** @typedef {{experiment: string, choices: Choices}} Wish */

export class LabActions {
  #host;
  #begins = new Newest((/** @type {Wish} */ wish) => this.#begin(wish));
  /** What was looked at last is as the address says. */
  #settled = false;
  /** @type {number | undefined} */
  #timer;
  /** Milliseconds from step to step while it plays. */
  pace = 900;
  /** Of the step that is shown. */
  stepWords = "";

  /** @param {Host} host */
  constructor(host) {
    this.#host = host;
    addEventListener("popstate", () => this.#onHistory());
  }

  get state() {
    return this.#host.store.state;
  }

  get sender() {
    return this.#host.sender;
  }

  /** @param {Partial<LabLook>} change */
  look(change) {
    this.#host.store.set({ labLook: { ...this.state.labLook, ...change } });
  }

  /** The row of the experiment that is looked at. */
  get row() {
    const { rows, open } = this.state.labLook;
    return rows?.find(({ name }) => name === open) ?? null;
  }

  // Coming and going --------------------------------------------------------------------------------------------------

  /** What there is, once; and what the page adds to it. */
  async load() {
    const { rows, failed } = this.state.labLook;
    if (rows && !failed) return;
    this.look({ failed: "" });
    try {
      const answer = await fetch(at("api/lab"));
      if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
      /** @type {{experiments: LabRow[]}} */
      const { experiments } = await answer.json();
      const known = experiments.flatMap(({ name }) => (VIEWS[name] ? [{ name, load: VIEWS[name].load }] : []));
      const views = await Promise.all(known.map(async ({ name, load }) => ({ name, view: (await load()).default })));
      this.look({ rows: experiments, views: Object.fromEntries(views.map(({ name, view }) => [name, view])) });
    } catch (error) {
      this.look({ failed: messageOf(error) });
    }
  }

  /** The experiments by the groups of the gallery. */
  get groups() {
    const rows = this.state.labLook.rows ?? [];
    const groupOf = (/** @type {LabRow} */ { name }) => VIEWS[name]?.group ?? "doing";
    return Object.entries(GROUPS)
      .map(([group, title]) => ({ group, title, rows: rows.filter((row) => groupOf(row) === group) }))
      .filter(({ rows: some }) => some.length > 0);
  }

  /** From the gallery to an experiment: what it found is shown, or it is begun. @param {string} experiment */
  open(experiment) {
    const { room, lab } = this.state;
    const there = lab?.experiment === experiment && (lab.status === "running" || lab.status === "done");
    this.#turn(experiment);
    const text = there ? this.#textNow() : "";
    tellAddress(experiment, text, { room: ROOM, from: room === ROOM ? ROOM : room, view: ROOM }, true);
    if (!there) void this.begin({});
  }

  /** Back to the gallery. */
  close() {
    if (entryOfHistory() !== null && history.state?.gallery === "yes") return goBack();
    this.#turn(null);
    tellAddress(null, null);
  }

  /** @param {string | null} open */
  #turn(open) {
    this.rest();
    this.look({ open, refused: "", step: 0, drawer: false });
    if (Object.keys(this.state.errors).some((path) => path.startsWith("lab."))) this.#host.store.set({ errors: {} });
  }

  #onHistory() {
    if (history.state?.room !== ROOM) return;
    const wanted = entryOfHistory();
    this.#turn(wanted?.experiment ?? null);
    this.#settled = wanted === null;
  }

  /** Escape: what is under way is ended; where nothing is, one is led back to the gallery. False there. */
  leave() {
    const { labLook, lab } = this.state;
    if (labLook.drawer) this.look({ drawer: false });
    else if (labLook.open === null) return false;
    else if (lab?.experiment === labLook.open && lab.status === "running") void this.cancel();
    else this.close();
    return true;
  }

  arrive() {
    this.#settled = false;
    void this.load();
  }

  /** The address of another room says nothing of the lab; what runs goes on. */
  depart() {
    this.rest();
    this.#settled = true;
    tellAddress(null, null);
  }

  /** Called with every painting: what the address says is opened, once all is there; then it says what is open. */
  /** @param {AppState} state */
  settle({ told, run, connection, following, labLook, lab }) {
    if (!labLook.rows) return;
    if (!this.#settled) {
      // The entry of the history knows better than an address that is about to be told.
      const wanted = history.state?.lab === undefined ? here() : entryOfHistory();
      if (wanted && (!told || !run || following || connection.status !== "open")) return;
      this.#settled = true;
      if (wanted) this.#wanted(wanted.experiment, wanted.choices, wanted.text ?? "");
    }
    const text = this.#textNow();
    if (lab && labLook.wished) return;
    const now = here();
    if ((now?.experiment ?? null) !== this.state.labLook.open || (now?.text ?? "") !== text)
      tellAddress(this.state.labLook.open, text);
  }

  /** @param {string} experiment @param {Choices} choices @param {string} text */
  #wanted(experiment, choices, text) {
    const { labLook, lab } = this.state;
    if (!labLook.rows?.some(({ name }) => name === experiment)) {
      this.#turn(null);
      return this.sender.complain(`There is no experiment named ${experiment}. Here are those that there are.`);
    }
    if (labLook.open !== experiment) this.#turn(experiment);
    const there = lab?.experiment === experiment && lab.status !== "idle" && this.#textNow() === text;
    if (!there) void this.begin(choices, true);
  }

  /** The choices that are not the defaults, as the address has them. */
  #textNow() {
    const { lab, labLook } = this.state;
    const { row } = this;
    if (!row) return "";
    const choices = labLook.wished?.choices ?? (lab?.experiment === row.name ? lab.choices : {});
    return textOf(/** @type {Choices} */ (choices), row.parameters);
  }

  // The experiment ----------------------------------------------------------------------------------------------------

  /** Begins the experiment that is looked at: with these choices, the others as they are, or as they are usually. */
  /** @param {Choices} choices @param {boolean} [anew]  the others are the usual ones */
  begin(choices, anew = false) {
    const { lab, labLook } = this.state;
    const experiment = labLook.open;
    if (experiment === null) return Promise.resolve(false);
    const before = labLook.wished ?? (lab?.experiment === experiment ? lab : null);
    const kept = anew ? {} : /** @type {Choices} */ (before?.choices ?? {});
    const wish = { experiment, choices: { ...kept, ...choices } };
    this.rest();
    this.look({ wished: wish, refused: "" });
    return this.#begins.want(wish);
  }

  /** @param {Wish} wish */
  async #begin({ experiment, choices }) {
    const { store } = this.#host;
    const { row } = this;
    const takes = row !== null && mayTakeRun(row);
    const of = takes && this.state.run ? /** @type {const} */ ("run") : null;
    if (Object.keys(this.state.errors).length > 0) store.set({ errors: {} });
    try {
      await this.sender.send({ type: "lab_begin", experiment, choices, of });
      this.#forgetWish(experiment, choices);
      return true;
    } catch (error) {
      const field = refusalOf(error)?.field ?? "";
      const name = field.replace(/^choices\./, "");
      if (row?.parameters.some((each) => each.name === name))
        store.set({ errors: { [`lab.${name}`]: wordsOf(error, field, name) } });
      else this.look({ refused: sentencesOf(error) });
      this.look({ wished: null });
      return false;
    }
  }

  /** @param {string} experiment @param {Choices} choices */
  #forgetWish(experiment, choices) {
    const { wished } = this.state.labLook;
    if (wished?.experiment === experiment && wished.choices === choices) this.look({ wished: null, step: 0 });
  }

  again() {
    return this.begin({});
  }

  cancel() {
    return this.sender.tell({ type: "lab_cancel" });
  }

  /** @param {LabInfo} event */
  told(event) {
    this.#host.store.set({ lab: event.experiment === null ? null : event });
  }

  /** Until an experiment has found something, what was seen of it before stays. @param {LabFrame} frame */
  frame(frame) {
    const { frames } = this.state;
    const before = frames.lab;
    const bare = frame.meta.figures.length === 0 && frame.meta.table === null;
    const stays = bare && before && before.meta.lab.experiment === frame.meta.lab.experiment;
    const lab = stays ? { ...before, frame: frame.frame, meta: { ...before.meta, lab: frame.meta.lab } } : frame;
    this.#host.store.set({ frames: { ...frames, lab } });
  }

  /**
   * A spec becomes the run, and one goes to where it is trained. Without data of its own it has the present run's.
   * @param {Spec} spec
   */
  async openRun(spec) {
    const { actions, sender } = this.#host;
    const whole = "data" in spec ? spec : { .../** @type {Spec} */ (spec), data: this.state.run?.spec.data };
    try {
      await actions.open(/** @type {ScriptData} */ ({ spec: whole }));
      actions.enter("train");
    } catch (error) {
      sender.complain(`The run cannot be opened: ${reasonOf(error)}.`);
    }
  }

  // Steps of an own view ----------------------------------------------------------------------------------------------

  /** What is drawn tells how many steps there are. @param {number} steps @param {string} words */
  pictureGoesBy(steps, words) {
    this.stepWords = words;
    const { labLook } = this.state;
    if (labLook.steps === steps) return;
    const step = Math.min(labLook.step, Math.max(0, steps - 1));
    this.look({ steps, step });
  }

  /** @param {number} step */
  go(step) {
    const last = this.state.labLook.steps - 1;
    if (last < 1) return;
    const to = Math.max(0, Math.min(last, step));
    if (to === last) this.rest();
    this.look({ step: to });
  }

  /** @param {number} by */
  move(by) {
    this.go(this.state.labLook.step + by);
  }

  toggle() {
    const { playing, step, steps } = this.state.labLook;
    if (playing || steps < 2) return this.rest();
    this.look({ playing: true, step: step >= steps - 1 ? 0 : step });
    this.#tick();
  }

  rest() {
    clearTimeout(this.#timer);
    if (this.state.labLook.playing) this.look({ playing: false });
  }

  #tick() {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => {
      this.move(1);
      if (this.state.labLook.playing) this.#tick();
    }, this.pace);
  }

  // To take along -----------------------------------------------------------------------------------------------------

  /** @param {"csv" | "html"} format */
  async exportFile(format) {
    const { theme } = this.state;
    const file = await this.sender.answered(this.sender.send({ type: "lab_export", format, theme }));
    if (file) download(file.name, new Blob([file.text], { type: file.type }));
  }

  /** The figures, drawn anew at a size of their own. */
  async exportPicture() {
    const { row } = this;
    if (!row) return this.sender.complain("Open an experiment first: there is nothing to draw.");
    try {
      const { labPicture } = await import("./picture.js");
      const said = new DOMParser().parseFromString(this.state.frames.lab?.meta.said ?? "", "text/html").body.textContent ?? "";
      const blob = await labPicture(row.title, shownOf(this.state), said);
      download(`chainrule-lab-${row.name}.png`, blob);
    } catch (error) {
      this.sender.complain(`The picture cannot be made: ${reasonOf(error)}.`);
    }
  }

  /** The page's own link, with the run where the experiment is about it. */
  async share() {
    const { lab, labLook } = this.state;
    const { row } = this;
    /** @type {Record<string, string>} */
    const fields = { view: ROOM };
    const text = this.#textNow();
    if (row) fields.lab = row.name;
    if (text) fields.x = text;
    let url = addressWithout(fields);
    if (row && lab && isAboutRun(row, lab)) {
      const shared = await this.sender.answered(this.sender.send({ type: "share" }));
      if (!shared) return;
      const packed = await pack(shared.script);
      if (packed.length > LONGEST)
        return this.sender.complain(
          "The run is too long for a link: it holds more than eight kilobytes do. Take the experiment away as a page.",
        );
      url = addressOf({ packed }, "s", fields);
    }
    try {
      await navigator.clipboard.writeText(url);
      this.sender.say(
        labLook.open === null
          ? "The link is copied. It opens the lab."
          : "The link is copied. It opens this experiment with these choices, and begins it.",
      );
    } catch {
      this.#host.showLink({ url, note: "" });
    }
  }
}

/** Whether an experiment may take the present run: it is about it, or it is one of its networks. @param {LabRow} row */
const mayTakeRun = ({ on_run: always, parameters }) => always || parameters.some(({ name }) => name === "network");

/** Whether it was about the run as it stood. @param {LabRow} row @param {LabInfo} lab */
export const isAboutRun = ({ on_run: always }, lab) =>
  lab.on !== null && (always || /^(the )?present/.test(String(lab.choices.network)));
