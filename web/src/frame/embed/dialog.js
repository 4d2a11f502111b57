/** Embed: what is shown, as a frame for another page: the code to paste, and whether this server may be framed at all. */

/** @import { Place } from "./place.js" */

import { h, setText } from "../../toolkit/dom.js";
import { icon } from "../../toolkit/icons.js";
import { messageOf } from "../../wire/refusals.js";
import { withoutLink } from "../link-dialog.js";
import { frameCode } from "./code.js";
import { mayBeFramed } from "./may.js";
import { embedAddress } from "./place.js";
import { sizeChoice } from "./size.js";

const THEMES = [
  ["", "as the reader has it"],
  ["light", "light"],
  ["dark", "dark"],
];

/**
 * @param {() => Promise<Place>} place
 * @returns {{element: HTMLDialogElement, open: () => void}}
 */
export function embedDialog(place) {
  /** @type {Place | null} */
  let found = null;
  /** The newest time that it was opened. */
  let wish = 0;
  const size = sizeChoice(changed);
  const theme = h(
    "select",
    { onchange: changed, data: { testid: "embed-theme" } },
    ...THEMES.map(([value, words]) => h("option", { value }, words)),
  );
  const title = h("input", {
    type: "text",
    class: "line-field",
    maxlength: 120,
    autocomplete: "off",
    oninput: changed,
    data: { testid: "embed-title" },
  });
  const code = h("textarea", {
    readonly: true,
    rows: 5,
    spellcheck: "false",
    class: "embed-code",
    aria: { label: "Code of the frame" },
    data: { testid: "embed-code" },
  });
  const may = h("p", { class: "small embed-may", role: "status", data: { testid: "embed-may" } });
  const note = h("p", { class: "small", role: "status", data: { testid: "embed-note" } });
  const trouble = h("p", { class: "sheet-error", role: "alert", hidden: true, data: { testid: "embed-error" } });
  const copy = h(
    "button",
    { type: "button", class: "primary-button", data: { testid: "embed-copy" }, onclick: copied },
    "Copy",
  );
  const look = h(
    "button",
    { type: "button", class: "quiet-button", data: { testid: "embed-look" }, onclick: looked },
    "See it in this size",
  );
  const again = h("button", { type: "button", class: "quiet-button", hidden: true, onclick: () => void ask() }, "try again");
  const cross = h(
    "button",
    { type: "button", class: "round small", aria: { label: "Close" }, onclick: () => element.close() },
    icon("close"),
  );
  const option = (/** @type {string} */ words, /** @type {Node} */ field) =>
    h("label", { class: "class-option" }, h("span", {}, words), field);
  const element = h(
    "dialog",
    { class: "sheet embed-sheet", aria: { labelledby: "embed-heading" }, data: { testid: "embed-dialog" } },
    h("div", { class: "sheet-head" }, h("h2", { id: "embed-heading" }, "Embed"), cross),
    h(
      "div",
      { class: "sheet-body" },
      may,
      h("div", { class: "embed-options" }, size.element, option("Theme", theme)),
      option("Title", title),
      code,
      h(
        "p",
        { class: "small" },
        "The title is read aloud. The sandbox leaves the frame its scripts and its line to this server; “allow” lets it copy links.",
      ),
      trouble,
      note,
    ),
    h("div", { class: "sheet-foot" }, again, h("div", { class: "sheet-buttons" }, look, copy)),
  );
  element.addEventListener("click", (event) => event.target === element && element.close());
  return {
    element,
    open() {
      if (!element.open) element.showModal();
      void ask();
    },
  };

  async function ask() {
    wish += 1;
    const mine = wish;
    found = null;
    show("", "Making the code …");
    setText(may, "");
    mayBeFramed().then((words) => mine === wish && setText(may, words));
    try {
      const now = await place();
      if (mine !== wish) return;
      found = now;
      title.value = now.title;
      if (now.embed === null) show("Only Train, Step, Race and Lessons can be embedded.", "");
      else if (now.url === null) show(withoutLink(now.note), "");
      else show("", now.note);
    } catch (error) {
      if (mine === wish) show(`The code could not be made: ${messageOf(error)}`, "", true);
    }
  }

  /** @param {string} problem @param {string} remark @param {boolean} [retry] */
  function show(problem, remark, retry = false) {
    trouble.hidden = problem === "";
    setText(trouble, problem);
    setText(note, remark);
    again.hidden = !retry;
    changed();
  }

  function address() {
    return found?.url && found.embed ? embedAddress(found.url, found.embed, theme.value) : null;
  }

  function changed() {
    const [url, wanted] = [address(), size.value()];
    const text = url && wanted ? frameCode({ url, title: title.value.trim() || "chainrule", ...wanted }) : "";
    if (code.value !== text) code.value = text;
    copy.disabled = look.disabled = text === "";
  }

  async function copied() {
    try {
      await navigator.clipboard.writeText(code.value);
      setText(note, "The code is copied.");
    } catch {
      code.select();
      setText(note, "The browser did not let the page copy it. Copy it from the field.");
    }
  }

  /** The embed alone, in a window of its size: that shows it where no page may frame it, too. */
  function looked() {
    const [url, wanted] = [address(), size.value()];
    if (!url || !wanted) return;
    const width = wanted.width.endsWith("%") ? 960 : wanted.width;
    window.open(url, "_blank", `popup,noopener,width=${width},height=${wanted.height}`);
  }
}
