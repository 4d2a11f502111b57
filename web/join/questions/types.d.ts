/** What each kind of question is to the vote that asks it. Types only. */

import type { Answer, Follow, Question } from "../types.js";

/** Where a kind puts its answer, as often as it changes; null: there is none yet. */
export type Put = (answer: Answer | null) => void;

export interface Asked {
  element: HTMLElement;
  /** an answer that was given before, as after a reload; null: none, or "I don't know" */
  show: (answer: Answer | null) => void;
  /** what is touched is the answer at once: no button locks it in */
  direct: boolean;
}

export type Kind = (question: Question, put: Put, frame: Follow | null) => Asked;
