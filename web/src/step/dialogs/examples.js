/** Ready runs to step through, and expressions for the chain rule. */

/** @import { Example, GraphExample } from "../panels/types.js" */

import { h, setText } from "../../toolkit/dom.js";
import { graphDialog } from "./graph.js";
import { stepSheet } from "../../shared/sheet.js";
import { messageOf } from "../../wire/refusals.js";

const IDLE = "An example begins a run of its own; here you find the way back to yours.";

/** @param {import("../panels/actions.js").PanelActions} actions */
export function examplesDialog(actions) {
  const state = h("p", { class: "small", role: "status" });
  const error = h("p", { class: "field-error", role: "alert", hidden: true });
  const again = h("button", { type: "button", class: "quiet-button", hidden: true, onclick: fill }, "try again");
  const list = h("div", { class: "examples" });
  const graph = graphDialog(actions);
  const back = h(
    "button",
    { type: "button", class: "quiet-button", hidden: true, data: { testid: "examples-back" }, onclick: comeBack },
    "back to the run before",
  );
  const sheet = stepSheet("examples", "Open an example", h("div", { class: "panel-buttons" }, state, back), error, again, list);
  let filled = false;
  return {
    elements: [sheet.element, graph.element],
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
      const answer = await fetch("/api/microscope");
      if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
      const { presets, graphs } = /** @type {{presets: Example[], graphs: GraphExample[]}} */ (await answer.json());
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
    return card(example.title, [example.summary, ...example.words], { example: example.name }, begin);
  }

  /** @param {GraphExample} example */
  function expression({ name, title, summary, text, inputs }) {
    const words = `${text.replaceAll("**", "^")}: ${summary}`;
    return card(title, [words], { graph: name }, () => {
      sheet.close();
      graph.open(`The chain rule: ${title}`, text, inputs);
    });
  }
}

/** @param {string} title @param {string[]} words @param {Record<string, string>} data @param {() => void} press */
function card(title, words, data, press) {
  return h(
    "div",
    { class: "example" },
    h("div", {}, h("h4", {}, title), ...words.map((line) => h("p", { class: "small" }, line))),
    h("button", { type: "button", class: "quiet-button", data, aria: { label: `Open ${title}` }, onclick: press }, "open"),
  );
}
