/** Keeping a run, sharing it, comparing with it, taking it along. What it says lands in the store, as with all actions. */

/** @import { Export } from "../protocol.js" */
/** @import { AppState, Compared, Host, Loaded } from "../types.js" */
/** @import { Saved } from "./saved.js" */

import { reasonOf, refusalOf } from "../wire/refusals.js";
import { download, pickText } from "../toolkit/files.js";
import { KEPT, LONGEST, addressOf, forgetLink, linkHere, pack, scriptHere, unpack } from "../link.js";
import { formatCount, toNumber } from "../toolkit/maths.js";
import { picture } from "./picture.js";
import { discard, freeName, keep, savedAll } from "./saved.js";
import { runInWords } from "./spec.js";
import { frameOf } from "./selectors.js";

/** The columns of the series that curves are drawn from. */
const DRAWN = /^(step|epoch|(train|validation|test)_(loss|accuracy))$/;

const BRANCH = "branch ";
const OTHER_BITS =
  "This run was recorded on another machine or version: it is followed all the same, and its last digits may differ.";

const KEPT_THERE = "The run is too long for an address: this server keeps it, and the link opens it there.";
const KEPT_FOR_NOW = "The run is too long for an address: this server keeps it, but only until it stops.";

/** How a branch is known as what is compared with. @param {number} branch */
export const branchId = (branch) => BRANCH + branch;

export class Sharing {
  #store;
  #sender;
  #showLink;
  #comparison;
  #otherBits = false;
  /** Whether the run beside the linked one is opened, which comes first. */
  #openingKept = false;

  /** @param {Pick<Host, "store" | "sender" | "showLink" | "comparison">} host */
  constructor({ store, sender, showLink, comparison }) {
    this.#store = store;
    this.#sender = sender;
    this.#showLink = showLink;
    this.#comparison = comparison;
  }

  // Links -------------------------------------------------------------------------------------------------------------

  /** Copies a link to the run as it stands; where the browser does not allow that, shows it. */
  async copyLink() {
    const found = await this.#sender.answered(this.link());
    if (!found) return;
    const { url, note } = found;
    try {
      if (url === null) throw new Error(note);
      await navigator.clipboard.writeText(url);
    } catch {
      this.#showLink(found);
      return;
    }
    const { clock, script: present } = this.#store.state;
    const edits = present?.edits.length ?? 0;
    const changes = edits === 0 ? "" : ` with ${edits === 1 ? "its one change" : `its ${edits} changes`}`;
    const opens = `The link is copied. It opens this very run at step ${formatCount(clock?.step ?? 0)}${changes}.`;
    this.#sender.say(note ? `${opens} ${note}` : opens);
  }

  /**
   * A link to the run as it stands; where there is none, why. Rejects where the server does not tell the run.
   * @returns {Promise<{url: string | null, note: string}>}
   */
  async link() {
    const { script } = await this.#sender.send({ type: "share" });
    const packed = await pack(script);
    const kept = packed.length > LONGEST ? await this.#keep() : null;
    if (kept && "refused" in kept) return { url: null, note: kept.refused };
    const note = !kept ? "" : kept.lasting ? KEPT_THERE : KEPT_FOR_NOW;
    const beside = this.#store.state.kept;
    if (!beside) return { url: addressOf(kept ?? { packed }), note };
    const other = await pack(beside.text);
    const fits = (kept ? 0 : packed.length) + other.length <= LONGEST;
    return {
      url: addressOf(kept ?? { packed }, "s", fits ? { [KEPT]: other } : {}),
      note: [note, fits ? "The kept run is in it." : "The kept run is too long for it, and left out."]
        .filter(Boolean)
        .join(" "),
    };
  }

