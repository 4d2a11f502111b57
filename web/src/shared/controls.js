/**
 * Form controls. A control shows the server's value, sends a change, and returns to the server's value where the change is
 * refused.
 * Every one carries `data-field` with the dotted path of the spec's field it stands for.
 */

/** @import { Parameter } from "../types.js" */

import { h, setText } from "../toolkit/dom.js";
import { formatSetting, parseSetting } from "../toolkit/maths.js";
import { isTyped } from "../toolkit/typing.js";

/**
 * @typedef {object} ChangeTarget  Where a control's changes go.
 * @property {(path: string) => void} register
 * @property {(path: string, value: unknown) => Promise<boolean>} change
 * @property {(path: string, message: string) => void} refuse
 *
 * @typedef {number | string} Rung  of a slider's ladder
 *
 * @typedef {object} Control
 * @property {HTMLElement} element
 * @property {(value: unknown, error?: string) => void} update  shows the server's value
 */

let counter = 0;
const freshId = () => `control-${++counter}`;

/** A place for a refusal, beside its control and known to it. */
function errorLine() {
  const element = h("p", { class: "field-error", id: freshId(), role: "alert", hidden: true });
  return {
    element,
    /** @param {HTMLElement} input @param {string | undefined} message */
    show(input, message) {
      element.hidden = !message;
      setText(element, message ?? "");
      if (message) {
        input.setAttribute("aria-invalid", "true");
        input.setAttribute("aria-describedby", element.id);
      } else {
        input.removeAttribute("aria-invalid");
        input.removeAttribute("aria-describedby");
      }
    },
  };
}

/**
 * A number to type. Commits on Enter and on leaving; Escape takes the server's value back.
 * @param {ChangeTarget} target
 * @param {{path: string, label: string, hint?: string, integer?: boolean, off?: boolean}} options  `off`: empty or "off" means none
 * @returns {Control & {input: HTMLInputElement}}
 */
export function numberField(target, { path, label, hint = "", integer = false, off = false }) {
  target.register(path);
  const id = freshId();
  const error = errorLine();
  const input = h("input", {
    id,
    class: "number",
    type: "text",
    inputmode: "decimal",
    autocomplete: "off",
    spellcheck: "false",
    name: path,
  });
  const element = h(
    "div",
    { class: "field", data: { field: path } },
    h("div", { class: "field-row" }, h("label", { for: id, title: hint }, label), input),
    error.element,
  );
  /** @type {unknown} */
  let value;
  const text = () => (value === null && off ? "off" : formatSetting(value));
  const restore = () => {
    input.value = input.defaultValue = text();
  };
  const commit = async () => {
    const typed = input.value.trim();
    if (typed === text()) return;
    const none = off && (typed === "" || typed.toLowerCase() === "off");
    const wish = none ? null : parseSetting(typed);
    if (wish === null && !none) {
      target.refuse(path, `“${typed}” is not a number.`);
      restore();
    } else if (integer && wish !== null && !Number.isInteger(wish)) {
      target.refuse(path, `“${typed}” is not a whole number.`);
      restore();
    } else if (!(await target.change(path, wish))) restore();
  };
  input.addEventListener("change", commit);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") input.blur();
    if (event.key === "Escape") {
      restore();
      input.blur();
    }
  });
  input.addEventListener("focus", () => input.select());
  return {
    element,
    input,
    update(next, message) {
      // What is being typed is never overwritten; a value that changed elsewhere is.
      const changed = next !== value || input.value === "";
      value = next;
      if (isTyped(input)) input.defaultValue = text();
      else if (changed) restore();
      error.show(input, message);
    },
  };
}

/**
 * A slider over a ladder of values, with the value beside it: typed exactly where `typed`, else in words. A `live` one tells of
 * every value that it is dragged over.
 * @param {ChangeTarget} target
 * @param {{path: string, label: string, hint?: string, typed?: boolean, live?: boolean, format?: (value: unknown) => string}} options
 * @returns {Control & {setLadder: (values: Rung[]) => void, mark: (value: number | null, words: string) => void}}
 */
