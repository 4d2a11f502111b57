/** What is pressed on the teacher's phone: large, and what was refused is said beside it. */

/** @import { Command } from "../../src/class/wall/types.js" */

import { refusedWords } from "../../src/class/wall/refused.js";
import { h, setText } from "../../src/toolkit/dom.js";

/** Milliseconds within which a second press means it. */
const SURE = 4000;

/**
 * @typedef {object} Controls
 * @property {Command} command
 * @property {(answer: Promise<unknown>) => Promise<boolean>} told  says why where it is refused; whether it was not
 * @property {HTMLElement} status
 */

/** @param {Command} command @returns {Controls} */
export function controlsOf(command) {
  const status = h("p", { class: "remote-status", role: "status", data: { testid: "remote-status" } });
  return {
    command,
    status,
    async told(answer) {
      try {
        await answer;
        setText(status, "");
        return true;
      } catch (error) {
        setText(status, refusedWords(error));
        return false;
      }
    },
  };
}

/**
 * A button that says one command.
 * @param {Controls} controls
 * @param {string} words
 * @param {string} type
 * @param {() => Record<string, unknown>} [fields]
 * @param {{kind?: string, sure?: string, hook?: string}} [how]  `sure`: what it says after the first press, which does nothing yet
 */
export function press(controls, words, type, fields = () => ({}), { kind = "", sure = "", hook = type } = {}) {
  let asked = 0;
  const button = h(
    "button",
    { type: "button", class: `remote-button ${kind}`.trim(), data: { testid: `remote-${hook.replaceAll("_", "-")}` } },
    words,
  );
  button.addEventListener("click", async () => {
    if (sure && Date.now() - asked > SURE) {
      asked = Date.now();
      setText(button, sure);
      setTimeout(() => setText(button, words), SURE);
      return;
    }
    asked = 0;
    if (sure) setText(button, words);
    button.disabled = true;
    await controls.told(controls.command(type, fields()));
    button.disabled = false;
  });
  return button;
}

/**
 * A switch as a button that stays pressed.
 * @param {Controls} controls
 * @param {string} words
 * @param {string} type
 * @param {(on: boolean) => Record<string, unknown>} [fields]
 */
export function toggle(controls, words, type, fields = (on) => ({ on })) {
  const button = press(controls, words, type, () => fields(button.getAttribute("aria-pressed") !== "true"));
  button.classList.add("remote-toggle");
  button.setAttribute("aria-pressed", "false");
  return button;
}

/** @param {string} title @param {string} hook @param {...(Node | string | false)} children */
export const block = (title, hook, ...children) =>
  h(
    "section",
    { class: "remote-block", aria: { label: title }, data: { testid: `remote-${hook}` } },
    h("h2", {}, title),
    ...children,
  );
