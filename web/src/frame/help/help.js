/** The dialog that lists the keys of the room one is in, and leads to what the documents say. */

/** @import { AppState, Aside } from "../../types.js" */

import { at } from "../../toolkit/address.js";
import { h } from "../../toolkit/dom.js";
import { coverageIndex } from "./coverage.js";
import { roomOf } from "../current-room.js";
import { icon } from "../../toolkit/icons.js";

/** @type {[string[], string][]} */
const EVERYWHERE = [
  [["t"], "light or dark"],
  [["p"], "present: larger picture and type, settings in a drawer"],
  [["k", "j", "⌫"], "while presenting: spotlight, pen, clear the drawing"],
  [["y"], "back to your run, after a link was opened in its tab"],
  [["?"], "this list, and where each topic is shown"],
];

/**
 * @param {import("../current-room.js").NamedRoom[]} rooms
 * @param {Aside[]} asides  what is on the page in every room
 * @param {import("../../run/actions.js").RunActions} actions
 * @param {() => AppState} state
 * @returns {{element: HTMLDialogElement, open: () => void}}
 */
export function helpDialog(rooms, asides, actions, state) {
  const list = h("dl", { class: "keys" });
  const words = h("div");
  const close = h(
    "button",
    { class: "round", type: "button", aria: { label: "Close" }, onclick: () => element.close() },
    icon("close"),
  );
  const letters = h("input", {
    type: "checkbox",
    data: { testid: "letter-keys" },
    onchange: () => actions.useLetters(letters.checked),
  });
  const guide = h(
    "a",
    {
      href: at("guide"),
      target: "_blank",
      rel: "noopener",
      title: "A first lesson, teaching with it, how each number is checked, accessibility, privacy",
      data: { testid: "guide" },
    },
    "Guide",
  );
  const index = coverageIndex(() => element.close());
  const element = h(
    "dialog",
    { class: "help help-wide", aria: { labelledby: "help-title" } },
    h("div", { class: "help-head" }, h("h2", { id: "help-title" }, "Keys, and where things are shown"), guide, close),
    h(
      "div",
      { class: "help-keys" },
      list,
      h("label", { class: "check" }, letters, "Single letters are keys (off: only Space, arrows, Escape and the like are)"),
      words,
      h("p", {}, "Blue is positive, orange is negative, everywhere."),
    ),
    index.element,
  );
  // A click beside the sheet closes it, as Escape does.
  element.addEventListener("click", (event) => event.target === element && element.close());
  const open = () => {
    const { help } = roomOf(rooms, state());
    const others = asides.flatMap((aside) => aside.help ?? []);
    const keys = [...help.keys, ...others.flatMap((each) => each.keys), ...EVERYWHERE];
    list.replaceChildren(...keys.flatMap(([names, meaning]) => [term(names), h("dd", {}, meaning)]));
    letters.checked = state().letters;
    words.replaceChildren(...[...help.words, ...others.flatMap((each) => each.words)].map((each) => h("p", {}, each)));
    void index.load();
    element.showModal();
    close.focus(); // not by `autofocus`, which browsers refuse in a frame of another origin
  };
  return { element, open };
}

/** @param {string[]} keys */
function term(keys) {
  return h("dt", {}, ...keys.flatMap((key) => [h("kbd", {}, key), " "]));
}
