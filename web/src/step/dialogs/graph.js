/** The chain rule on an expression: its graph, stepped through forwards and backwards. The learner may type another one. */

/** @import { GraphData, GraphNode } from "../panels/types.js" */

import { h, setText } from "../../toolkit/dom.js";
import { formatNumber, MINUS, parseSetting, toNumber } from "../../toolkit/maths.js";
import { drawGraph, nameOfNode } from "./graph-plot.js";
import { formula } from "../../shared/panel-numbers.js";
import { stepSheet } from "../../shared/sheet.js";

const FUNCTIONS = ["sin", "cos", "exp", "ln", "sqrt", "tanh", "sigmoid", "relu"];

/** @param {import("../panels/actions.js").PanelActions} actions */
export function graphDialog(actions) {
  /** @type {GraphData | null} */
  let graph = null;
  let at = 0;
  /** @type {Record<string, string>} */
  let values = {};
  let wish = 0;

  const text = h("input", {
    type: "text",
    class: "line-field graph-text",
    name: "expression",
    spellcheck: "false",
    autocomplete: "off",
    maxlength: 200,
    aria: { label: "Expression" },
    data: { testid: "graph-text" },
    oninput: drawFields,
  });
  const fields = h("span", { class: "graph-fields" });
  const error = h("p", { class: "field-error", role: "alert", hidden: true, data: { testid: "graph-error" } });
  const form = h(
    "form",
    { class: "graph-form", novalidate: true },
    h("label", { class: "graph-label" }, h("span", { class: "small" }, "expression"), text),
    fields,
    h("button", { type: "submit", class: "quiet-button", data: { testid: "graph-read" } }, "draw it"),
  );
  const plot = h("div", {
    class: "graph-place",
    tabindex: 0,
    role: "region",
    aria: { label: "The graph: arrow keys step through it" },
  });
  const caption = h("div", { class: "graph-caption", role: "status", data: { testid: "graph-caption" } });
  const back = h("button", { type: "button", class: "quiet-button", onclick: () => go(at - 1) }, "← back");
  const next = h(
    "button",
    { type: "button", class: "quiet-button", data: { testid: "graph-next" }, onclick: () => go(at + 1) },
    "next →",
  );
  const where = h("span", { class: "small" });
  const stage = h("div", { class: "graph-stage", data: { testid: "graph" } }, plot, caption);
  const sheet = stepSheet(
    "graph",
    "The chain rule on an expression",
    form,
    error,
    stage,
    h("div", { class: "panel-buttons" }, back, next, where),
  );

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    read();
  });
  sheet.element.addEventListener("keydown", (event) => {
    if (event.target instanceof HTMLInputElement || event.ctrlKey || event.metaKey || event.altKey) return;
    const target = { ArrowRight: at + 1, ArrowLeft: at - 1, PageDown: at + 1, PageUp: at - 1, Home: 0, End: Infinity }[
      event.key
    ];
    if (target === undefined) return;
    event.preventDefault();
    go(target);
  });

  return {
    element: sheet.element,
    /** @param {string} title @param {string} expression @param {Record<string, number>} inputs */
    open(title, expression, inputs) {
      setText(sheet.heading, title);
      text.value = expression;
      values = Object.fromEntries(Object.entries(inputs).map(([name, value]) => [name, String(value)]));
      drawFields();
      sheet.open();
      plot.focus();
      read();
    },
  };

  /** The variables of the expression, in the order in which they come. */
  function variables() {
    const names = text.value.match(/[A-Za-z][A-Za-z0-9]*\b(?!\s*\()/g) ?? [];
    return [...new Set(names)].filter((name) => !FUNCTIONS.includes(name)).slice(0, 8);
  }

  function drawFields() {
    const names = variables();
    if ([...fields.querySelectorAll("input")].map(({ name }) => name).join() === names.join()) {
      for (const input of fields.querySelectorAll("input"))
        if (document.activeElement !== input) input.value = values[input.name] ?? "1";
      return;
    }
    fields.replaceChildren(
      ...names.map((name) => {
        const input = h("input", {
          type: "text",
          class: "line-field",
          name,
          inputmode: "decimal",
          autocomplete: "off",
          value: values[name] ?? "1",
          aria: { label: `Value of ${name}` },
          oninput: () => (values[name] = input.value),
        });
        return h("label", { class: "graph-variable" }, `${name} =`, input);
      }),
    );
  }

  async function read() {
    /** @type {Record<string, number>} */
    const inputs = {};
    for (const input of fields.querySelectorAll("input")) {
      const value = parseSetting(input.value);
      if (value === null) return refuse(`${input.name}: a number is wanted`);
      inputs[input.name] = value;
    }
    wish += 1;
    const mine = wish;
    stage.setAttribute("aria-busy", "true");
    const found = await actions.graph(text.value, inputs);
    if (mine !== wish) return;
    stage.removeAttribute("aria-busy");
    if (found.graph === null) return refuse(found.error);
    refuse("");
    graph = found.graph;
    go(0);
  }

  /** @param {string} words */
  function refuse(words) {
    setText(error, words);
    error.hidden = words === "";
  }

  /** The nodes that are computed, in order: leaves are there from the start. @returns {GraphNode[]} */
  function made() {
    return graph?.nodes.filter(({ edges }) => edges.length > 0) ?? [];
  }

  /** @param {number} target */
  function go(target) {
    if (!graph) return;
    const order = made();
    const last = order.length * 2;
    at = Math.max(0, Math.min(last, target));
    const backward = at > order.length;
    const leaves = graph.nodes.filter(({ edges }) => edges.length === 0);
    const computed = new Set([...leaves, ...order.slice(0, Math.min(at, order.length))].map(({ id }) => id));
    const blamed = new Set(order.slice(Math.max(0, last - at)).map(({ id }) => id));
    if (!backward) blamed.clear();
    const current = at === 0 ? null : backward ? order[last - at] : order[at - 1];
    const drawn = drawGraph(graph, { computed, blamed, current: current?.id ?? null, backward });
    plot.replaceChildren(drawn);
    const centre = drawn.querySelector("circle.current")?.getAttribute("cx");
    plot.scrollLeft = centre ? Number(centre) - plot.clientWidth / 2 : at === 0 ? 0 : plot.scrollWidth;
    caption.replaceChildren(...words(current, backward, at === last));
    setText(where, `${at} of ${last}${at === 0 ? "" : backward ? " · backward" : " · forward"}`);
    back.disabled = at === 0;
    next.disabled = at === last;
    stage.dataset.at = String(at);
  }

  /** @param {GraphNode | null} node @param {boolean} backward @param {boolean} end */
  function words(node, backward, end) {
    if (!graph) return [];
    const told = (/** @type {unknown} */ value) => formatNumber(toNumber(value));
    if (!node) return [h("p", {}, "The inputs have their values. Forward: each node computes its own from what it reads.")];
    if (!backward) return [h("p", {}, `${nameOfNode(node)} = ${node.text.replaceAll("**", "^")} = ${told(node.value)}`)];
    const nodes = graph.nodes;
    const lines = node.edges.map(({ source, local, share, mathml }) =>
      h(
        "p",
        { class: "graph-share" },
        `${nameOfNode(node)} hands to ${nameOfNode(nodes[source])}: ${told(node.adjoint)} · ${inBrackets(told(local))} = ${told(share)}, where ∂${nameOfNode(node)}/∂${nameOfNode(nodes[source])} = `,
        formula(mathml),
      ),
    );
    if (end)
      for (const [name, value] of Object.entries(graph.gradient))
        lines.push(
          h(
            "p",
            { data: { gradient: name, value } },
            h("strong", {}, `∂out/∂${name} = ${told(value)}`),
            pathsInWords(graph.paths[name] ?? []),
          ),
        );
    return lines;
  }

  /** @param {string} number */
  function inBrackets(number) {
    return number.startsWith(MINUS) ? `(${number})` : number;
  }

  /** @param {{product: unknown}[]} paths */
  function pathsInWords(paths) {
    if (paths.length === 0) return ": it does not occur";
    if (paths.length === 1) return ": one path, the product along it";
    return `: the sum over ${paths.length} paths, ${paths
      .slice(0, 6)
      .map(({ product }) => formatNumber(toNumber(product)))
      .join(" + ")
      .replaceAll("+ −", "− ")}${paths.length > 6 ? " + …" : ""}`;
  }
}
