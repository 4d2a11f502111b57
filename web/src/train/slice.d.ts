/** What the Train room adds to what the page holds, and to the answers of commands. */

import type { GradientReport, RateTest, TrainState } from "./types.js";

declare module "../types.js" {
  interface AppState extends TrainState {}
}

declare module "../commands.js" {
  interface Results {
    find_rate: RateTest;
    check_gradient: GradientReport;
  }
}
