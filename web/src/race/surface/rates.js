/** How the rates are chosen on a surface. */

import { rateChoice } from "../rates.js";

/** @param {import("./actions.js").SurfaceRaceActions} actions */
export const surfaceRates = (actions) =>
  rateChoice(actions, {
    hook: "race",
    data: "rates",
    tuned:
      "each optimizer at the best of 22 rates from 1e-6 to 10: that which arrives first and stays, else that of least loss",
    choose: (how, lr) => actions.rates(how, lr),
    of: ({ race, raceClock }) => ({ race, tuning: raceClock?.tuning ?? null }),
  });
