/** Predict, then reveal: a number is hidden and asked for, first its sign, then its order of magnitude, then its digits. */

/** @import { View } from "../../types.js" */
/** @import { Asking, Question } from "./types.js" */

import { h, memo, setText } from "../../toolkit/dom.js";
import { formatNumber, MINUS, parseSetting, superscript } from "../../toolkit/maths.js";
import { chosenEntry, nextStep } from "./looked.js";
import { formula } from "../../shared/panel-numbers.js";

const ORDERS = Array.from({ length: 16 }, (_, i) => 5 - i);
/** How the truth of a stage that is over is told. @type {Record<string, string>} */
const STAGES = { sign: "the sign is", order: "the magnitude is", digits: "it is" };

/** @param {import("./actions.js").PanelActions} actions @returns {View} */
export function predictView(actions) {
  const hide = h(
    "button",
    {
      type: "button",
      class: "quiet-button",
      data: { testid: "hide" },
      title: "hide the number that is chosen and predict it (h)",
      onclick: () => actions.hide(false),
    },
    "Hide this number",
  );
  const hideNext = h(
    "button",
    {
      type: "button",
      class: "quiet-button",
      data: { testid: "hide-next" },
      title: "hide a number of the next micro-step before it is seen",
      onclick: () => actions.hideNext(),
    },
    "Hide one from the next step",
  );
  const list = h("div", { class: "questions", data: { testid: "questions" } });
  const told = h("p", { class: "told-line", role: "status", data: { testid: "judged" } });
  const score = h("p", { class: "small", data: { testid: "score" } });
  const error = h("p", { class: "field-error", role: "alert", hidden: true });
  const changed = memo();
  return {
    element: h(
      "section",
      { class: "panel-part", aria: { label: "Predict first" } },
      h("h3", { class: "panel-title" }, "Predict first"),
      h("div", { class: "panel-buttons" }, hide, hideNext),
      error,
      list,
      told,
      score,
    ),
    update(state) {
      hide.disabled = chosenEntry(state) === null;
      hideNext.disabled = nextStep(state) === null;
      const { asking } = state.panels;
      if (!changed(asking)) return;
      setText(error, asking.error);
      error.hidden = asking.error === "";
      drawList(asking);
      setText(told, judged(asking));
      const { right, wrong, unknown, revealed } = asking.score;
      const counts = `${right} right · ${wrong} wrong · ${unknown} not known${revealed > 0 ? ` · ${revealed} revealed` : ""}`;
      setText(score, right + wrong + unknown + revealed === 0 ? "" : counts);
    },
  };

  /** @param {Asking} asking */
  function drawList({ questions }) {
    const kept = document.activeElement?.closest("[data-question]");
    const focused =
      kept && list.contains(kept) && document.activeElement?.matches(":focus-visible")
        ? kept.getAttribute("data-question")
        : null;
    const more = questions.length > list.childElementCount;
    list.replaceChildren(...questions.map((question) => card(question)));
    if (more) list.lastElementChild?.scrollIntoView({ block: "nearest" });
    // Whoever answers by keys (after a click the arrows are the transport's) goes on with the same question, or the next one that is open.
    if (focused !== null) {
      const again = list.querySelector(`[data-question="${focused}"]`) ?? list.firstElementChild;
      /** @type {HTMLElement | null | undefined} */ (again?.querySelector("input, select, button"))?.focus();
    }
  }

  /** @param {Question} question */
  function card(question) {
    const { id, symbol, words, stage, answers } = question;
    const past = answers.map(({ stage, right, truth }) =>
      h("span", { class: `chip-told ${mark(right).kind}` }, `${mark(right).sign} ${STAGES[stage]} ${truthWords(stage, truth)}`),
    );
    const skip = h(
      "button",
      { type: "button", class: "text-button", data: { testid: "dont-know" }, onclick: () => actions.guess(id, null) },
      "I don’t know",
    );
    const reveal = h(
      "button",
      { type: "button", class: "text-button", data: { testid: "reveal" }, onclick: () => actions.reveal(id) },
      "reveal",
    );
    return h(
      "form",
      {
        class: "question",
        novalidate: true,
        data: { question: id, stage },
        aria: { label: `Predict ${words}` },
        onsubmit: (/** @type {Event} */ event) => event.preventDefault(),
      },
      h("p", { class: "question-what" }, formula(symbol), h("span", { class: "small" }, words)),
      ...past,
      { sign: signField, order: orderField, digits: digitsField }[stage](id),
      h("span", { class: "panel-buttons" }, skip, reveal),
    );
  }

  /** @param {number} id */
  function signField(id) {
    /** @type {[string, number][]} */
    const signs = [
      ["positive", 1],
      ["zero", 0],
      ["negative", -1],
    ];
    return h(
      "span",
      { class: "panel-buttons", role: "group", aria: { label: "Its sign" } },
      ...signs.map(([words, sign]) =>
        h("button", { type: "button", class: "quiet-button", data: { sign }, onclick: () => actions.guess(id, sign) }, words),
      ),
    );
  }

  /** @param {number} id */
  function orderField(id) {
    const field = h(
      "select",
      { class: "line-field", name: "order", aria: { label: "Its magnitude" } },
      ...ORDERS.map((order) => h("option", { value: order, selected: order === -1 }, between(order))),
    );
    const go = h(
      "button",
      { type: "button", class: "quiet-button", onclick: () => actions.guess(id, Number(field.value)) },
      "Submit",
    );
    field.addEventListener("keydown", (event) => event.key === "Enter" && go.click());
    return h("label", { class: "question-field" }, h("span", { class: "small" }, "magnitude"), field, go);
  }

  /** @param {number} id */
  function digitsField(id) {
    const field = h("input", {
      class: "line-field",
      name: "digits",
      inputmode: "decimal",
      autocomplete: "off",
      aria: { label: "The number, to two significant digits" },
    });
    const problem = h("span", { class: "field-error", role: "alert" });
    const submit = () => {
      const value = parseSetting(field.value);
      setText(problem, value === null ? "enter a number such as −0.12" : "");
      if (value !== null) actions.guess(id, value);
    };
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      submit();
    });
    const go = h("button", { type: "button", class: "quiet-button", onclick: submit }, "Submit");
    return h("label", { class: "question-field" }, h("span", { class: "small" }, "to two digits"), field, go, problem);
  }
}

/** @param {boolean | null} right */
function mark(right) {
  if (right === null) return { kind: "unknown", sign: "·" };
  return right ? { kind: "good", sign: "✓ right:" } : { kind: "bad", sign: "✗ wrong:" };
}

/** @param {number} order */
function between(order) {
  const power = (/** @type {number} */ n) => (n >= -4 && n <= 5 ? String(Number(`1e${n}`)) : `10${superscript(n)}`);
  return `${power(order)} to ${power(order + 1)}`;
}

/** @param {string} stage @param {string} truth */
function truthWords(stage, truth) {
  if (stage === "order") return between(Number(truth.match(/-?\d+/g)?.[1] ?? 0));
  return stage === "digits" ? formatNumber(Number(truth)) : truth.replace("-", MINUS);
}

/** @param {Asking} asking */
function judged({ last }) {
  if (!last) return "";
  const how = last.revealed ? "Revealed" : last.right === null ? "Not known" : last.right ? "Right" : "Wrong";
  if (last.value === null)
    return `${how}: ${last.stage === "order" ? "its magnitude is " : "it is "}${truthWords(last.stage, last.truth)}.`;
  return `${how}: it is ${formatNumber(last.value)}.`;
}
