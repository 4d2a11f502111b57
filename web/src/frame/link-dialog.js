/** A link to copy by hand where the browser does not let the page do it, or why there is none. */

import { h } from "../toolkit/dom.js";
import { icon } from "../toolkit/icons.js";

/** What is said of a run that has no link. @param {string} why */
export function withoutLink(why) {
  return `This run is too long for a link, and the server does not keep it: ${why}. As a file it opens everywhere, by “Open a file” under Experiments.`;
}

/**
 * @param {() => Promise<unknown>} save  the run as a file
 * @returns {{element: HTMLDialogElement, show: import("../types.js").Host["showLink"]}}
 */
export function linkDialog(save) {
  const field = h("input", {
    type: "text",
    readonly: true,
    class: "line-field",
    aria: { label: "Link" },
    data: { testid: "link" },
  });
  const words = h("p");
  const file = h(
    "button",
    { type: "button", class: "primary-button", onclick: () => save().then(() => element.close()) },
    "Save as a file",
  );
  const close = h(
    "button",
    { class: "round small", type: "button", aria: { label: "Close" }, onclick: () => element.close() },
    icon("close"),
  );
  const element = h(
    "dialog",
    { class: "help link-sheet", aria: { labelledby: "link-title" }, data: { testid: "link-dialog" } },
    h("div", { class: "help-head" }, h("h2", { id: "link-title" }, "Share link"), close),
    words,
    field,
    h("div", { class: "sheet-buttons" }, file),
  );
  element.addEventListener("click", (event) => event.target === element && element.close());
  return {
    element,
    show({ url, note, why = "The browser did not let the page copy it." }) {
      field.hidden = url === null;
      file.hidden = url !== null;
      field.value = url ?? "";
      words.textContent = url === null ? withoutLink(note) : [why, "Copy it here.", note].filter(Boolean).join(" ");
      element.showModal();
      if (url !== null) field.select();
    },
  };
}
