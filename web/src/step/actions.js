/** What can be done in the Step room. Where the microscope points is the page's wish; what it sees arrives as frames. */

/** @import { Depth, Look, Part, Spot, StepState } from "./types.js" */

import { choiceOf } from "./micro/spots.js";
import { termsOf } from "./micro/trees.js";
import { LinkedPlace } from "./linked.js";
import { DEPTHS, FIRST, scopeOf, seenOf } from "./state.js";
import { messageOf } from "../wire/refusals.js";

/** So many keys are remembered until there is something to obey them on. */
const EARLY = 32;

export class StepActions {
  #store;
  #sender;
  /** @type {number | undefined} */
  #timer;
  /** Where the run stood when one was last here. */
  #stood = "";
  /** What was pressed before the update was there. @type {(() => void)[]} */
  #early = [];
  #linked = new LinkedPlace();

  /** @param {import("../types.js").Host} host */
  constructor({ store, sender, actions, sharing }) {
    this.#store = store;
    this.#sender = sender;
    /** For what asks the microscope things of its own. */
    this.ask = sender.send;
    this.complain = sender.complain.bind(sender);
    this.actions = actions;
    /** An address that opens the update live; null where there is none. */
    this.linkHere = async () => {
      const url = (await sharing.link().catch(() => null))?.url ?? null;
      return url && `${url}&view=step`;
    };
  }

  get state() {
    return this.#store.state;
  }

  /** @param {Partial<import("./panels/types.js").Panels>} change */
  panels(change) {
    this.#store.set({ panels: { ...this.#store.state.panels, ...change } });
  }

  // Coming and going --------------------------------------------------------------------------------------------------

  /** Into the room: the run stands, and the sample that was followed is looked at. */
  arrive() {
    this.#early = [];
    const { clock, followed, cameFrom } = this.#store.state;
    // A page that opens here has come from nowhere, and changes nothing.
    if (clock?.status === "playing" && cameFrom !== null) this.#sender.send({ type: "pause" }).catch(() => {});
    this.#patch({ crossing: null });
    const sample = followed?.split === "train" ? followed.index : this.#now.sample;
    // Where the run stands elsewhere by now, its next update is opened from the beginning.
    const entry = this.#place === this.#stood ? {} : { micro: 0, name: null, row: 0, column: 0, term: 0 };
    this.#look({ sample, ...entry });
  }