export function sliderField(target, { path, label, hint = "", typed = false, live = false, format = formatSetting }) {
  target.register(path);
  const id = freshId();
  const error = errorLine();
  const slider = h("input", { id, type: "range", min: 0, step: 1, data: { path } });
  const field = typed ? numberField(target, { path, label, hint }) : null;
  const shown = h("output", { for: id, class: "value" });
  const head = field ? field.element : h("div", { class: "field-row" }, h("label", { for: id, title: hint }, label), shown);
  if (field) slider.setAttribute("aria-label", label);
  const mark = h("span", { class: "slider-mark", hidden: true });
  const element = h(
    "div",
    { class: "field slider", data: { field: path } },
    head,
    h("div", { class: "slider-place" }, slider, mark),
    field ? null : error.element,
  );
  if (field) delete field.element.dataset.field;
  /** @type {Rung[]} */
  let ladder = [];
  /** @type {unknown} */
  let value;
  let dragged = false;
  /** @type {string | undefined} */
  let refusal;
  /**
   * Answers that are due, or not painted: until then the thumb stands where it was put, with its value beside it, and the next key
   * counts from there.
   */
  let due = 0;
  const place = () => {
    const ahead = dragged || due > 0;
    if (ahead || value !== undefined) field?.update(ahead ? ladder[Number(slider.value)] : value, refusal);
    if (ladder.length === 0 || ahead) return;
    slider.value = String(nearest(ladder, value));
    fill();
    const words = value === undefined ? "" : format(value); // before there is a run
    setText(shown, words);
    slider.setAttribute("aria-valuetext", words);
  };
  const fill = () => slider.style.setProperty("--fill", `${(Number(slider.value) / Math.max(1, ladder.length - 1)) * 100}%`);
  const send = async () => {
    due++;
    await target.change(path, ladder[Number(slider.value)]);
    await new Promise(requestAnimationFrame); // what came of it is in the state, and in `value` with the next painting
    due--;
    place();
  };
  slider.addEventListener("input", () => {
    const wish = ladder[Number(slider.value)];
    fill();
    setText(shown, format(wish));
    field?.update(wish, refusal);
    dragged = live;
    if (live) send();
  });
  slider.addEventListener("change", () => {
    dragged = false;
    send();
  });
  // Dragged away and back it has not changed.
  for (const end of ["pointerup", "pointercancel", "blur"])
    slider.addEventListener(end, () => {
      dragged = false;
      place();
    });
  return {
    element,
    setLadder(values) {
      ladder = values;
      slider.max = String(Math.max(1, values.length - 1));
      place();
    },
    mark(at, words) {
      const rungs = ladder.map(Number);
      const last = rungs.length - 1;
      mark.hidden = at === null || last < 1 || !(at >= rungs[0] && at <= rungs[last]);
      if (mark.hidden || at === null) return;
      let rung = 0;
      while (rung < last - 1 && rungs[rung + 1] <= at) rung++;
      const share = (rung + (at - rungs[rung]) / (rungs[rung + 1] - rungs[rung])) / last;
      mark.style.left = `calc(7px + ${share} * (100% - 14px))`; // the middle of a thumb that stood there
      mark.title = words;
      mark.dataset.value = String(at);
    },
    update(next, message) {
      const changed = next !== value || message !== refusal;
      [value, refusal] = [next, message];
      if (changed) place();
      if (!field) error.show(slider, message);
    },
  };
}

/** @param {Rung[]} ladder @param {unknown} value */
function nearest(ladder, value) {
  const exact = ladder.findIndex((rung) => rung === value);
  if (exact >= 0 || typeof value !== "number") return Math.max(0, exact);
  const away = ladder.map((rung) => Math.abs(Number(rung) - value));
  let best = 0;
  for (let i = 1; i < away.length; i++) if (away[i] < away[best]) best = i;
  return best;
}

/**
 * A choice among named values.
 * @param {ChangeTarget} target
 * @param {{path: string, label: string, hint?: string, choices: {value: string, label: string}[], bare?: boolean}} options
 * @returns {Control & {select: HTMLSelectElement}}
 */
export function choiceField(target, { path, label, hint = "", choices, bare = false }) {
  target.register(path);
  const id = freshId();
  const error = errorLine();
  const select = h("select", { id, name: path });
  for (const choice of choices) select.append(h("option", { value: choice.value }, choice.label));
  if (bare) select.setAttribute("aria-label", label);
  const element = h(
    "div",
    { class: "field", data: { field: path } },
    h("div", { class: "field-row" }, bare ? null : h("label", { for: id, title: hint }, label), select),
    error.element,
  );
  let value = "";
  select.addEventListener("change", async () => {
    if (!(await target.change(path, select.value))) select.value = value;
  });
  return {
    element,
    select,
    update(next, message) {
      const wanted = String(next);
      if (wanted !== value || select.value === "") {
        value = wanted;
        select.value = wanted;
      }
      error.show(select, message);
    },
  };
}

