/** What the pictures of a reveal are given. Types only. */

import type { Answer, Round } from "../types.js";

export interface Told {
  round: Round;
  /** one's own answer in it; null: I don't know; absent: none */
  own: Answer | null | undefined;
  name: string;
}
