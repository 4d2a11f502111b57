/** The dialog that lists the keys of the room one is in. */

/** @import { AppState } from "../types.js" */

import { h } from "../toolkit/dom.js";
import { roomOf } from "./current-room.js";
import { icon } from "../toolkit/icons.js";

/** @type {[string[], string][]} */
const EVERYWHERE = [
  [["t"], "light or dark"],
  [["p"], "projector: larger type, settings folded away"],
  [["y"], "back to your run, after a link was opened in its tab"],
  [["?"], "this list"],
];

/**
 * @param {import("./current-room.js").NamedRoom[]} rooms
 * @param {() => AppState} state
 * @returns {{element: HTMLDialogElement, open: () => void}}
 */
export function helpDialog(rooms, state) {
  const list = h("dl", { class: "keys" });
  const words = h("div");
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
    words,
    h("p", {}, "Blue is positive, orange is negative, everywhere."),
  );
  // A click beside the sheet closes it, as Escape does.
  element.addEventListener("click", (event) => event.target === element && element.close());
  const open = () => {
    const { help } = roomOf(rooms, state());
    list.replaceChildren(...[...help.keys, ...EVERYWHERE].flatMap(([keys, meaning]) => [term(keys), h("dd", {}, meaning)]));
    words.replaceChildren(...help.words.map((each) => h("p", {}, each)));
    element.showModal();
  };
  return { element, open };
}

/** @param {string[]} keys */
function term(keys) {
  return h("dt", {}, ...keys.flatMap((key) => [h("kbd", {}, key), " "]));
}
