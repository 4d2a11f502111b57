/** The micro-step's rule in symbols; each symbol says what it is. */

/** @import { View } from "../../types.js" */
/** @import { Seen } from "../types.js" */

import { h, memo, setText } from "../../toolkit/dom.js";
import { typeset } from "../../toolkit/maths.js";
import { seenOf } from "../state.js";
import { arraySpot, lights, listen } from "./spots.js";
import { symbol } from "./symbols.js";

const ASK = "Point at a symbol to read what it is.";

/**
 * @param {import("../actions.js").StepActions} actions
 * @returns {View}
 */
export function ruleView(actions) {
  const box = h("div", { class: "rule-box", role: "group", aria: { label: "The rule" }, data: { testid: "rule" } });
  const symbols = h("div", {
    class: "rule-symbols",
    role: "group",
    aria: { label: "Its symbols" },
    data: { testid: "symbols" },
  });
  const words = h("p", { class: "rule-words", role: "status", data: { testid: "symbol-words" } });
  const element = h(
    "section",
    { class: "rule-part", aria: { label: "Rule" } },
    box,
    h("div", { class: "rule-why" }, symbols, words),
  );
  const changed = memo();
  const spotChanged = memo();
  const lit = lights();
  listen(box, actions);
  /** @type {Map<Element, string>} */
  let meanings = new Map();
  let resting = ASK;
  const say = (/** @type {Event} */ event) => {
    for (let node = /** @type {Element | null} */ (event.target); node && node !== element; node = node.parentElement) {
      const found = meanings.get(node);
      if (found) return setText(words, found);
    }
    setText(words, resting);
  };
  for (const kind of ["pointerover", "focusin", "click"]) element.addEventListener(kind, say);
  for (const kind of ["pointerleave", "focusout"]) element.addEventListener(kind, () => setText(words, resting));
  new ResizeObserver(() => {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
    else box.removeAttribute("tabindex");
  }).observe(box);

  /** @param {Seen} seen */
  function draw({ step, scope }) {
    meanings = new Map();
    lit.clear();
    box.hidden = step.rule === "";
    const formula = symbol(step.rule, scope.mathml);
    if (formula instanceof Element) formula.setAttribute("display", "block");
    box.replaceChildren(formula);
    // What looks like a symbol in the rule is that symbol.
    /** @type {Map<string, string>} */
    const looks = new Map();
    for (const { latex, words: told } of step.symbols) {
      const inner = coreOf(symbol(latex, scope.mathml));
      if (inner) looks.set(inner.outerHTML, told);
    }
    /** @type {Map<string, import("../types.js").Spot>} */
    const arrays = new Map();
    for (const value of [...step.operands, ...step.results]) {
      const inner = coreOf(symbol(value.symbol, scope.mathml));
      if (inner) arrays.set(inner.outerHTML, arraySpot(value));
    }
    for (const node of box.querySelectorAll("*")) {
      const array = arrays.get(node.outerHTML);
      if (array) lit.add(node, array);
      const told = looks.get(node.outerHTML);
      if (!told) continue;
      meanings.set(node, typeset(told));
      node.classList.add("asks");
    }
    // A letter that stands for two things of the same look is told of once.
    const seen = new Set();
    symbols.replaceChildren(
      ...step.symbols.flatMap(({ latex, words: told }) => {
        const look = String(/** @type {Element} */ (symbol(latex, scope.mathml)).textContent ?? latex);
        if (seen.has(look)) return [];
        seen.add(look);
        const button = h("button", { type: "button", class: "symbol", title: typeset(told) }, symbol(latex, scope.mathml));
        meanings.set(button, typeset(told));
        return [button];
      }),
    );
    resting = step.note ? typeset(step.note) : ASK;
    setText(words, resting);
  }
  return {
    element,
    update(state) {
      const seen = seenOf(state);
      if (!seen) return;
      if (changed(seen.step, seen.scope)) {
        draw(seen);
        spotChanged(null);
        lit.show(state.step.spot);
      }
      if (spotChanged(state.step.spot)) lit.show(state.step.spot);
    },
  };
}

/** The element within the rows that a converter puts around it. @param {Element | string} found @returns {Element | null} */
function coreOf(found) {
  if (typeof found === "string") return null;
  let node = found;
  while ((node.localName === "math" || node.localName === "mrow") && node.children.length === 1) node = node.children[0];
  return node.localName === "math" ? null : node;
}
