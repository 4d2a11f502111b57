/** A teacher's link: what a class sees of the run, what it can change, how the page opens. */

/** @import { AppState } from "../../types.js" */
/** @import { Choice, LinkPart } from "./parts.js" */

import { withoutLink } from "../../frame/link-dialog.js";
import { roomKinds } from "../../registry.js";
import { h, setText } from "../../toolkit/dom.js";
import { icon } from "../../toolkit/icons.js";
import { readFragment } from "../../url.js";
import { messageOf } from "../../wire/refusals.js";
import { PARTS, choiceFor, inWords, restricted } from "./parts.js";

const CHOICES = /** @type {const} */ (["shown", "locked", "hidden"]);
const THEMES = [
  { value: "", label: "as the student has it" },
  { value: "light", label: "light" },
  { value: "dark", label: "dark" },
];

/**
 * @param {import("../../run/sharing.js").Sharing} sharing
 * @param {() => AppState} now
 * @returns {{element: HTMLDialogElement, open: () => void}}
 */
export function classLinkDialog(sharing, now) {
  /** What the page's own link leaves out is what the next one begins with. */
  const here = readFragment();
  /** @type {Map<string, Choice>} */
  const choices = new Map();
  for (const { name } of PARTS) {
    if (here.hide.includes(name)) choices.set(name, "hidden");
    else if (here.lock.includes(name)) choices.set(name, "locked");
  }
  /** The link to the run with nothing left out; null where there is none. @type {string | null} */
  let base = null;
  /** The newest time that one was asked for. */
  let wish = 0;

  const close = () => element.close();
  const cross = h("button", { type: "button", class: "round small", aria: { label: "Close" }, onclick: close }, icon("close"));
  const rows = PARTS.map((part) => partRow(part, choices, changed));
  const table = h(
    "table",
    { class: "class-parts" },
    h(
      "thead",
      {},
      h("tr", {}, h("th", { scope: "col" }, "Students find"), ...CHOICES.map((choice) => h("th", { scope: "col" }, choice))),
    ),
    h("tbody", {}, ...rows.map((row) => row.element)),
  );
  const rooms = roomKinds().filter(({ within }) => within === undefined);
  const view = chooser(
    "Opens in",
    rooms.map(({ name, title }, i) => ({ value: i === 0 ? "" : name, label: title })),
    changed,
  );
  const theme = chooser("Theme", THEMES, changed);
  const present = h("input", { type: "checkbox", class: "switch", role: "switch", name: "class-present", onchange: changed });
  const all = h("button", { type: "button", class: "quiet-button", onclick: showAll }, "Show everything");
  const words = h("p", { class: "small", role: "status", data: { testid: "class-words" } });
  const field = h("input", {
    type: "text",
    readonly: true,
    class: "line-field",
    aria: { label: "Link for a class" },
    data: { testid: "class-url" },
  });
  const note = h("p", { class: "small", role: "status", data: { testid: "class-note" } });
  const trouble = h("p", { class: "sheet-error", role: "alert", hidden: true, data: { testid: "class-error" } });
  const copy = h(
    "button",
    { type: "button", class: "primary-button", data: { testid: "class-copy" }, onclick: copied },
    "Copy",
  );
  const attempt = h("a", { class: "quiet-button", target: "_blank", rel: "noopener", data: { testid: "class-try" } }, "Try it");
  const again = h("button", { type: "button", class: "quiet-button", onclick: ask }, "try again");
  const file = h(
    "button",
    { type: "button", class: "quiet-button", onclick: () => sharing.exportFile("script").then(close) },
    "Save as a file",
  );
  const element = h(
    "dialog",
    { class: "sheet class-sheet", aria: { labelledby: "class-title" }, data: { testid: "class-dialog" } },
    h("div", { class: "sheet-head" }, h("h2", { id: "class-title" }, "Link for a class"), cross),
    h(
      "div",
      { class: "class-options" },
      view.element,
      theme.element,
      h("label", { class: "class-option" }, h("span", {}, "Present"), present),
      all,
    ),
    h("div", { class: "sheet-body", tabindex: 0, role: "group", aria: { label: "What students find" } }, table),
    h(
      "div",
      { class: "class-result" },
      words,
      h("div", { class: "class-link-row" }, field, copy, attempt),
      trouble,
      note,
      h("div", { class: "sheet-buttons" }, again, file),
    ),
  );
  element.addEventListener("click", (event) => event.target === element && close());
  view.select.value = rooms.findIndex(({ name }) => name === here.view) > 0 ? (here.view ?? "") : "";
  theme.select.value = here.theme ?? "";
  present.checked = here.projector;

  return {
    element,
    open() {
      element.showModal();
      ask();
    },
  };

  /** The link to the run as it stands now. */
  async function ask() {
    wish += 1;
    const mine = wish;
    base = null;
    show("", "Making the link …");
    const { run, connection } = now();
    if (!run || connection.status !== "open") {
      return show("There is no run to link to: the page is not connected.", "", true);
    }
    try {
      const found = await sharing.link();
      if (mine !== wish) return;
      base = found.url;
      if (base === null) show(withoutLink(found.note), "", true, true);
      else show("", found.note);
    } catch (error) {
      if (mine === wish) show(`The link could not be made: ${messageOf(error)}`, "", true);
    }
  }

  /** @param {string} problem @param {string} remark @param {boolean} [retry] @param {boolean} [kept]  as a file instead */
  function show(problem, remark, retry = false, kept = false) {
    trouble.hidden = problem === "";
    setText(trouble, problem);
    setText(note, remark);
    again.hidden = !retry;
    file.hidden = !kept;
    changed();
  }

  function showAll() {
    choices.clear();
    changed();
  }

  function changed() {
    for (const row of rows) row.update();
    setText(words, inWords(choices));
    const wanted = { choices, view: view.select.value || null, projector: present.checked, theme: theme.select.value };
    const url = base === null ? "" : restricted(base, wanted);
    if (field.value !== url) field.value = url;
    copy.disabled = url === "";
    attempt.hidden = url === "";
    attempt.href = url;
  }

  async function copied() {
    try {
      await navigator.clipboard.writeText(field.value);
      setText(note, "The link is copied.");
    } catch {
      field.select();
      setText(note, "The browser did not let the page copy it. Copy it from the field.");
    }
  }
}

