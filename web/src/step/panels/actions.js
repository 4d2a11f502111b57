/** What the panels ask of the server and what a person does in them. The store holds what came, in its field `panels`. */

/** @import { AppState } from "../../types.js" */
/** @import { Commands, Sent } from "../../commands.js" */
/** @import { Answer } from "../../shared/answer.js" */
/** @import { Asking, PanelCommands, PanelName, PanelResult, Panels, Picked } from "./types.js" */

import { download } from "../../toolkit/files.js";
import { answerOf } from "../../shared/answer.js";
import { writeExpression } from "../../shared/expression-link.js";
import { NewestAnswers } from "../../wire/newest.js";
import { writeFragment } from "../../url.js";
import { reasonOf, sentencesOf } from "../../wire/refusals.js";
import { EXAMPLE_OPENED, exampleHere, loadExamples } from "../example-link.js";
import { scopeOf } from "../state.js";
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
    this.linkHere = step.linkHere;
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

  /** @param {Panels["library"]} library  whose listing is shown */
  showCode(library) {
    this.#set({ library });
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
    return this.#answer(state, name, command, ask, (now) => this.#point(now));
  }

  /** The update as code: asked once for all updates that are made alike. @param {AppState} state */
  code(state) {
    return this.#answer(state, "code", { type: "code" }, true, (now) => {
      const [point, scope] = [this.#point(now), scopeOf(now)];
      return point && scope && [point[0], now.attachments, scope.code, now.panels.asking.revision];
    });
  }

  /**
   * @template {PanelName} N
   * @param {AppState} state
   * @param {N} name
   * @param {Commands[PanelCommands[N]]} command
   * @param {boolean} ask
   * @param {(state: AppState) => unknown[] | null} pointOf  what the answer depends on; null while the run moves
   * @returns {Answer<PanelResult<N>> | null}
   */
  #answer(state, name, command, ask, pointOf) {
    const point = pointOf(state);
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
    if (!this.#newest.isAsked(name, key)) this.#ask(name, command, key, known?.key.startsWith(here) ? STAYED : 0, pointOf);
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

  /**
   * @param {PanelName} name
   * @param {Sent} command
   * @param {string} key
   * @param {number} wait  milliseconds
   * @param {(state: AppState) => unknown[] | null} pointOf
   */
  #ask(name, command, key, wait, pointOf) {
    const told = (/** @type {Answer<unknown>} */ answer) => {
      // Where the run has moved meanwhile, it may speak of the other point.
      const here = JSON.stringify(pointOf(this.#step.state));
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
      if (command.type !== "questions")
        now.last = "stage" in result ? { ...result, revealed: command.type === "reveal" } : null;
      const same = command.type === "questions" && result.questions.length === 0 && asking.questions.length === 0;
      this.#set({ asking: same ? { ...now, revision: asking.revision } : now });
    } catch (error) {
      this.#set({ asking: { ...this.#panels.asking, error: sentencesOf(error) } });
    }
  }

  // Examples, expressions, files --------------------------------------------------------------------------------------

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

  /** Opens the example that the address names, in the session that is attached now. */
  async openLinked() {
    const name = exampleHere();
    try {
      const { presets } = await loadExamples();
      const example = presets.find((each) => each.name === name);
      if (!example) throw new Error("there is none of that name");
      this.#set({ opening: { look: example.look, before: this.#step.state.run?.run ?? 0 } });
      await this.#step.ask({ type: "load", script: example.script });
    } catch (error) {
      this.#set({ opening: null });
      this.#step.complain(`The example of this link cannot be opened: ${reasonOf(error)}.`);
    }
    writeFragment(EXAMPLE_OPENED);
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

  /** Opens an expression in the room that draws it. @param {import("../../shared/expression-link.js").Expression} expression */
  openExpression(expression) {
    writeExpression(expression);
    this.#step.actions.enter("graph");
  }

  /** To the clipboard. @param {string} text @returns {Promise<string>}  what happened, in words */
  async copy(text) {
    try {
      await navigator.clipboard.writeText(text);
      return "Copied.";
    } catch (error) {
      return sentencesOf(error);
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
      if (copy) return await this.copy(text);
      download(name, new Blob([text], { type }));
      return `Saved as ${name}.`;
    } catch (error) {
      return sentencesOf(error);
    }
  }
}
