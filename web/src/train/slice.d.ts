/** What the Train room adds to what the page holds, and to the answers of commands. */

import type { Answered, GradientReport, RateTest, Sketch, TrainState } from "./types.js";

declare module "../types.js" {
  interface AppState extends TrainState {}
}

declare module "../commands.js" {
  interface Results {
    find_rate: RateTest;
    check_gradient: GradientReport;
    predict: Answered;
    sketch: Sketch;
  }
}
