/** What each kind of question is to the card that asks it. Types only. */

import type { LessonQuestion, LessonVerdict } from "../../protocol.js";
import type { AppState } from "../../types.js";

export type Answer = number | number[];

/** Where a kind puts its answer, as often as it changes; null: there is none yet. */
export type Put = (answer: Answer | null) => void;

export interface Asked {
  element: HTMLElement;
  /** with every painting, for what lies over a picture of the room */
  update?: (state: AppState) => void;
  /** the answer is judged: what was measured is laid beside it, and nothing can be changed any more */
  reveal: (verdict: LessonVerdict) => void;
  /** the card is left: what lies over a picture goes */
  gone?: () => void;
}

export type Kind = (question: LessonQuestion, put: Put) => Asked;
