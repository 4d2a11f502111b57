/** A small sheet beside a connection or a unit: its exact weight or bias, to be typed, dragged, set to zero, or frozen. */

/** @import { AppState } from "../../../types.js" */
/** @import { Target } from "../words.js" */

import { h, memo, setText } from "../../../toolkit/dom.js";
import { formatExact, formatSetting, parseSetting } from "../../../toolkit/maths.js";
import { freezeRow } from "./freeze-row.js";
import { entryOf, titleOf, whereOf } from "../words.js";
import { roundUp } from "../wires.js";
import { icon } from "../../../toolkit/icons.js";
import { Newest } from "../../../wire/newest.js";

/** How long a number that was set may take to come back (ms); until then the older one does not show again. */
const PATIENCE = 1000;
/** Positions of the slider on each side of zero. */
const NOTCHES = 200;

/** @param {import("../../actions.js").TrainActions} actions */
export function weightEditor(actions) {
  const title = h("strong");
  const where = h("p", { class: "small" });
  const field = h("input", {
    class: "number",
    type: "text",
    inputmode: "decimal",
    autocomplete: "off",
    spellcheck: "false",
    data: { testid: "weight-value" },
  });
  const slider = h("input", { type: "range", data: { testid: "weight-slider" } });
  const low = h("span");
  const high = h("span");
  const error = h("p", { class: "field-error", role: "alert", hidden: true });
  const close = h(
    "button",
    { class: "round small", type: "button", title: "close (Esc)", aria: { label: "Close" }, onclick: () => shut() },
    icon("close"),
  );
  const zero = h(
    "button",
    { class: "text-button", type: "button", title: "set to 0 (Delete)", onclick: () => set(0) },
    "set to 0",
  );
  const apply = h("button", { class: "text-button", type: "submit", title: "apply (Enter)" }, "apply");
  const freeze = freezeRow(actions, (refused) => complain(refused));
  const form = h(
    "form",
    { class: "weight-form" },
    h("div", { class: "title-row" }, title, close),
    where,
    field,
    slider,
    h("div", { class: "range-words small" }, low, high),
    error,
    h("div", { class: "title-row" }, zero, apply),
    freeze.element,
  );
  const element = h("div", { class: "weight-editor", role: "dialog", hidden: true, data: { testid: "weight-editor" } }, form);

  /** @type {Target | null} */
  let target = null;
  /** @type {AppState | null} */
  let state = null;
  /** @type {(() => void) | null} */
  let after = null;
  let run = -1;
  let dirty = false;
  /** Whether one came to it by keys, and goes back to where one was. */
  let byKeys = false;
  let dragging = false;
  /** What was set and has not come back yet. @type {number | null} */
  let awaited = null;
  let at = { x: 0, y: 0 };
  let around = "";
  const shownChanged = memo();

  /** @type {Newest<{of: Target | null, value: number}>} */
  const wishes = new Newest(async ({ of, value }) => {
    const entry = of && of === target && state ? entryOf(state, "parameters", of) : null;
    if (!entry) return true;
    const refused = await actions.weight(entry.name, entry.index, value);
    if (target !== of) return true;
    complain(refused);
    awaited = refused === null ? value : null;
    setTimeout(() => {
      if (awaited === value) awaited = null;
      show();
    }, PATIENCE);
    return true;
  });
  const isSending = () => wishes.wish !== null;
  /** @param {number} value */
  const set = async (value) => {
    dirty = false;
    await wishes.want({ of: target, value });
    if (!dragging) actions.release();
    show();
  };
  /** @param {string | null} message */
  const complain = (message) => {
    error.hidden = message === null;
    setText(error, message ?? "");
    field.toggleAttribute("aria-invalid", message !== null);
  };
  const shut = () => {
    if (element.hidden) return;
    const inside = element.contains(document.activeElement);
    element.hidden = true;
    target = null;
    awaited = null;
    dragging = false;
    actions.release();
    const back = after;
    after = null;
    const stage = /** @type {HTMLElement | null} */ (element.parentElement?.querySelector(".stage"));
    if (inside && byKeys) stage?.focus({ preventScroll: true });
    // After a click the arrows are the transport's again.
    else if (inside) /** @type {HTMLElement} */ (document.activeElement).blur();
    if (inside) back?.();
  };
  /** The number as it stands, unless another is being typed or dragged. */
  const show = () => {
    if (!target || !state) return;
    const entry = entryOf(state, "parameters", target);
    if (entry?.value === awaited || state.clock?.status === "playing") awaited = null;
    if (!entry || awaited !== null || !shownChanged(entry.value, target, dirty, dragging, isSending())) return;
    const busy = dragging || isSending();
    if (!dirty && !busy) {
      const whole = document.activeElement === field && field.selectionStart === 0 && field.selectionEnd === field.value.length;
      field.value = formatExact(entry.value);
      if (whole) field.select();
    }
    if (!busy) slider.value = String(entry.value);
    fill();
  };
  const fill = () => {
    const reach = Number(slider.max);
    slider.style.setProperty("--fill", `${((Number(slider.value) + reach) / (2 * reach)) * 100}%`);
    slider.setAttribute("aria-valuetext", formatSetting(Number(slider.value)));
  };

  field.addEventListener("input", () => (dirty = true));
  slider.addEventListener("input", () => {
    if (!dragging) actions.hold();
    dragging = true;
    field.value = formatExact(Number(slider.value));
    fill();
    set(Number(slider.value));
  });
  slider.addEventListener("change", () => {
    dragging = false;
    if (!isSending()) actions.release();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const value = parseSetting(field.value);
    if (value === null) complain(`${field.value.trim() || "nothing"} is no number; allowed: a number such as −1.25 or 3e−4`);
    else set(value);
  });
  element.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      shut();
    } else if (event.key === "Delete") {
      const whole = field.selectionStart === 0 && field.selectionEnd === field.value.length;
      if (event.target === field && !whole) return; // a digit is deleted
      event.preventDefault();
      set(0);
    } else if ((event.key === "h" || event.key === "x") && !(event.ctrlKey || event.metaKey || event.altKey)) {
      if (event.target instanceof HTMLSelectElement) return; // which finds its options by their letters
      event.preventDefault(); // no number has such a letter
      freeze.key(event.key);
    } else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && !dirty) {
      event.preventDefault();
      if (event.shiftKey) actions.redo();
      else actions.undo();
    }
  });

  addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || element.hidden || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    shut();
  });
  return {
    element,
    close: shut,
    /**
     * @param {AppState} now
     * @param {Target} wanted
     * @param {{x: number, y: number}} spot  in the stage
     * @param {() => void} then  when it closes by a key
     */
    open(now, wanted, spot, then) {
      const entry = entryOf(now, "parameters", wanted);
      if (!entry || !now.run) return shut();
      [state, target, after, run] = [now, wanted, then, now.run.run];
      dirty = dragging = false;
      awaited = null;
      complain(null);
      setText(title, titleOf(wanted));
      setText(where, whereOf(now.run, wanted));
      element.setAttribute("aria-label", `Edit ${titleOf(wanted)}`);
      field.setAttribute("aria-label", `Value of ${titleOf(wanted)}`);
      slider.setAttribute("aria-label", `Drag ${titleOf(wanted)}`);
      // The range is chosen once, so that it stands still under the hand.
      const reach = Math.max(1, roundUp(Math.max(1e-300, Math.abs(entry.value) * 2)));
      Object.assign(slider, { min: String(-reach), max: String(reach), step: String(reach / NOTCHES) });
      setText(low, formatSetting(-reach));
      setText(high, formatSetting(reach));
      byKeys = document.activeElement?.matches(".stage:focus-visible") ?? false;
      element.hidden = false;
      at = spot;
      freeze.open(now, wanted);
      place();
      show();
      field.focus({ preventScroll: true });
      field.select();
    },
    /** @param {AppState} now @param {Target} wanted */
    zero(now, wanted) {
      const entry = entryOf(now, "parameters", wanted);
      if (entry) actions.weight(entry.name, entry.index, 0).then((message) => message && actions.sender.complain(message));
    },
    /** @param {AppState} now */
    update(now) {
      if (element.hidden) return;
      state = now;
      if (now.run?.run !== run) return shut();
      const { clientWidth, clientHeight } = /** @type {HTMLElement} */ (element.parentElement);
      if (around !== `${clientWidth} ${clientHeight}`) place();
      freeze.update(now);
      show();
    },
  };

  /** Beside the place, but whole. */
  function place() {
    const diagram = /** @type {HTMLElement} */ (element.parentElement);
    const stage = /** @type {HTMLElement} */ (diagram.querySelector(".stage"));
    const [width, height] = [element.offsetWidth, element.offsetHeight];
    const { clientWidth, clientHeight } = diagram;
    const right = at.x + 18 + width < clientWidth - 8;
    const left = right ? at.x + 18 : Math.max(8, Math.min(clientWidth - width - 8, at.x - width - 18));
    element.style.left = `${left}px`;
    element.style.top = `${Math.max(8, Math.min(clientHeight - height - 8, stage.offsetTop + at.y + 14))}px`;
    around = `${clientWidth} ${clientHeight}`;
  }
}
