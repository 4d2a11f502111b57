/**
 * How a card looks at its room: a race on a surface or on the network, the micro-step and sample that Step opens at, the
 * expression of a graph, the experiment of the lab, and what the diagram shows. Set where the card begins; afterwards it is the learner's.
 */

/** @import { AppState, Host } from "../types.js" */
/** @import { LessonInfo } from "../protocol.js" */

import { litSelector } from "./lit.js";
import { writeExpression } from "../shared/expression-link.js";

/** What a part that is lit is shown by, where the diagram shows one thing at a time. @type {Record<string, Partial<AppState>>} */
const SHOWN = {
  deltas: { units: "delta" },
  gradients: { edges: "gradients" },
  updates: { edges: "updates" },
  maps: { units: "map" },
  weights: { edges: "weights" },
};

export class Looks {
  #host;
  /** The place in Step that is still to be gone to. @type {{micro: string, sample: number | null} | null} */
  #place = null;

  /** What is to be brought into view as soon as it is there, as a selector. */
  #pointed = "";

  /** @param {Host} host */
  constructor(host) {
    this.#host = host;
  }

  /** @param {LessonInfo} lesson @param {string} view */
  begin({ lit, place, locked, question }, view) {
    const { store } = this.#host;
    for (const name of lit) if (SHOWN[name]) store.set(SHOWN[name]);
    if (view === "race") store.set({ networkLook: { ...store.state.networkLook, on: "surface", page: "plane" } });
    if (view === "network") store.set({ networkLook: { ...store.state.networkLook, on: "network", page: "plane" } });
    // Its graph would tell, and is not asked for before the answer.
    if (view === "graph" && typeof place?.text === "string") this.#graph(locked ? "" : place.text, place.inputs);
    if (view === "lab" && typeof place?.experiment === "string")
      store.set({ labLook: { ...store.state.labLook, open: place.experiment, refused: "", wished: null } });
    this.#pointed = question?.kind === "place" ? "canvas[data-plane]" : litSelector(lit);
    this.#place = view === "step" && place ? { micro: String(place.micro ?? ""), sample: Number(place.sample ?? NaN) } : null;
  }

  /** Brings what is pointed at into view: on a narrow screen its page, and what is further down in a column. */
  #turn() {
    const { store } = this.#host;
    const parts = [...document.querySelectorAll(`main :is(${this.#pointed})`)].filter((each) => each.checkVisibility());
    if (parts.length === 0) return;
    this.#pointed = "";
    const page = parts[0].closest("[data-page]")?.getAttribute("data-page");
    if (page === "network" || page === "output" || page === "settings") store.set({ page });
    if (parts[0].closest("#race-standings")) store.set({ raceLook: { ...store.state.raceLook, page: "standings" } });
    if (document.documentElement.clientWidth > 900) parts[0].scrollIntoView({ block: "nearest" });
  }

  /** What may be changed now is brought into view. @param {string[]} controls */
  unlock(controls) {
    const names = controls.map((name) => `[data-field="${name}"], [data-part~="${name}"]`).join(", ");
    const first = names ? document.querySelector(`.settings :is(${names})`) : null;
    first?.closest("details")?.setAttribute("open", "");
    // On a narrow screen the settings are a page of their own, which is for the learner to turn to.
    if (first?.checkVisibility() && document.documentElement.clientWidth > 900) first.scrollIntoView({ block: "center" });
  }

  /** @param {string} text @param {unknown} inputs */
  #graph(text, inputs) {
    const { store } = this.#host;
    const values = Object.fromEntries(Object.entries(inputs ?? {}).map(([name, value]) => [name, String(value)]));
    store.set({ expression: { ...store.state.expression, text, values, graph: null, at: 0, playing: false } });
    if (store.state.room === "graph") writeExpression({ text, values });
  }

  /** The place in Step, as soon as its update is there. @param {AppState} state */
  follow(state) {
    if (this.#pointed) this.#turn();
    const scope = state.frames.microscope?.meta;
    if (!this.#place || !scope || state.room !== "step" || state.step.crossing) return;
    const { micro, sample } = this.#place;
    this.#place = null;
    const [, kind, layer] = /^(.*?) ?(\d*)$/.exec(micro) ?? [];
    const found = scope.steps.findIndex((step) => step.kind === kind && (!layer || step.layer === Number(layer)));
    const { store, sender } = this.#host;
    const look = {
      ...state.step.look,
      ...(found >= 0 ? { micro: found, name: null, row: 0, column: 0, term: 0 } : {}),
      ...(Number.isNaN(sample) ? {} : { sample }),
    };
    store.keep({ step: { ...state.step, look } });
    sender.send({ type: "look", ...look }).catch(() => {});
  }
}
