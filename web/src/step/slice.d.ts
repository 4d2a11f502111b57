/** What the Step room adds to what the page holds, to the channels, and to the answers of commands. */

import type { Dissection, TextFile } from "../commands.js";
import type { Code, Factors, Judged, Questioned, Questions, SampleChain, Verification, WrongWay } from "./answers.js";
import type { Panels } from "./panels/types.js";
import type { Micro, Scope, StepState } from "./types.js";

declare module "../types.js" {
  interface AppState {
    /** the microscope */
    step: StepState;
    /** beside it */
    panels: Panels;
  }
}

declare module "../channels.js" {
  interface Metas {
    microscope: Scope;
    microstep: Micro;
  }
}

declare module "../commands.js" {
  interface Results {
    sample_chain: SampleChain;
    dissect: Dissection;
    verify: Verification;
    wrong_way: WrongWay;
    factors: Factors;
    code: Code;
    ask: Questioned;
    answer: Judged;
    reveal: Judged;
    questions: Questions;
    take_away: TextFile;
  }
}
