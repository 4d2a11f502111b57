/** Ready runs to step through, and expressions for the chain rule. */

/** @import { Example, GraphExample } from "../panels/types.js" */

import { h, setText } from "../../toolkit/dom.js";
import { fieldsOf } from "../../shared/expression-link.js";
import { stepSheet } from "../../shared/sheet.js";
import { messageOf } from "../../wire/refusals.js";
import { exampleAddress, expressionAddress, loadExamples } from "../example-link.js";

const IDLE = "An example begins a run of its own; here you find the way back to yours.";

/** @param {import("../panels/actions.js").PanelActions} actions */
export function examplesDialog(actions) {
  const state = h("p", { class: "small", role: "status" });
  const error = h("p", { class: "field-error", role: "alert", hidden: true });
  const again = h("button", { type: "button", class: "quiet-button", hidden: true, onclick: fill }, "try again");
  const list = h("div", { class: "examples" });
  const back = h(
    "button",
    { type: "button", class: "quiet-button", hidden: true, data: { testid: "examples-back" }, onclick: comeBack },
    "back to the run before",
  );
  const sheet = stepSheet("examples", "Open an example", h("div", { class: "panel-buttons" }, state, back), error, again, list);
  let filled = false;
  return {
    element: sheet.element,
    open() {
      back.hidden = !actions.cameFromRun;
      sheet.open();
      if (!filled) fill();
    },
  };

  async function comeBack() {
    await actions.comeBack();
    sheet.close();
  }

  async function fill() {
    setText(state, "Loading …");
    error.hidden = again.hidden = true;
    try {
      const { presets, graphs } = await loadExamples();
      list.replaceChildren(
        h("h3", { class: "panel-title" }, "Networks"),
        ...presets.map(network),
        h("h3", { class: "panel-title" }, "Expressions"),
        ...graphs.map(expression),
      );
      filled = true;
      setText(state, IDLE);
    } catch (problem) {
      setText(state, "");
      setText(error, `The examples did not come: ${messageOf(problem)}`);
      error.hidden = again.hidden = false;
    }
  }

  /** @param {Example} example */
  function network(example) {
    const begin = async () => {
      setText(state, `Opening ${example.title} …`);
      const problem = await actions.open(example);
      setText(state, IDLE);
      setText(error, problem);
      error.hidden = problem === "";
      if (problem === "") sheet.close();
    };
    const words = [example.summary, ...example.words];
    return card(example.title, words, { example: example.name }, exampleAddress(example.name), begin);
  }

  /** @param {GraphExample} example */
  function expression({ name, title, summary, text, inputs }) {
    const words = `${text.replaceAll("**", "^")}: ${summary}`;
    const values = Object.fromEntries(Object.entries(inputs).map(([input, value]) => [input, String(value)]));
    const expression = { text: text.replaceAll(" ** ", "^"), values };
    return card(title, [words], { graph: name }, expressionAddress(fieldsOf(expression)), () => {
      sheet.close();
      actions.openExpression(expression);
    });
  }

  /**
   * @param {string} title
   * @param {string[]} words
   * @param {Record<string, string>} data
   * @param {string} address  that opens it
   * @param {() => void} press
   */
  function card(title, words, data, address, press) {
    const button = (/** @type {string} */ label, /** @type {Record<string, string>} */ hooks, /** @type {() => void} */ act) =>
      h(
        "button",
        { type: "button", class: "quiet-button", data: hooks, aria: { label: `${label} ${title}` }, onclick: act },
        label.toLowerCase().replace(" to", ""),
      );
    const [hook] = Object.values(data);
    return h(
      "div",
      { class: "example" },
      h("div", {}, h("h4", {}, title), ...words.map((line) => h("p", { class: "small" }, line))),
      h(
        "div",
        { class: "example-buttons" },
        button("Open", data, press),
        button("Copy link to", { link: hook }, () => copy(title, address)),
      ),
    );
  }

  /** @param {string} title @param {string} address */
  async function copy(title, address) {
    const refused = (await actions.copy(address)) !== "Copied.";
    setText(state, refused ? address : `The link is copied. It opens “${title}”.`);
  }
}
