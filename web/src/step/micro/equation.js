/** The equation of one entry, by its symbols and with this step's numbers: whole, term by term, or one term of it. */

/** @import { View } from "../../types.js" */
/** @import { Described, EquationData, Seen, Tree } from "../types.js" */

import { h, memo, setAttribute, setText } from "../../toolkit/dom.js";
import { copyExact } from "./copy.js";
import { entrySpot, lights, listen } from "./spots.js";
import { nameOf, seenOf } from "../state.js";
import { termsOf } from "./trees.js";
import { m, number, operator, pieces, write, written } from "./write.js";

/** Of an equation that gives the run's number but for rounding. */
const ROUNDED = "equal but for rounding";
const WHY_ROUNDED =
  "The run computes it in another order: what is written here differs from its number in the last digits of a double.";

/**
 * @param {import("../actions.js").StepActions} actions
 * @returns {View}
 */
export function equationView(actions) {
  const what = h("p", { class: "written-what", data: { testid: "written-what" } });
  const symbols = h("div", { class: "written-line", data: { testid: "written-symbols" } });
  const numbers = h("div", { class: "written-line numbers-line", data: { testid: "written-numbers" } });
  const terms = h("div", { class: "terms", role: "group", aria: { label: "The terms" }, data: { testid: "terms" } });
  const element = h(
    "section",
    { class: "written", aria: { label: "The entry, written out" }, data: { testid: "written" } },
    what,
    symbols,
    numbers,
    terms,
  );
  const lit = lights();
  listen(element, actions);
  copyExact(element);
  const changed = memo();
  const spotChanged = memo();
  return {
    element,
    update(state) {
      const seen = seenOf(state);
      if (!seen) return;
      if (changed(seen.frame, seen.scope)) {
        lit.clear();
        draw(seen);
        spotChanged(null);
        lit.show(state.step.spot);
      }
      if (spotChanged(state.step.spot)) lit.show(state.step.spot);
    },
  };

  /** @param {Seen} seen */
  function draw(seen) {
    const { micro } = seen;
    const { equation } = micro;
    element.hidden = !equation || (micro.depth === "layer" && equation.terms === 1 && equation.expression.kind === "number");
    if (!equation) return;
    const describe = describer(seen);
    const how = (/** @type {boolean} */ withNumbers) => ({
      numbers: withNumbers,
      mathml: micro.mathml,
      leaf: (
        /** @type {Element} */ node,
        /** @type {import("../types.js").Leaf} */ leaf,
        /** @type {number | null} */ term,
      ) => {
        const value = describe(leaf.name);
        if (!value || !leaf.place) return;
        node.setAttribute("data-at", `${leaf.name}:${leaf.place.join(":")}`);
        lit.add(node, entrySpot(value, ...leaf.place), term);
      },
    });
    // A single term has no order in which it could be added up.
    const rounds = !edgeOf(micro) && equation.terms > 1 && !equation.exact && equation.computed !== null;
    setText(what, whatIs(seen, equation) + (rounds ? ` · ${ROUNDED}` : ""));
    setAttribute(what, "title", rounds ? WHY_ROUNDED : null);
    const edge = edgeOf(micro);
    const own = equation.expression.kind === "number" && equation.expression.name === equation.result.name;
    const bySymbols = own ? [] : rightSide(equation.expression, how(false), edge);
    // At layer depth all of it is one line: where the sum is long the numbers say enough, the rule above has the symbols.
    const inOne = micro.depth === "layer";
    const brief = inOne && equation.terms <= 4 ? bySymbols : [];
    symbols.hidden = inOne;
    symbols.replaceChildren(...(inOne ? [] : line([left(equation, how(false), edge), ...bySymbols])));
    numbers.replaceChildren(
      ...line([
        left(equation, how(false), edge),
        ...brief,
        ...(own ? [] : rightSide(equation.expression, how(true), edge)),
        outcome(equation, edge, lit, describe),
      ]),
    );
    setAttribute(numbers, "data-long", equation.terms > 6 && !edge ? "" : null);
    drawTerms(seen, equation, how);
  }

  /** @param {Seen} seen @param {EquationData} equation @param {(numbers: boolean) => import("./write.js").Writing} how */
  function drawTerms({ micro }, equation, how) {
    const listed = micro.depth === "unit" ? termsOf(equation.expression) : [];
    terms.hidden = listed.length < 2 && micro.depth !== "edge";
    if (micro.depth === "edge") {
      const move = (/** @type {number} */ by, /** @type {string} */ label, /** @type {string} */ sign) =>
        h(
          "button",
          {
            type: "button",
            class: "quiet-button",
            disabled: !inside(equation, by),
            aria: { label },
            onclick: () => actions.term((equation.term ?? 0) + by),
          },
          sign,
        );
      const whole = termsOf(equation.whole ?? equation.expression);
      terms.replaceChildren(
        ...whole.map(({ tree, at }) => termButton(tree, at, how, at === equation.term)),
        h(
          "span",
          { class: "term-count" },
          move(-1, "The term before", "‹"),
          h("span", { data: { testid: "term-count" } }, `term ${(equation.term ?? 0) + 1} of ${equation.terms}`),
          move(1, "The next term", "›"),
        ),
      );
      return;
    }
    terms.replaceChildren(...listed.map(({ tree, at }) => termButton(tree, at, how, false)));
  }

  /** @param {Tree} tree @param {number} at @param {(numbers: boolean) => import("./write.js").Writing} how @param {boolean} current */
  function termButton(tree, at, how, current) {
    if (tree.kind === "more") return h("span", { class: "term more" }, `… ${tree.count} more`);
    const math = m("math", ...write(tree, how(false), at), operator("="), number(tree.value));
    return h(
      "button",
      {
        type: "button",
        class: "term",
        aria: { pressed: current, label: `${at + 1}: ${math.textContent}` },
        data: { term: at },
        onclick: () => actions.term(at),
      },
      math,
    );
  }
}