  /**
   * Has the server keep a run that is too long for a link.
   * @returns {Promise<{experiment: string, lasting: boolean} | {refused: string}>}
   */
  async #keep() {
    try {
      return await this.#sender.send({ type: "keep" });
    } catch (error) {
      return { refused: reasonOf(error) };
    }
  }

  /** The run of this page's address, if there is one: opened in the session that is attached now. */
  async openLink() {
    const link = linkHere();
    if (link === null) return;
    this.#store.set({ following: true }); // from the first: what is about the run waits for it
    try {
      await this.#follow(link);
    } finally {
      this.#store.set({ following: false });
    }
  }

  /** @param {{packed: string} | {experiment: string}} link */
  async #follow(link) {
    const run = "experiment" in link ? link : { script: await unpack(link.packed).catch(() => null) };
    if ("script" in run && run.script === null) {
      this.#sender.complain("This link is damaged: a part of it is missing or was changed. A new run stands here instead.");
      forgetLink();
      return;
    }
    const beside = scriptHere(KEPT);
    try {
      if (beside !== null) await this.#keepLinked(beside);
      await this.#sender.send({ type: "load", ...run });
    } catch (error) {
      // Where the connection broke before it was taken, the next one tries again.
      if (!refusalOf(error)) return;
      this.#sender.complain(`This link cannot be followed: ${reasonOf(error)}.`);
      forgetLink();
    }
  }

  /** The run that a link sets beside its own: opened first, and kept. @param {string} packed */
  async #keepLinked(packed) {
    this.#openingKept = true;
    try {
      const script = await unpack(packed).catch(() => null);
      if (script === null) throw new Error("it is damaged");
      await this.#sender.send({ type: "load", script });
      await this.#comparison.keep();
    } catch (error) {
      this.#sender.complain(`The run to compare with cannot be opened: ${reasonOf(error)}.`);
    } finally {
      this.#openingKept = false;
    }
  }

  /** A script is being followed. @param {Loaded} event */
  loaded(event) {
    this.#otherBits = !event.same_bits;
    if (this.#otherBits) this.#sender.say(OTHER_BITS);
    if (!this.#openingKept) forgetLink();
  }

  /**
   * @param {string} script  JSON text
   * @param {string} told  what to say of it
   * @returns {Promise<string | null>}  why it was refused
   */
  async open(script, told) {
    try {
      await this.#sender.send({ type: "load", script });
    } catch (error) {
      return reasonOf(error);
    }
    if (!this.#otherBits) this.#sender.say(told);
    return null;
  }

  /** Opens a script from a file; false where none was chosen. Throws an Error in words where it is none. */
  async openFile() {
    const text = await pickText(".json,application/json");
    if (text === null) return false;
    const refused = await this.open(text, "The experiment of the file is open.");
    if (refused !== null) throw new Error(`This file cannot be opened as an experiment: ${refused}.`);
    return true;
  }

  // Files -------------------------------------------------------------------------------------------------------------

  /** @param {Export["format"]} format */
  async exportFile(format) {
    const found = await this.#sender.answered(this.#sender.send({ type: "export", format }));
    if (found) download(found.name, new Blob([found.text], { type: found.type }));
  }

  async exportPicture() {
    const { clock, run } = this.#store.state;
    if (!clock || !run) return;
    try {
      const title = `${runInWords(this.#store.state)} · after step ${formatCount(clock.step)}`;
      download(`chainrule-${run.spec.data.name}-step-${clock.step}.png`, await picture(title));
    } catch (error) {
      this.#sender.complain(`The picture cannot be made: ${reasonOf(error)}`);
    }
  }

  // Experiments -------------------------------------------------------------------------------------------------------

  /** A name for the present run. */
  suggestion() {
    return freeName(runInWords(this.#store.state));
  }

  /**
   * Keeps the present run in this browser; throws an Error in words where that fails.
   * @param {string} name
   */
  async save(name) {
    const { state } = this.#store;
    const [shared, compared] = await Promise.all([
      this.#sender.send({ type: "share" }),
      this.#sender.send({ type: "compare" }),
    ]);
    const columns = thinned(compared.columns);
    keep({
      id: crypto.randomUUID?.() ?? String(Math.random()).slice(2),
      name: freeName(name),
      when: new Date().toISOString(),
      subject: runInWords(state),
      step: /** @type {{step: number}} */ (JSON.parse(shared.script)).step,
      script: shared.script,
      columns,
      final: scores(state) ?? lastOf(columns),
    });
  }

  all() {
    return savedAll();
  }

  /** @param {Saved} entry @param {string} name */
  rename(entry, name) {
    keep({ ...entry, name: freeName(name, entry.id) });
  }

  /** @param {Saved} entry */
  remove(entry) {
    discard(entry.id);
    if (this.#store.state.compared?.id === entry.id) this.compare(null);
  }

  // Comparing ---------------------------------------------------------------------------------------------------------

  /** @param {Compared | null} compared */
  compare(compared) {
    this.#store.set({ compared });
  }

  /** @param {Saved} entry */
  compareSaved({ id, name, columns, final }) {
    this.compare({ id, name, columns, final });
  }

  /**
   * @param {number} branch
   * @param {string} name
   */
  async compareBranch(branch, name) {
    const found = await this.#sender.answered(this.#sender.send({ type: "compare", branch }));
    if (!found) return;
    const columns = thinned(found.columns);
    this.compare({ id: branchId(branch), name, columns, final: lastOf(columns) });
  }
}

/** A branch belongs to its run; a saved run is compared with whatever comes. @param {AppState} state */
export function stillCompared({ compared }) {
  return compared?.id.startsWith(BRANCH) ? null : compared;
}

/**
 * The columns that are drawn, six digits each; the last point whole.
 * @param {Record<string, (number | string)[]>} columns
 * @returns {Record<string, (number | null)[]>}
 */
export function thinned(columns) {
  const kept = Object.entries(columns).filter(([name]) => DRAWN.test(name));
  const short = (/** @type {number | null} */ value) => (value === null ? null : Number(value.toPrecision(6)));
  return Object.fromEntries(
    kept.map(([name, values]) => [
      name,
      values.map((value, i) => {
        const number = toNumber(value);
        const finite = number !== null && Number.isFinite(number) ? number : null;
        return i === values.length - 1 || name === "step" ? finite : short(finite);
      }),
    ]),
  );
}

/**
 * The scores on the screen, exact at the present step.
 * @param {AppState} state
 */
export function scores(state) {
  const evaluation = frameOf(state, "evaluation");
  if (!evaluation || evaluation.step !== state.clock?.step) return null;
  /** @type {Record<string, number | null>} */
  const found = { step: evaluation.step };
  for (const split of /** @type {const} */ (["train", "test"]))
    for (const measure of /** @type {const} */ (["loss", "accuracy"]))
      found[`${split}_${measure}`] = toNumber(evaluation.meta[split]?.[measure]);
  return found;
}

/** @param {Record<string, (number | null)[]>} columns */
export function lastOf(columns) {
  return Object.fromEntries(Object.entries(columns).map(([name, values]) => [name, values.at(-1) ?? null]));
}
