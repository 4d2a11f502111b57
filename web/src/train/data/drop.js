/** A file dropped anywhere on the page is offered as a table; while one is dragged the page says so. */

import { h } from "../../toolkit/dom.js";

/**
 * @param {import("../actions.js").TrainActions} actions
 * @returns {HTMLElement}
 */
export function dropPlace(actions) {
  const element = h(
    "div",
    { class: "drop", hidden: true, aria: { hidden: true } },
    h("p", {}, "Drop a table (CSV, TSV, Excel) to train on it"),
  );
  const picker = h("input", {
    type: "file",
    accept: ".csv,.tsv,.tab,.txt,.dat,.data,.gz,.xlsx,text/csv,text/tab-separated-values",
    class: "sr-only",
    tabindex: -1,
    aria: { hidden: true },
    data: { testid: "table-file" },
  });
  picker.addEventListener("change", () => {
    const file = picker.files?.[0];
    picker.value = ""; // so that the same file can be chosen again
    if (file) actions.offerTable(file);
  });
  actions.pickTable = () => picker.click();
  const holdsFiles = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes("Files") ?? false;
  // A link may hide or lock the settings of the data; then nothing can be dropped either.
  const locked = () => document.querySelector('[data-part="data"]:is([hidden], [inert])') !== null;
  let depth = 0; // a drag enters and leaves every element it passes
  const over = (/** @type {number} */ change) => {
    depth = change === 0 ? 0 : Math.max(0, depth + change);
    element.hidden = depth === 0 || locked();
  };
  addEventListener("dragenter", (event) => holdsFiles(event) && over(1));
  addEventListener("dragleave", (event) => holdsFiles(event) && over(-1));
  addEventListener("dragover", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault(); // else the browser opens the file in place of the page
    if (event.dataTransfer) event.dataTransfer.dropEffect = locked() ? "none" : "copy";
  });
  addEventListener("drop", (event) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    over(0);
    const file = event.dataTransfer?.files[0];
    if (file && !locked()) actions.offerTable(file);
  });
  return h("div", {}, element, picker);
}
