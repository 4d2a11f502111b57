/** What following a teacher's page adds to what the page holds. */

export interface Following {
  /** the class whose page this is; null: one's own */
  code: string | null;
  status: "" | "live" | "voting" | "away" | "ended" | "removed";
  /** how the teacher's page looks at what it is shown */
  look: Record<string, unknown> | null;
  /** why there is no screen of one's own now */
  refused: string;
  /** of the teacher's page: whether anybody sees it as it is */
  seen: boolean;
}

declare module "../types.js" {
  interface AppState {
    follow: Following;
  }
}