  /** A run begins: its first micro-step; how one looks at it stays. */
  begin() {
    const { depth, notation } = this.#now;
    this.rest();
    this.#patch({ look: { ...FIRST, depth, notation }, spot: null, crossing: null, brought: {} });
    if (this.#store.state.room === "step") this.point();
  }

  /** Tells the server where the microscope points. */
  point() {
    // What was refused is out of date: the newest frame shows what there is.
    return this.#sender.send({ type: "look", ...this.#now }).catch(() => {});
  }

  // Along the micro-steps ---------------------------------------------------------------------------------------------

  /** @param {number} micro */
  to(micro) {
    const scope = scopeOf(this.#store.state);
    if (!scope || this.#store.state.step.crossing) return;
    const target = Math.max(0, Math.min(scope.steps.length - 1, micro));
    if (target === this.#now.micro) return;
    this.#look({ micro: target, ...this.#entryAt(scope.steps[target]) });
  }

  /** The same unit and column where the next micro-step has them. @param {import("./types.js").MicroStep} step */
  #entryAt(step) {
    const [rows, columns] = step.results[0]?.shape ?? [1, 1];
    const { row, column } = this.#now;
    return { name: null, row: row < rows ? row : 0, column: column < columns ? column : 0, term: 0 };
  }

  next() {
    this.#soon(() => this.#next());
  }

  #next() {
    const scope = scopeOf(this.#store.state);
    if (!scope) return;
    const { micro } = this.#now;
    if (this.#store.state.step.loop && scope.steps[micro + 1]?.phase !== scope.steps[micro]?.phase) {
      this.to(scope.steps.findIndex((step) => step.phase === scope.steps[micro]?.phase));
    } else if (micro + 1 < scope.steps.length) this.to(micro + 1);
    else this.#cross(1);
  }

  previous() {
    this.#soon(() => (this.#now.micro > 0 ? this.to(this.#now.micro - 1) : this.#cross(-1)));
  }

  first() {
    this.#soon(() => this.to(0));
  }

  last() {
    this.#soon(() => this.to((scopeOf(this.#store.state)?.steps.length ?? 1) - 1));
  }

  /** Once the update is there, in the order in which it was pressed. @param {() => void} act */
  #soon(act) {
    if (scopeOf(this.#store.state) && this.#early.length === 0) act();
    else if (this.#early.length < EARLY) this.#early.push(act);
  }

  /** The run makes the update, or goes back before it. @param {1 | -1} by */
  async #cross(by) {
    const { clock, step } = this.#store.state;
    if (!clock || step.crossing || clock.step + by < 0) return;
    const last = by < 0;
    this.#patch({ crossing: { step: clock.step + by, last } });
    // Sent together, so that nothing comes between them. The entry is found again when the update is there.
    const moved = this.#sender.send(last ? { type: "seek", step: clock.step - 1 } : { type: "step", count: 1 });
    const looked = this.#sender.send({
      type: "look",
      ...this.#now,
      name: null,
      row: 0,
      column: 0,
      term: 0,
      micro: last ? -1 : 0,
    });
    try {
      await Promise.all([moved, looked]);
      const count = scopeOf(this.#store.state)?.steps.length ?? 1;
      this.#patch({ look: { ...this.#now, micro: last ? count - 1 : 0, name: null, row: 0, column: 0, term: 0 } });
    } catch (error) {
      this.rest();
      this.#patch({ crossing: null });
      this.#sender.complain(messageOf(error));
      await looked.catch(() => {});
      this.point();
    }
  }

  /** Called with every painting: the update is there, or the other one. */
  settle() {
    if (scopeOf(this.#store.state)) for (const act of this.#early.splice(0)) act();
    const { crossing } = this.#store.state.step;
    const seen = crossing && seenOf(this.#store.state);
    this.#stood = this.#place;
    if (seen) this.#patch({ crossing: null, look: { ...this.#now, micro: seen.micro.micro } });
    this.#link();
  }

  /** The page's address says where one is; what it said to begin with is gone to. */
  #link() {
    const { clock, room, panels, step, following } = this.#store.state;
    if (following || room !== "step" || !scopeOf(this.#store.state) || clock?.status !== "paused" || step.crossing) return;
    const wanted = this.#linked.take();
    if (!wanted) return this.#linked.keep(this.#now, panels.asking.questions);
    if (wanted.look) this.#look(wanted.look);
    for (const hidden of wanted.hidden)
      this.ask({ type: "ask", ...hidden }).then(
        ({ questions, score }) => {
          const { asking } = this.#store.state.panels;
          this.panels({ asking: { ...asking, questions, score, revision: asking.revision + 1 } });
        },
        (error) => this.#sender.complain(messageOf(error)),
      );
  }

  // The pace ----------------------------------------------------------------------------------------------------------

  toggle() {
    if (this.#store.state.step.playing) this.rest();
    else {
      this.#patch({ playing: true });
      this.next();
      this.#tick();
    }
  }

  rest() {
    clearTimeout(this.#timer);
    if (this.#store.state.step.playing) this.#patch({ playing: false });
  }

  #tick() {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => {
      if (this.#store.state.room !== "step") return this.rest();
      this.#next();
      if (this.#store.state.step.playing) this.#tick();
    }, 1000 / this.#store.state.step.pace);
  }

  /** @param {number} pace  micro-steps a second */
  setPace(pace) {
    this.#patch({ pace });
    if (this.#store.state.step.playing) this.#tick();
  }

  toggleLoop() {
    this.#patch({ loop: !this.#store.state.step.loop });
  }

  // What is looked at -------------------------------------------------------------------------------------------------

  /** @param {Depth} depth */
  depth(depth) {
    if (depth === this.#now.depth) return;
    const tree = seenOf(this.#store.state)?.micro.equation?.expression;
    // Of a sum that begins with a bias the first product says more.
    const product = tree ? termsOf(tree).find((each) => each.tree.kind !== "number" && each.at >= 0) : null;
    this.#look({ depth, term: depth === "edge" ? (product?.at ?? 0) : 0 });
  }

  deeper() {
    this.#soon(() => this.depth(DEPTHS[Math.min(DEPTHS.length - 1, DEPTHS.indexOf(this.#now.depth) + 1)]));
  }

  shallower() {
    this.#soon(() => this.depth(DEPTHS[Math.max(0, DEPTHS.indexOf(this.#now.depth) - 1)]));
  }

  /** An entry of a result of the micro-step. @param {string | null} name @param {number} row @param {number} column */
  pick(name, row, column) {
    this.#look({ name, row, column, term: 0 });
  }

  /** Whatever picking a spot means here. @param {Spot} spot */
  choose(spot) {
    const seen = seenOf(this.#store.state);
    const choice = seen && choiceOf(seen, spot);
    if (!choice) return;
    if ("term" in choice) this.term(choice.term);
    else this.pick(choice.name, choice.row, choice.column);
  }

  /** A term of the entry's sum, at depth edge. @param {number} term */
  term(term) {
    this.#look({ term, depth: "edge" });
  }

  /** @param {Look["sample"]} sample */
  sample(sample) {
    this.#look({ sample, column: 0 });
  }

  /** The sample after or before in the mini-batch. @param {1 | -1} by */
  nextSample(by) {
    this.#soon(() => this.#nextSample(by));
  }

  /** @param {1 | -1} by */
  #nextSample(by) {
    const samples = scopeOf(this.#store.state)?.samples ?? [];
    if (samples.length === 0) return;
    const { sample } = this.#now;
    const at = sample === null ? -1 : sample === "first" ? 0 : samples.indexOf(sample);
    const next = at < 0 ? (by > 0 ? 0 : samples.length - 1) : (at + by + samples.length) % samples.length;
    this.sample(samples[next]);
  }

  /** @param {string} notation */
  notation(notation) {
    this.#look({ notation });
  }

  /** @param {Spot | null} spot */
  spot(spot) {
    if (spot !== this.#store.state.step.spot) this.#patch({ spot });
  }

  /** Shows a unit of a folded layer. @param {number} layer @param {number} unit */
  bring(layer, unit) {
    this.#patch({ brought: { ...this.#store.state.step.brought, [layer]: unit } });
  }

  /** @param {Part} part */
  show(part) {
    if (part !== this.#store.state.step.part) this.#patch({ part });
  }

  // -------------------------------------------------------------------------------------------------------------------

  get #place() {
    const { clock } = this.#store.state;
    return `${clock?.run}:${clock?.branch}:${clock?.step}`;
  }

  get #now() {
    return this.#store.state.step.look;
  }

  /** Nothing of it is on the screen before its picture has come: a painting now would only keep that waiting. @param {Partial<Look>} change */
  #look(change) {
    this.#store.keep({ step: { ...this.#store.state.step, look: { ...this.#now, ...change } } });
    this.point();
  }

  /** @param {Partial<StepState>} change */
  #patch(change) {
    this.#store.set({ step: { ...this.#store.state.step, ...change } });
  }
}
