/** All micro-steps of the update, forward · loss · backward · update: click one, or drag along them. */

/** @import { View } from "../types.js" */
/** @import { Phase, Scope } from "./types.js" */

import { h, memo, setAttribute } from "../toolkit/dom.js";
import { symbol } from "./micro/symbols.js";
import { scopeOf, seenOf } from "./state.js";

/** @type {Record<Phase, string>} */
const PHASES = { forward: "Forward", loss: "Loss", backward: "Backward", update: "Update" };
/** How the chips stand: each as wide as its symbol, closely, or as mere ticks. */
const MODES = ["loose", "close", "ticks"];

/**
 * @param {import("./actions.js").StepActions} actions
 * @returns {View}
 */
export function stripView(actions) {
  const element = h("nav", { class: "step-strip", aria: { label: "Micro-steps" }, data: { testid: "strip" } });
  /** @type {HTMLButtonElement[]} */
  let chips = [];
  let width = 0;
  /** @type {import("../types.js").AppState | null} */
  let last = null;
  new ResizeObserver(([entry]) => {
    width = entry.contentRect.width;
    if (last) update(last);
  }).observe(element);
  const shapeChanged = memo();
  const placeChanged = memo();
  const roomChanged = memo();
  scrub(
    element,
    () => chips,
    (micro) => actions.to(micro),
  );

  /** @param {import("../types.js").AppState} state */
  function update(state) {
    last = state;
    const scope = scopeOf(state);
    if (!scope) return;
    if (shapeChanged(scope.notation, scope.steps.map(({ short, title }) => short + title).join()))
      chips = build(element, scope);
    if (width > 0 && roomChanged(width, chips)) fit(element);
    // It moves together with what it belongs to: one layout for all of a change.
    const seen = seenOf(state);
    if (!seen) return;
    const { micro } = seen.micro;
    if (!placeChanged(micro, chips)) return;
    chips.forEach((chip, i) => {
      setAttribute(chip, "aria-current", i === micro ? "step" : null);
      setAttribute(chip, "data-past", i < micro ? "" : null);
      setAttribute(chip, "tabindex", i === micro ? "0" : "-1");
    });
  }
  return { element, update };
}

/** @param {HTMLElement} element @param {Scope} scope */
function build(element, scope) {
  const chips = scope.steps.map(({ index, short, title }) =>
    h(
      "button",
      { type: "button", class: "chip-step", title, aria: { label: title }, data: { micro: index } },
      symbol(short, scope.mathml),
    ),
  );
  const groups = /** @type {Phase[]} */ (Object.keys(PHASES)).map((phase) => {
    const own = chips.filter((_, i) => scope.steps[i].phase === phase);
    if (own.length === 0) return "";
    const label = h("span", { class: "phase-name", aria: { hidden: true } }, PHASES[phase]);
    const group = h(
      "div",
      { class: "phase", role: "group", aria: { label: PHASES[phase] }, data: { phase } },
      label,
      h("div", { class: "step-chips" }, ...own),
    );
    group.style.flexGrow = String(own.length);
    return group;
  });
  element.replaceChildren(...groups);
  return chips;
}

/** As roomy as all of them fit. @param {HTMLElement} element */
function fit(element) {
  for (const mode of MODES) {
    element.dataset.mode = mode;
    if (element.scrollWidth <= element.clientWidth + 1) return;
  }
}

/**
 * A press and whatever it is dragged over.
 * @param {HTMLElement} element
 * @param {() => HTMLButtonElement[]} chips
 * @param {(micro: number) => void} go
 */
function scrub(element, chips, go) {
  let held = false;
  /** @type {{left: number, micro: number}[]} */
  let edges = [];
  const at = (/** @type {PointerEvent} */ event) => {
    let found = 0;
    for (const { left, micro } of edges) if (event.clientX >= left) found = micro;
    go(found);
  };
  element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || !chips().length) return;
    event.preventDefault();
    held = true;
    edges = chips().map((chip, micro) => ({ left: chip.getBoundingClientRect().left, micro }));
    element.setPointerCapture(event.pointerId);
    at(event);
  });
  element.addEventListener("pointermove", (event) => held && at(event));
  for (const end of /** @type {const} */ (["pointerup", "pointercancel"])) element.addEventListener(end, () => (held = false));
  // By keys, or by a screen reader.
  element.addEventListener("click", (event) => {
    const chip = event.detail === 0 && event.target instanceof Element ? event.target.closest(".chip-step") : null;
    if (chip instanceof HTMLElement) go(Number(chip.dataset.micro));
  });
}
