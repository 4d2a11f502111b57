/** The update as a listing, in NumPy or PyTorch: the line of the micro-step that is looked at is lit, and what its names are. */

/** @import { AppState, View } from "../../types.js" */
/** @import { Code, CodeLine } from "../answers.js" */
/** @import { Panels } from "./types.js" */

import { h, memo, setAttribute, setText } from "../../toolkit/dom.js";
import { shell } from "../../shared/shell.js";
import { arraySpot, lights, listen } from "../micro/spots.js";
import { seenOf } from "../state.js";

/** @type {{library: Panels["library"], title: string}[]} */
const LIBRARIES = [
  { library: "numpy", title: "NumPy" },
  { library: "torch", title: "PyTorch" },
];

/**
 * @typedef {object} Row  a line on the page
 * @property {HTMLElement} element  a button where the line is of a micro-step
 * @property {number[]} steps
 * @property {{element: HTMLElement, array: string}[]} names
 */

/**
 * @param {import("./actions.js").PanelActions} actions
 * @param {import("../actions.js").StepActions} step
 * @returns {View}
 */
export function codeView(actions, step) {
  /** @type {Record<Panels["library"], Row[]>} */
  let rows = { numpy: [], torch: [] };
  /** @type {Code | null} */
  let drawn = null;
  const lit = lights();
  const [listingChanged, stepChanged, spotChanged] = [memo(), memo(), memo()];
  const choices = LIBRARIES.map(({ library, title }) =>
    h(
      "button",
      {
        type: "button",
        role: "radio",
        class: "depth",
        aria: { checked: false },
        data: { library },
        onclick: () => actions.showCode(library),
      },
      title,
    ),
  );
  const said = h("span", { class: "small", role: "status", data: { testid: "code-said" } });
  const copy = h("button", { type: "button", class: "quiet-button", data: { testid: "code-copy" }, onclick: take }, "copy");
  const box = h("div", { class: "code-box", role: "group", aria: { label: "Listing" }, data: { testid: "code-lines" } });
  const view = shell("code", { empty: "There is no update yet.", retry: () => actions.retry("code") }, draw);
  listen(box, step);
  box.addEventListener("click", (event) => {
    const row = shown().find(({ element }) => element === /** @type {Element} */ (event.target).closest(".code-line"));
    if (row && row.steps.length > 0 && !String(getSelection() ?? "")) actions.goTo(row.steps[0]);
  });
  box.addEventListener("keydown", walk);

  /** @returns {Row[]} */
  const shown = () => rows[step.state.panels.library];

  /** @param {Code} result */
  function draw(result) {
    drawn = result;
    rows = { numpy: result.numpy.map(rowOf), torch: result.torch.map(rowOf) };
    return [box];
  }

  /** Up and down go from line to line; left and right stay the transport's. @param {KeyboardEvent} event */
  function walk(event) {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const lines = shown().filter(({ steps }) => steps.length > 0);
    const at = lines.findIndex(({ element }) => element === document.activeElement);
    if (by === undefined || at < 0 || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const next = lines[Math.max(0, Math.min(lines.length - 1, at + by))].element;
    for (const { element } of lines) element.tabIndex = element === next ? 0 : -1;
    next.focus();
  }

  async function take() {
    setText(said, await actions.copy(drawn ? textOf(drawn[step.state.panels.library]) : ""));
  }

  /** The lines of a micro-step, and what their names stand for there. @param {import("../types.js").Seen} seen */
  function light({ step: micro }) {
    const lines = shown();
    const current = lines.filter(({ steps }) => steps.includes(micro.index));
    for (const { element } of lines) {
      setAttribute(element, "aria-current", current.some((row) => row.element === element) ? "step" : null);
      if (element instanceof HTMLButtonElement) element.tabIndex = -1;
    }
    const first = current[0] ?? lines.find(({ steps }) => steps.length > 0);
    if (first) first.element.tabIndex = 0;
    lit.clear();
    for (const { element, array } of current.flatMap(({ names }) => names)) {
      const value = [...micro.results, ...micro.operands].find(({ name }) => name === array);
      if (value) lit.add(element, arraySpot(value));
    }
    if (current[0]) box.scrollTop = current[0].element.offsetTop - box.clientHeight / 3;
  }

  return {
    element: h(
      "div",
      { class: "panel-page" },
      h(
        "div",
        { class: "panel-buttons" },
        h(
          "div",
          { class: "depths", role: "radiogroup", aria: { label: "Library" }, data: { testid: "libraries" } },
          ...choices,
        ),
        copy,
        said,
      ),
      view.element,
    ),
    /** @param {AppState} state */
    update(state) {
      const { library } = state.panels;
      view.show(actions.code(state));
      LIBRARIES.forEach((each, i) => {
        setAttribute(choices[i], "aria-checked", String(each.library === library));
        setAttribute(choices[i], "tabindex", each.library === library ? "0" : "-1");
      });
      const seen = seenOf(state);
      copy.disabled = drawn === null;
      if (!seen || !drawn) return;
      if (listingChanged(drawn, library)) {
        box.replaceChildren(...shown().map(({ element }) => element));
        setText(said, "");
      }
      if (stepChanged(seen.step, drawn, library)) {
        light(seen);
        spotChanged(undefined);
      }
      if (spotChanged(state.step.spot)) lit.show(state.step.spot);
    },
  };
}

/** @param {CodeLine} line @returns {Row} */
function rowOf({ parts, steps }) {
  /** @type {Row["names"]} */
  const names = [];
  const pieces = parts.map((part) => {
    if (typeof part === "string") return part;
    const element = h("span", { class: "code-name", data: { array: part[1] } }, part[0]);
    names.push({ element, array: part[1] });
    return element;
  });
  const element =
    steps.length > 0
      ? h("button", { type: "button", class: "code-line", tabindex: -1, data: { step: steps[0] } }, ...pieces)
      : h("div", { class: "code-line" }, ...(pieces.length > 0 ? pieces : ["\u00a0"]));
  return { element, steps, names };
}

/** @param {CodeLine[]} lines */
function textOf(lines) {
  return `${lines.map(({ parts }) => parts.map((part) => (typeof part === "string" ? part : part[0])).join("")).join("\n")}\n`;
}
