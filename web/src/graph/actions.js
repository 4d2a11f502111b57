/** What can be done in the Graph room. The expression stands in the address and in the store; its graph is the engine's. */

/** @import { ExpressionState } from "./slice.js" */

import { answerOf } from "../shared/answer.js";
import { expressionHere, fieldsOf, inputsOf, writeExpression } from "../shared/expression-link.js";
import { parseSetting } from "../toolkit/maths.js";
import { Newest } from "../wire/newest.js";
import { walk } from "./walk.js";

/** Milliseconds from step to step while it plays. */
const PACE = 1200;

export class GraphActions {
  #host;
  /** @type {number | undefined} */
  #timer;
  /** What was asked last, in words: the same is not asked twice. */
  #asked = "";
  #newest = new Newest((/** @type {{key: string, text: string, inputs: Record<string, number>}} */ wish) => this.#ask(wish));

  /** @param {import("../types.js").Host} host */
  constructor(host) {
    this.#host = host;
  }

  get #now() {
    return this.#host.store.state.expression;
  }

  /** @param {Partial<ExpressionState>} patch */
  #patch(patch) {
    this.#host.store.set({ expression: { ...this.#now, ...patch } });
  }

  // Coming and going --------------------------------------------------------------------------------------------------

  /** Into the room: to what the address says, or to what was here. */
  arrive() {
    const here = expressionHere();
    if (here) this.read(here.text, here.values);
    else if (this.#now.text) writeExpression(this.#now);
  }

  depart() {
    this.rest();
    writeExpression(null);
  }

  /** Escape, where one came by a link: to the room that this one lies in. False where there is one to go back to. */
  leave() {
    const { store, actions } = this.#host;
    if (store.state.cameFrom !== null) return false;
    actions.enter("step");
    store.set({ cameFrom: null });
    return true;
  }

  async share() {
    const { store, sender, showLink } = this.#host;
    const here = new URLSearchParams(location.hash.slice(1));
    const fields = new URLSearchParams({ view: store.state.room, ...fieldsOf(this.#now) });
    for (const name of ["theme", "projector", "hide", "lock"]) if (here.has(name)) fields.set(name, here.get(name) ?? "");
    const url = `${location.origin}${location.pathname}#${fields}`;
    try {
      await navigator.clipboard.writeText(url);
      sender.say("The link is copied. It opens this expression with these values.");
    } catch {
      showLink({ url, note: "" });
    }
  }

  // The expression ----------------------------------------------------------------------------------------------------

  /** Another expression, or other values of its inputs. @param {string} text @param {Record<string, string>} values */
  read(text, values) {
    const known = this.#now;
    const same = known.graph !== null && text === known.text;
    this.#patch({ text, values: { ...known.values, ...values }, ...(same ? {} : { graph: null, at: 0 }) });
    if (!same) this.rest();
    writeExpression(text.trim() ? this.#now : null);
    this.#asked = "";
    this.settle();
  }

  /** @param {string} name @param {string} value */
  set(name, value) {
    this.read(this.#now.text, { [name]: value });
  }

  retry() {
    this.#asked = "";
    this.settle();
  }

  /** Called with every painting: asks for what is wanted as soon as there is a line to ask on. */
  settle() {
    const { text, values } = this.#now;
    if (this.#host.store.state.connection.status !== "open") return;
    const wanted = JSON.stringify([text, inputsOf(text).map((name) => values[name] ?? "1")]);
    if (wanted === this.#asked) return;
    this.#asked = wanted;
    if (!text.trim()) return this.#patch({ status: "empty", message: "", graph: null, at: 0 });
    /** @type {Record<string, number>} */
    const inputs = {};
    for (const name of inputsOf(text)) {
      const value = parseSetting(values[name] ?? "1");
      if (value === null) return this.#patch({ status: "refused", message: `${name}: a number is wanted` });
      inputs[name] = value;
    }
    this.#patch({ status: "loading", message: "" });
    this.#newest.want({ key: wanted, text, inputs });
  }

  /** @param {{key: string, text: string, inputs: Record<string, number>}} wish */
  async #ask({ key, text, inputs }) {
    const answer = await answerOf(
      "",
      () => this.#host.sender.send({ type: "graph", text, inputs }),
      "the server could not answer.",
    );
    if (key !== this.#asked) return true;
    if (answer.status === "done") this.#patch({ graph: answer.result, status: "done" });
    else this.#patch({ status: answer.status === "refused" ? "refused" : "failed", message: answer.message });
    return true;
  }

  // Along the graph ---------------------------------------------------------------------------------------------------

  /** @param {number} by */
  go(by) {
    this.to(this.#now.at + by);
  }

  /** @param {number} at */
  to(at) {
    const { graph, playing } = this.#now;
    if (!graph) return;
    const { at: found, last } = walk(graph, at);
    this.#patch({ at: found });
    if (playing && found === last) this.rest();
  }

  toggle() {
    const { graph, playing, at } = this.#now;
    if (playing || !graph) return this.rest();
    this.#patch({ playing: true });
    this.to(at === walk(graph, at).last ? 0 : at + 1);
    this.#tick();
  }

  rest() {
    clearTimeout(this.#timer);
    if (this.#now.playing) this.#patch({ playing: false });
  }

  #tick() {
    clearTimeout(this.#timer);
    if (!this.#now.playing) return;
    this.#timer = window.setTimeout(() => {
      this.go(1);
      this.#tick();
    }, PACE);
  }
}
