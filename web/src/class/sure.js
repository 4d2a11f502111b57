/** A button whose work cannot be taken back: pressed once it says what it would do, pressed again it does it. */

import { h, setText } from "../toolkit/dom.js";

/** Milliseconds after which nobody is about to press again. */
const LONG = 6000;

/**
 * @param {string} label
 * @param {string} sure  what it says before it does it
 * @param {string} hook
 * @param {() => unknown} act
 */
export function sureButton(label, sure, hook, act) {
  let timer = 0;
  const rest = () => {
    clearTimeout(timer);
    delete button.dataset.sure;
    setText(button, label);
  };
  const button = h(
    "button",
    {
      type: "button",
      class: "quiet-button class-sure",
      data: { testid: hook },
      onclick: () => {
        if (button.dataset.sure) {
          rest();
          act();
          return;
        }
        button.dataset.sure = "true";
        setText(button, sure);
        timer = window.setTimeout(rest, LONG);
      },
      onblur: rest,
    },
    label,
  );
  return button;
}