/**
 * A part and its three choices; what lies in a hidden part has none.
 * @param {LinkPart} part
 * @param {Map<string, Choice>} choices
 * @param {() => void} changed
 */
function partRow(part, choices, changed) {
  const { name, title, within, seen } = part;
  const inputs = CHOICES.filter((choice) => !seen || choice !== "hidden").map((choice) => ({
    choice,
    input: h("input", {
      type: "radio",
      name: `class-${name}`,
      value: choice,
      aria: { label: `${title}: ${choice}` },
      onchange: () => {
        choices.set(name, choice);
        changed();
      },
    }),
  }));
  const cells = CHOICES.map((choice) => h("td", {}, inputs.find((each) => each.choice === choice)?.input));
  return {
    element: h(
      "tr",
      { data: { link: name }, class: within === undefined ? "whole" : "within" },
      h("th", { scope: "row" }, title),
      ...cells,
    ),
    update() {
      const chosen = choiceFor(part, choices);
      const around = within === undefined ? "shown" : (choices.get(within) ?? "shown");
      for (const { choice, input } of inputs) {
        input.checked = choice === chosen;
        // Less than what holds for all of it is no choice.
        input.disabled = around === "hidden" || (around === "locked" && choice === "shown");
      }
    },
  };
}

/** @param {string} label @param {{value: string, label: string}[]} options @param {() => void} changed */
function chooser(label, options, changed) {
  const select = h(
    "select",
    { onchange: changed, aria: { label } },
    ...options.map((option) => h("option", { value: option.value }, option.label)),
  );
  return { select, element: h("label", { class: "class-option" }, h("span", {}, label), select) };
}
