/** To take away: the micro-step as LaTeX, the whole update as a page that prints, or as JSON. */

import { h, setText } from "../../toolkit/dom.js";
import { chosenEntry, lookedAt } from "../panels/looked.js";
import { stepSheet } from "../../shared/sheet.js";

/**
 * @param {import("../panels/actions.js").PanelActions} actions
 * @param {() => import("../../types.js").AppState} stateNow
 * @param {() => void} embed
 */
export function takeAwayDialog(actions, stateNow, embed) {
  const said = h("p", { class: "small", role: "status", data: { testid: "taken" } });
  const line = (/** @type {string} */ title, /** @type {string} */ words, /** @type {HTMLElement[]} */ ...buttons) =>
    h(
      "div",
      { class: "example" },
      h("div", {}, h("h3", {}, title), h("p", { class: "small" }, words)),
      h("div", { class: "panel-buttons" }, ...buttons),
    );
  const button = (
    /** @type {string} */ hook,
    /** @type {string} */ words,
    /** @type {import("../../protocol.js").TakeAway["format"]} */ format,
    /** @type {boolean} */ copy,
  ) => h("button", { type: "button", class: "quiet-button", data: { testid: hook }, onclick: () => take(format, copy) }, words);
  const sheet = stepSheet(
    "take",
    "Take it away",
    line(
      "This micro-step as LaTeX",
      "Its rule, its matrices as the sample has them, and the chosen entry written out.",
      button("take-copy", "copy", "latex", true),
      button("take-latex", "save", "latex", false),
    ),
    line(
      "The whole update as a page",
      "Every micro-step with its numbers, in one HTML file that prints and needs nothing else.",
      button("take-sheet", "save", "sheet", false),
    ),
    line(
      "The whole update as a replay",
      "One HTML file that plays its micro-steps by itself: words, rule, matrices, the sum written out, the network.",
      button("take-replay", "save", "replay", false),
    ),
    line("The whole update as JSON", "Every array of it, for a notebook.", button("take-json", "save", "json", false)),
    line(
      "In a page of your own",
      "This room as a frame: the code for a course page or for slides.",
      h("button", { type: "button", class: "quiet-button", data: { testid: "take-embed" }, onclick: embedded }, "embed …"),
    ),
    h("p", { class: "small" }, "Numbers that are asked for stay hidden there too."),
    said,
  );
  return sheet;

  function embedded() {
    sheet.close();
    embed();
  }

  /** @param {import("../../protocol.js").TakeAway["format"]} format @param {boolean} copy */
  async function take(format, copy) {
    const state = stateNow();
    const at = lookedAt(state);
    if (!at) return setText(said, "There is no micro-step yet.");
    const entry = chosenEntry(state);
    setText(said, "Writing …");
    /** @type {Omit<import("../../commands.js").Commands["take_away"], "type">} */
    const wish = {
      format,
      micro: at.micro,
      row: entry?.row ?? 0,
      column: entry?.column ?? 0,
      sample: at.sample_column,
      notation: at.notation,
      ...(format === "replay" ? { theme: state.theme, link: await actions.linkHere() } : {}),
    };
    setText(said, await actions.takeAway(wish, copy));
  }
}