/**
 * Yes or no.
 * @param {ChangeTarget} target
 * @param {{path: string, label: string, hint?: string}} options
 * @returns {Control}
 */
export function switchField(target, { path, label, hint = "" }) {
  target.register(path);
  const id = freshId();
  const error = errorLine();
  const input = h("input", { id, type: "checkbox", class: "switch", role: "switch", name: path });
  const element = h(
    "div",
    { class: "field", data: { field: path } },
    h("div", { class: "field-row" }, h("label", { for: id, title: hint }, label), input),
    error.element,
  );
  let value = false;
  input.addEventListener("change", async () => {
    if (!(await target.change(path, input.checked))) input.checked = value;
  });
  return {
    element,
    update(next, message) {
      const wanted = Boolean(next);
      if (wanted !== value) {
        value = wanted;
        input.checked = wanted;
      }
      error.show(input, message);
    },
  };
}

/**
 * Two numbers to type that are one value of the spec.
 * @param {ChangeTarget} target
 * @param {Parameter} parameter
 * @param {string} path
 * @returns {Control}
 */
function pairField(target, parameter, path) {
  target.register(path);
  /** @type {unknown[]} */
  let pair = [];
  const fields = parameter.parts.map((part, index) => {
    /** @type {ChangeTarget} */
    const own = {
      register: () => {},
      change: (_, wish) =>
        target.change(
          path,
          pair.map((each, i) => (i === index ? wish : each)),
        ),
      refuse: (_, message) => target.refuse(path, message),
    };
    const hint = [part.title, parameter.summary, rangeWords(part)].filter(Boolean).join(". ");
    return numberField(own, { path: `${path}.${index}`, label: part.symbol || part.title, hint });
  });
  return {
    element: h("div", { class: "field", data: { field: path } }, ...fields.map(({ element }) => element)),
    update(next, message) {
      pair = Array.isArray(next) ? next : [];
      // Where the pair is refused, one line says why.
      fields.forEach((field, index) => field.update(pair[index], index === 0 ? message : undefined));
    },
  };
}

/**
 * The control a row's parameter asks for.
 * @param {ChangeTarget} target
 * @param {Parameter} parameter
 * @param {string} path
 * @returns {Control}
 */
export function parameterField(target, parameter, path) {
  const { kind, title, symbol, summary } = parameter;
  const label = symbol || title;
  const hint = [title, summary, rangeWords(parameter)].filter(Boolean).join(". ");
  if (kind === "bool") return switchField(target, { path, label: title, hint });
  if (kind === "pair") return pairField(target, parameter, path);
  if (kind === "choice") {
    return choiceField(target, {
      path,
      label: title,
      hint,
      choices: (parameter.choices ?? []).map((value) => ({ value, label: value })),
    });
  }
  return numberField(target, { path, label, hint, integer: kind === "int" });
}

/**
 * The range a parameter may take, in words.
 * @param {Parameter} parameter
 */
export function rangeWords({ minimum, maximum, exclusive_minimum, exclusive_maximum }) {
  const parts = [];
  if (minimum !== null && minimum !== undefined)
    parts.push(`${exclusive_minimum ? "above" : "from"} ${formatSetting(minimum)}`);
  if (maximum !== null && maximum !== undefined) parts.push(`${exclusive_maximum ? "below" : "to"} ${formatSetting(maximum)}`);
  return parts.join(" ");
}

/**
 * Round values for a logarithmic slider: 1, 2, 3, 5, 7 in every decade between two ends.
 * @param {number} low
 * @param {number} high
 */
export function logLadder(low, high) {
  const values = [];
  for (let exponent = Math.floor(Math.log10(low)); exponent <= Math.ceil(Math.log10(high)); exponent++) {
    for (const digit of [1, 2, 3, 5, 7]) {
      const value = Number(`${digit}e${exponent}`);
      if (value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9)) values.push(value);
    }
  }
  return values;
}
