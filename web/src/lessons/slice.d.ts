/** What lessons add to what the page holds, and to the answers of commands. */

import type { TextFile, WireNumber } from "../commands.js";
import type { LessonInfo, LessonVerdict } from "../protocol.js";

/** What `/api/lessons` tells. */
export interface Course {
  name: string;
  title: string;
  about: string;
  lessons: LessonRow[];
}

export interface LessonRow {
  id: string;
  title: string;
  can: string;
  know: string[];
  /** alone, in class */
  minutes: [number, number];
  /** how many */
  cards: number;
}

export interface Problem {
  line: number;
  message: string;
  allowed: string | null;
}

/** A text that was read: its cards, where it could be. */
export interface Checked {
  problems: Problem[];
  lesson: { title: string; course: string; can: string; cards: LessonInfo[] } | null;
}

export interface LessonLook {
  courses: Course[] | null;
  /** why there are none */
  failed: string;
  page: "gallery" | "editor";
  /** on a narrow screen, where the card is a sheet over the view: whether it is up */
  up: boolean;
  /** an answer is on its way */
  answering: boolean;
  /** why the last one was refused, or the card could not be opened */
  refused: string;
  /** the text that is being written */
  draft: string;
  checked: Checked | null;
  /** it is older than the draft */
  reading: boolean;
  /** of the draft, the card that is shown */
  shown: number;
  /** changes with what the browser keeps of it */
  progress: number;
}

declare module "../types.js" {
  interface AppState {
    /** the card that is open; null: none is */
    lesson: LessonInfo | null;
    lessonLook: LessonLook;
  }
}

declare module "../channels.js" {
  interface Metas {
    lesson_task: {
      /** the card's `number` */
      number: number;
      met: boolean | null;
      /** whether it was met once */
      kept: boolean;
      /** what stands in the condition: HTML, and its value now */
      parts: { text: string; value: WireNumber }[];
    };
  }
}

declare module "../commands.js" {
  interface Results {
    lesson_answer: LessonVerdict;
    lesson_check: Checked;
    lesson_try: { problems: Problem[] };
    lesson_keep: { lesson: string; lasting: boolean };
    lesson_source: { text: string };
    lesson_receipt: TextFile;
  }
}
