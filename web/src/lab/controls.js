/** The choices of an experiment, made from its parameters: a slider where there is a range, a list where there are few. */

/** @import { Setting } from "../catalog.js" */
/** @import { AppState, Parameter } from "../types.js" */
/** @import { Control, ChangeTarget } from "../shared/controls.js" */
/** @import { Choices } from "./slice.js" */

import { choiceField, logLadder, parameterField, rangeWords, sliderField } from "../shared/controls.js";
import { h, memo } from "../toolkit/dom.js";
import { subscript } from "../toolkit/maths.js";

/** Rungs of a slider on a linear range. */
const RUNGS = 40;

/** @param {import("./actions.js").LabActions} actions */
export function controlsView(actions) {
  const element = h("div", { class: "fields lab-fields", data: { testid: "lab-choices" } });
  /** @type {{name: string, path: string, control: Control, usual: Setting}[]} */
  let fields = [];
  const changed = memo();
  /** @type {ChangeTarget} */
  const target = {
    register: () => {},
    change: (path, value) => actions.begin(/** @type {Choices} */ ({ [nameOf(path)]: value })),
    refuse: (path, message) => actions.sender.refuse(path, message),
  };
  return {
    element,
    /** @param {AppState} state */
    update(state) {
      const { row } = actions;
      if (changed(row)) {
        fields = (row?.parameters ?? []).map((parameter) => {
          const path = `lab.${parameter.name}`;
          return { name: parameter.name, path, control: controlOf(target, parameter, path), usual: parameter.default };
        });
        element.replaceChildren(...fields.map(({ control }) => control.element));
      }
      const choices = /** @type {Choices} */ (state.lab?.experiment === row?.name ? (state.lab?.choices ?? {}) : {});
      for (const { name, path, control, usual } of fields) control.update(choices[name] ?? usual, state.errors[path]);
    },
  };
}

/** @param {string} words */
const capital = (words) => words.charAt(0).toUpperCase() + words.slice(1);

/** @param {string} path */
const nameOf = (path) => path.split(".")[1];

/** @param {ChangeTarget} target @param {Parameter} parameter @param {string} path @returns {Control} */
function controlOf(target, parameter, path) {
  const { kind, symbol, summary, choices } = parameter;
  const title = capital(parameter.title);
  const hint = [title, summary, rangeWords(parameter)].filter(Boolean).join(". ");
  if (choices) return choiceOf(target, { ...parameter, title }, path, hint);
  if (kind === "text") return textField(target, path, title, hint);
  const ladder = kind === "int" || kind === "float" ? ladderOf(parameter) : [];
  if (ladder.length < 2) return parameterField(target, { ...parameter, title }, path);
  const label =
    symbol && !symbol.includes("\\") && !title.split(" ").includes(symbol)
      ? `${title} ${symbol.replace(/_(\d)/g, (_, digit) => subscript(Number(digit)))}`
      : title;
  const field = sliderField(target, { path, label, hint, typed: true });
  field.setLadder(ladder);
  return field;
}

/** Where its ends are told: 1-2-3-5-7 in every decade, or even steps; the default is among them. @param {Parameter} parameter */
function ladderOf({ kind, minimum: low, maximum: high, scale, default: usual, exclusive_minimum: open }) {
  if (low === null || high === null || !(high > low)) return [];
  const whole = kind === "int";
  const step = (high - low) / RUNGS;
  /** @type {number[]} */
  const found = [];
  if (scale === "log" && high > 0)
    found.push(...logLadder(Math.max(low, high * 1e-9), high), high, ...(low > 0 && !open ? [low] : []));
  else if (whole && high - low <= 2 * RUNGS) for (let k = low; k <= high; k++) found.push(k);
  else
    for (let k = open ? 1 : 0; k <= RUNGS; k++)
      found.push(whole ? Math.round(low + k * step) : Number((low + k * step).toPrecision(6)));
  if (typeof usual === "number") found.push(usual);
  const fit = whole ? found.filter(Number.isInteger) : found;
  return [...new Set(fit)].sort((a, b) => a - b);
}

/** A choice's values need not be words: each is sent as it is. @param {ChangeTarget} target @param {Parameter} parameter @param {string} path @param {string} hint @returns {Control} */
function choiceOf(target, { title, choices }, path, hint) {
  /** @type {Map<string, Setting>} */
  const values = new Map((choices ?? []).map((value) => [String(value), value]));
  const own = {
    ...target,
    change: (/** @type {string} */ to, /** @type {unknown} */ wish) => target.change(to, values.get(String(wish))),
  };
  const labels = [...values.keys()].map((value) => ({ value, label: value.replaceAll("_", " ") }));
  const field = choiceField(own, { path, label: title, hint, choices: labels });
  return field;
}

/** @param {ChangeTarget} target @param {string} path @param {string} label @param {string} hint @returns {Control} */
function textField(target, path, label, hint) {
  const id = `lab-text-${nameOf(path)}`;
  const input = h("input", { id, type: "text", class: "text-input", autocomplete: "off", spellcheck: "false", name: path });
  const error = h("p", { class: "field-error", id: `${id}-error`, role: "alert", hidden: true });
  const element = h(
    "div",
    { class: "field", data: { field: path } },
    h("label", { for: id, title: hint }, label),
    input,
    error,
  );
  let value = "";
  input.addEventListener("change", async () => {
    if (input.value !== value && !(await target.change(path, input.value))) input.value = value;
  });
  return {
    element,
    update(next, message) {
      if (String(next) !== value && document.activeElement !== input) input.value = String(next);
      value = String(next);
      error.hidden = !message;
      error.textContent = message ?? "";
      input.toggleAttribute("aria-invalid", Boolean(message));
    },
  };
}
