/** What a learner's own session in a class adds to what the page holds. */

import type { RoomPartInfo } from "../../protocol.js";

export type PartInfo = RoomPartInfo;

export interface OwnScreen {
  /** of the class that the address names; null: none */
  code: string | null;
  part: PartInfo | null;
  /** why it takes no part in the class */
  refused: string;
  /** why the switch was not taken */
  unoffered: string;
}

declare module "../../types.js" {
  interface AppState {
    own: OwnScreen;
  }
}
