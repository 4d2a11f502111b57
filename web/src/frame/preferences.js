/** What a person chose of how things are drawn, kept by the browser where it lets us. */

const LINEAR = "chainrule.loss-axis";

/** Whether the loss is drawn on a linear axis. */
export function initialLinear() {
  try {
    return localStorage.getItem(LINEAR) === "linear";
  } catch {
    return false; // storage may be forbidden
  }
}

/** @param {boolean} linear */
export function rememberLinear(linear) {
  try {
    localStorage.setItem(LINEAR, linear ? "linear" : "log");
  } catch {
    // it lasts as long as the page then
  }
}
