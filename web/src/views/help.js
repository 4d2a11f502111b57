/** The dialog that lists the keys. */

import { h } from "../dom.js";
import { icon } from "./icons.js";

const KEYS = [
  [["Space"], "play, pause"],
  [["→", "PgDn"], "one step forward"],
  [["←", "PgUp"], "one step back"],
  [["Home"], "to the start"],
  [["End"], "to the furthest step"],
  [["Ctrl Z"], "undo; with Shift: redo"],
  [["w", "g", "u"], "edges show weights, gradients, last update"],
  [["m", "d"], "units show what they answer, δ"],
  [["e", "Del"], "edit the weight pointed at, set it to 0"],
  [["Esc"], "stop following a sample"],
  [["l"], "loss on a log or linear axis"],
  [["t"], "light or dark"],
  [["p"], "projector: larger type, settings folded away"],
  [["?"], "this list"],
];

/** @returns {{element: HTMLDialogElement, open: () => void}} */
export function helpDialog() {
  const list = h("dl", { class: "keys" });
  for (const [keys, words] of KEYS) {
    const term = h("dt");
    for (const key of keys) term.append(h("kbd", {}, key), " ");
    list.append(term, h("dd", {}, String(words)));
  }
  const close = h(
    "button",
    { class: "round", type: "button", aria: { label: "Close" }, onclick: () => element.close() },
    icon("close"),
  );
  const element = h(
    "dialog",
    { class: "help", aria: { labelledby: "help-title" } },
    h("div", { class: "help-head" }, h("h2", { id: "help-title" }, "Keys"), close),
    list,
    h("p", {}, "Point at a connection or a unit of the network to read its number; click it to change it."),
    h("p", {}, "Click a sample of the output, or choose it with the arrows and Enter, to follow it through the network."),
    h("p", {}, "Drop a CSV or TSV file anywhere to train on it."),
    h("p", {}, "Blue is positive, orange is negative, everywhere."),
  );
  // A click beside the sheet closes it, as Escape does.
  element.addEventListener("click", (event) => event.target === element && element.close());
  return { element, open: () => element.showModal() };
}
