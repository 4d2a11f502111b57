/** What the panels ask of the server and what a person does in them. The store holds what came, in its field `panels`. */

/** @import { AppState } from "../../types.js" */
/** @import { Commands, Sent } from "../../commands.js" */
/** @import { GraphData } from "../answers.js" */
/** @import { Answer } from "../../shared/answer.js" */
/** @import { Asking, PanelCommands, PanelName, PanelResult, Panels, Picked } from "./types.js" */

import { download } from "../../toolkit/files.js";
import { answerOf } from "../../shared/answer.js";
import { NewestAnswers } from "../../wire/newest.js";
import { sentencesOf } from "../../wire/refusals.js";
import { chosenEntry, nextStep, pointedEntry } from "./looked.js";

/**
 * Milliseconds that one stays at a micro-step before what a panel tells is asked anew: whoever walks on is not kept waiting. At
 * another update, and where a number is withheld or told, it is asked at once.
 */
const STAYED = 150;

export class PanelActions {
  #step;
  #newest = new NewestAnswers();
  /** @type {unknown} */
  #script = null;
  #scripts = 0;
  /** The point of the run that the questions belong to. */
  #asked = "";

  /** @param {import("../actions.js").StepActions} step */
  constructor(step) {
    this.#step = step;
  }

  get #panels() {
    return this.#step.state.panels;
  }

  /** @param {Partial<Panels>} patch */
  #set(patch) {
    this.#step.panels(patch);
  }

  /** @param {Picked} picked  the parameter that samples, optimizer and factors are told of */
  pick(picked) {
    this.#set({ picked });
  }

  /** @param {boolean} wrong  whether the update in place is shown */
  showWrong(wrong) {
    this.#set({ wrong });
  }

  /** @param {number} micro */
  goTo(micro) {
    this.#step.to(micro);
  }

  /** @param {number} row  a training row, from 0 */
  follow(row) {
    this.#step.sample(row);
  }

  // Answers -----------------------------------------------------------------------------------------------------------

  /**
   * The answer to a question about the coming update: asked where it is not yet, and anew when the update or what is
   * withheld changes. Null while the run moves.
   * @template {PanelName} N
   * @param {AppState} state
   * @param {N} name  of the panel
   * @param {Commands[PanelCommands[N]]} command
   * @param {boolean} [ask]  false: only what is there
   * @returns {Answer<PanelResult<N>> | null}
   */
  answer(state, name, command, ask = true) {
    const point = this.#point(state);
    /** @type {Answer<PanelResult<N>> | null} */
    const known = state.panels.answers[name] ?? null;
    if (point === null) return known && { ...known, status: "old" };
    const here = JSON.stringify(point);
    const key = here + JSON.stringify(command);
    if (known?.key === key) {
      this.#newest.drop(name);
      return known;
    }
    if (!ask) return null;
    if (!this.#newest.isAsked(name, key)) this.#ask(name, command, key, known?.key.startsWith(here) ? STAYED : 0);
    return { key, status: "loading", result: known?.result ?? null, message: "" };
  }

  /** Shows what has changed outside the store. */
  repaint() {
    this.#set({});
  }

  /** Asks again. @param {PanelName} name */
  retry(name) {
    const { [name]: _, ...answers } = this.#panels.answers;
    this.#set({ answers });
  }

  /** @param {PanelName} name @param {Sent} command @param {string} key @param {number} wait  milliseconds */
  #ask(name, command, key, wait) {
    const told = (/** @type {Answer<unknown>} */ answer) => {
      // Where the run has moved meanwhile, it may speak of the other point.
      const here = JSON.stringify(this.#point(this.#step.state));
      this.#set(key.startsWith(here) ? { answers: { ...this.#panels.answers, [name]: answer } } : {});
    };
    this.#newest.ask(name, key, () => answerOf(key, () => this.#step.ask(command)), told, wait);
  }

  /** Where the run stands and what is withheld there; null while it moves. @param {AppState} state */
  #point({ run, clock, script, connection, panels }) {
    if (!run || !clock || connection.status !== "open" || clock.status === "playing" || clock.status === "seeking") return null;
    if (script !== this.#script) {
      this.#script = script;
      this.#scripts += 1;
    }
    return [run.run, clock.branch, clock.step, this.#scripts, panels.asking.revision];
  }

  // Predict, then reveal ----------------------------------------------------------------------------------------------

  /** Withholds an entry: what is pointed at, else what is looked at. @param {boolean} [pointed] */
  hide(pointed = true) {
    const entry = pointed ? pointedEntry(this.#step.state) : chosenEntry(this.#step.state);
    if (entry) this.#tell({ type: "ask", ...entry });
  }

  /** Withholds a number of the next micro-step, before it is seen. */
  hideNext() {
    const step = nextStep(this.#step.state);
    if (step) this.#tell({ type: "ask", micro: step.index });
  }

  /** @param {number} question @param {number | null} answer  null: not known */
  guess(question, answer) {
    this.#tell({ type: "answer", question, answer });
  }

  /** @param {number} question */
  reveal(question) {
    this.#tell({ type: "reveal", question });
  }

  /**
   * Questions end with their update; a page that comes anew asks what is open.
   * @param {AppState} state
   */
  keepQuestions(state) {
    const { run, clock, script, connection, attachments } = state;
    if (!run || !clock || !script || connection.status !== "open") return;
    const point = [run.run, clock.branch, clock.step, script.edits.length, attachments].join();
    if (point === this.#asked) return;
    this.#asked = point;
    this.#tell({ type: "questions" });
  }

  /** @param {Commands["ask" | "answer" | "reveal" | "questions"]} command */
  async #tell(command) {
    const { asking } = this.#panels;
    try {
      const result = await this.#step.ask(command);
      /** @type {Asking} */
      const now = {
        ...asking,
        revision: this.#panels.asking.revision + 1,
        questions: result.questions,
        score: result.score,
        error: "",
      };
      if (command.type !== "questions") now.last = "stage" in result ? result : null;
      const same = command.type === "questions" && result.questions.length === 0 && asking.questions.length === 0;
      this.#set({ asking: same ? { ...now, revision: asking.revision } : now });
    } catch (error) {
      this.#set({ asking: { ...this.#panels.asking, error: sentencesOf(error) } });
    }
  }

  // Examples, graph, files --------------------------------------------------------------------------------------------

  /**
   * Begins an example's run and looks where it is meant to be looked at.
   * @param {import("./types.js").Example} example
   * @returns {Promise<string>}  why not, or the empty string
   */
  async open({ script, look }) {
    this.#set({ opening: { look, before: this.#step.state.run?.run ?? 0 } });
    try {
      await this.#step.actions.open(script);
      this.#set({ picked: null, wrong: false });
      return "";
    } catch (error) {
      this.#set({ opening: null });
      return sentencesOf(error);
    }
  }

  /** Whether there is a run to come back to. */
  get cameFromRun() {
    return this.#step.state.earlier.length > 0;
  }

  comeBack() {
    return this.#step.actions.comeBack();
  }

  /** Goes to the micro-step an example begins at, once the update is there. @param {number} micro */
  arrive(micro) {
    this.#set({ opening: null });
    this.#step.to(micro);
  }

  /**
   * @param {string} text
   * @param {Record<string, number>} inputs
   * @returns {Promise<{graph: GraphData, error: string} | {graph: null, error: string}>}
   */
  async graph(text, inputs) {
    try {
      return { graph: await this.#step.ask({ type: "graph", text, inputs }), error: "" };
    } catch (error) {
      return { graph: null, error: sentencesOf(error) };
    }
  }

  /**
   * @param {Omit<Commands["take_away"], "type">} wish
   * @param {boolean} copy  to the clipboard, else a file
   * @returns {Promise<string>}  what happened, in words
   */
  async takeAway(wish, copy) {
    try {
      const { name, type, text } = await this.#step.ask({ type: "take_away", ...wish });
      if (copy) {
        await navigator.clipboard.writeText(text);
        return "Copied.";
      }
      download(name, new Blob([text], { type }));
      return `Saved as ${name}.`;
    } catch (error) {
      return sentencesOf(error);
    }
  }
}
