/** The Graph room's view: the expression, its graph as large as there is room, and what happens at this place of the way. */

/** @import { View } from "../types.js" */
/** @import { GraphActions } from "./actions.js" */

import { at } from "../toolkit/address.js";
import { h, memo, setAttribute, setText } from "../toolkit/dom.js";
import { typeScale } from "../toolkit/type-scale.js";
import { messageOf } from "../wire/refusals.js";
import { inputsView } from "./inputs.js";
import { drawGraph } from "./plot.js";
import { walk } from "./walk.js";
import { wordsOf } from "./words.js";

/** @typedef {{name: string, title: string, summary: string, text: string, inputs: Record<string, number>}} Ready */

const LEGEND = "below a node its value · above it the derivative of the result by it · on an edge the local derivative";

/** @param {GraphActions} actions @returns {View} */
export function graphView(actions) {
  const inputs = inputsView(actions);
  const error = h("p", { class: "field-error", role: "alert", hidden: true, data: { testid: "graph-error" } });
  const place = h("p", { class: "graph-error-place", hidden: true, data: { testid: "graph-error-place" } });
  const again = h(
    "button",
    { type: "button", class: "quiet-button", hidden: true, onclick: () => actions.retry() },
    "try again",
  );
  const plot = h("div", {
    class: "graph-place",
    tabindex: 0,
    role: "region",
    aria: { label: "The graph: arrow keys step through it" },
  });
  const waits = h("p", { class: "graph-state", role: "status", hidden: true, data: { testid: "graph-state" } });
  const stage = h("div", { class: "graph-stage", data: { testid: "graph" } }, plot, waits);
  const caption = h("div", {
    class: "graph-caption",
    tabindex: 0,
    role: "status",
    aria: { label: "What happens here" },
    data: { testid: "graph-caption" },
  });
  const ready = readyView(actions);
  const legend = h("p", { class: "small graph-legend" }, LEGEND);
  const top = h(
    "div",
    { class: "graph-top" },
    h("h2", { class: "graph-title" }, "The chain rule on an expression"),
    ready.element,
    inputs.element,
    h("div", { class: "graph-refusal" }, error, again, place),
  );
  const element = h(
    "main",
    { class: "graph-room", data: { testid: "graph-room" } },
    top,
    stage,
    h("div", { class: "graph-told" }, caption, legend),
  );
  const drawn = memo();
  const told = memo();
  /** @type {import("../types.js").AppState | null} */
  let last = null;
  new ResizeObserver(() => last && draw(last)).observe(stage);
  const arrived = memo();

  /** @param {import("../types.js").AppState} state */
  function draw(state) {
    const { graph, at, status } = state.expression;
    const shown = graph !== null && (status === "done" || status === "loading") ? graph : null;
    const room = { width: stage.clientWidth - 16, height: stage.clientHeight - 16, scale: typeScale() };
    if (!drawn(shown, at, room.width, room.height, room.scale)) return;
    plot.hidden = legend.hidden = shown === null;
    if (!shown) return plot.replaceChildren();
    const walked = walk(shown, at);
    const picture = drawGraph(shown, walked, room);
    plot.replaceChildren(picture);
    const centre = picture.querySelector("circle.current")?.getAttribute("cx");
    plot.scrollLeft = centre ? Number(centre) - plot.clientWidth / 2 : walked.at === 0 ? 0 : plot.scrollWidth;
  }

  return {
    element,
    update(state) {
      last = state;
      actions.settle();
      top.toggleAttribute("inert", state.lesson?.locked ?? false);
      inputs.update(state);
      ready.update(state);
      const { graph, at, status, message } = state.expression;
      const refused = status === "refused" || status === "failed";
      error.hidden = !refused;
      again.hidden = status !== "failed";
      setText(error, refused ? message : "");
      showPlace(place, refused ? state.expression.text : "", message);
      const words = waitsFor(state);
      waits.hidden = words === "";
      setText(waits, words);
      setAttribute(stage, "data-state", status);
      setAttribute(stage, "aria-busy", status === "loading" ? "true" : null);
      draw(state);
      const shown = refused || status === "empty" ? null : graph;
      if (told(shown, at)) {
        caption.replaceChildren(...(shown ? wordsOf(shown, walk(shown, at)) : []));
        setAttribute(stage, "data-at", shown ? String(at) : null);
      }
      // What comes with a link is read by keys at once; nothing is taken from whoever types.
      if (shown && arrived(shown.text) && !(document.activeElement instanceof HTMLInputElement)) plot.focus();
    },
  };
}

/** What the empty stage says. @param {import("../types.js").AppState} state */
function waitsFor({ expression: { status, graph }, connection, lesson }) {
  if (lesson?.locked) return "Shown after the prediction";
  if (status === "empty")
    return "Type an expression of + − · / ^, functions and inputs of any name, or take one of those above.";
  if (status !== "loading" || graph !== null) return "";
  return connection.status === "open" ? "Reading the expression …" : "Waiting for the server …";
}

/** The expression with the character marked at which it cannot be read. @param {HTMLElement} place @param {string} text @param {string} message */
function showPlace(place, text, message) {
  const at = Number(message.match(/ at character (\d+)/)?.[1] ?? 0);
  place.hidden = text === "" || at === 0;
  if (place.hidden) return;
  const mark = h("mark", {}, text.slice(at - 1, at).trim() || "\u2423");
  place.replaceChildren(h("code", {}, text.slice(0, at - 1), mark, text.slice(at)));
}

/** Ready expressions, a press each. @param {GraphActions} actions @returns {View} */
function readyView(actions) {
  const element = h("div", { class: "graph-ready", role: "group", aria: { label: "Ready expressions" } });
  /** @type {{text: string, button: HTMLButtonElement}[]} */
  let buttons = [];
  let asked = false;
  return {
    element,
    update({ expression }) {
      if (!asked) {
        asked = true;
        fill();
      }
      for (const { text, button } of buttons) setAttribute(button, "aria-pressed", String(text === expression.text));
    },
  };

  async function fill() {
    try {
      const answer = await fetch(at("api/microscope"));
      if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
      const { graphs } = /** @type {{graphs: Ready[]}} */ (await answer.json());
      buttons = graphs.map(({ name, title, summary, text, inputs }) => {
        const typed = text.replaceAll(" ** ", "^");
        const values = Object.fromEntries(Object.entries(inputs).map(([input, value]) => [input, String(value)]));
        const press = () => actions.read(typed, values);
        const button = h(
          "button",
          { type: "button", class: "chip", title: summary, data: { ready: name }, onclick: press },
          title,
        );
        return { text: typed, button };
      });
      element.replaceChildren(...buttons.map(({ button }) => button));
    } catch (error) {
      element.replaceChildren(
        h("span", { class: "small" }, `The ready expressions did not come: ${messageOf(error)}. `),
        h("button", { type: "button", class: "text-button", onclick: fill }, "try again"),
      );
    }
  }
}
