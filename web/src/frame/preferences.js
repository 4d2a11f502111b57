/** What a person chose of how things are drawn, kept by the browser where it lets us. */

import { ofBrowser } from "../toolkit/storage.js";

const LINEAR = "chainrule.loss-axis";
const LETTERS = "chainrule.letter-keys";

/** Whether the loss is drawn on a linear axis. */
export const initialLinear = () => ofBrowser.get(LINEAR) === "linear";

/** @param {boolean} linear */
export const rememberLinear = (linear) => ofBrowser.set(LINEAR, linear ? "linear" : "log");

/** Whether single letters are keys: whoever speaks to the machine, or hits them by mistake, turns them off (WCAG 2.1.4). */
export const initialLetters = () => ofBrowser.get(LETTERS) !== "off";

/** @param {boolean} letters */
export const rememberLetters = (letters) => ofBrowser.set(LETTERS, letters ? "on" : "off");