/** @param {EquationData} equation @param {number} by */
function inside({ term, terms }, by) {
  return (term ?? 0) + by >= 0 && (term ?? 0) + by < terms;
}

/** @param {Seen} seen @returns {(name: string) => Described | undefined} */
function describer({ step }) {
  return (name) => step.operands.find((value) => value.name === name) ?? step.results.find((value) => value.name === name);
}

/** @param {EquationData} equation @param {import("./write.js").Writing} how @param {boolean} edge @returns {Element[]} */
function left(equation, how, edge) {
  return edge ? [] : [m("mrow", ...written(equation.result.symbol, how.mathml))];
}

/** @param {Tree} tree @param {import("./write.js").Writing} how @param {boolean} edge @returns {Element[][]} */
function rightSide(tree, how, edge) {
  const found = pieces(tree, how).map(({ nodes }) => nodes);
  if (!edge) found[0].unshift(operator("="));
  return found;
}

/**
 * What comes out: the run's own number, or the term's.
 * @param {EquationData} equation @param {boolean} edge @param {ReturnType<typeof lights>} lit @param {(name: string) => Described | undefined} describe
 */
function outcome(equation, edge, lit, describe) {
  const tree = equation.expression;
  const value = edge && tree.kind !== "more" ? tree.value : equation.result.value;
  const node = m("mrow", number(value));
  node.setAttribute("class", "leaf outcome");
  node.setAttribute("data-testid", "outcome");
  const described = describe(equation.result.name);
  if (!edge && described && equation.result.place) lit.add(node, entrySpot(described, ...equation.result.place));
  return [operator("="), node];
}

/** Each piece is a formula of its own, so that a long equation breaks between its terms. @param {Element[][]} parts */
function line(parts) {
  return parts
    .filter((nodes) => nodes.length > 0)
    .map((nodes) => {
      const math = m("math", ...nodes);
      math.setAttribute("displaystyle", "true"); // fractions as large as what is around them
      return math;
    });
}

/** @param {Seen} seen @param {EquationData} equation */
function whatIs({ scope, step, micro }, equation) {
  const value = step.results.find(({ name }) => name === micro.name);
  if (!value) return "";
  const where = [];
  if (value.rows.kind === "unit")
    where.push(`${unitWords(value.rows.layer ?? 0, scope)} ${nameOf(value.rows, micro.row, scope)}`);
  if (value.columns.kind === "unit")
    where.push(`from ${unitWords(value.columns.layer ?? 0, scope)} ${nameOf(value.columns, micro.column, scope)}`);
  if (value.columns.kind === "sample" || value.of === "sample") where.push(`sample ${scope.samples[micro.sample_column] + 1}`);
  const depth = micro.depth === "edge" ? (equation.terms > 1 ? "one product of its sum" : "its only term") : "written out";
  return `${where.join(", ") || "the number"}, ${depth}`;
}

/** @param {number} layer @param {import("../types.js").Scope} scope */
function unitWords(layer, scope) {
  if (layer === 0) return "input";
  const last = Math.max(...scope.steps.map((each) => each.layer));
  return layer === last ? "output" : `layer ${layer}, unit`;
}

/** @param {Seen["micro"]} micro */
const edgeOf = ({ depth }) => depth === "edge";
