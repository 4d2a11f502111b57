/** What a person chose of how things are drawn, kept by the browser where it lets us. */

import { ofBrowser } from "../toolkit/storage.js";

const LINEAR = "chainrule.loss-axis";

/** Whether the loss is drawn on a linear axis. */
export const initialLinear = () => ofBrowser.get(LINEAR) === "linear";

/** @param {boolean} linear */
export const rememberLinear = (linear) => ofBrowser.set(LINEAR, linear ? "linear" : "log");
