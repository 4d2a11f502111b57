/** Presenting: a spotlight that follows the pointer, or the keyboard's focus, and a pen. Both lie over the room and change nothing. */

/** @import { View } from "../types.js" */

import { h, s, setAttribute } from "../toolkit/dom.js";
import { icon } from "../toolkit/icons.js";

/** @typedef {"spotlight" | "pen"} Tool */

/** Pixels between two points of a stroke, at least. */
const APART = 2;

/**
 * @returns {View & {buttons: HTMLElement, toggle: (tool: Tool) => void, clear: () => void}}
 */
export function markerView() {
  /** @type {Tool | null} */
  let tool = null;
  let presenting = false;
  let room = "";
  const light = h("div", { class: "spotlight", hidden: true });
  const paper = s("svg", { class: "pen-paper", "data-testid": "pen-paper", "aria-hidden": "true" });
  const element = h("div", { class: "marker" }, light, paper);
  const button = (/** @type {string} */ name, /** @type {string} */ label, /** @type {() => void} */ press) =>
    h(
      "button",
      {
        type: "button",
        class: "round",
        title: label,
        aria: { label: label.replace(/ \(.*/, "") },
        data: { testid: name },
        onclick: press,
      },
      icon(name),
    );
  const spotlight = button("spotlight", "Spotlight (k)", () => toggle("spotlight"));
  const pen = button("pen", "Pen (j)", () => toggle("pen"));
  const wipe = button("clear", "Clear the drawing (Backspace)", clear);
  const buttons = h("div", { class: "marker-buttons", role: "group", aria: { label: "Point and draw" } }, spotlight, pen, wipe);

  /** @param {Tool} wanted */
  function toggle(wanted) {
    tool = presenting && tool !== wanted ? wanted : null;
    show();
  }

  function clear() {
    paper.replaceChildren();
    show();
  }

  function show() {
    light.hidden = tool !== "spotlight";
    paper.classList.toggle("drawing", tool === "pen");
    setAttribute(spotlight, "aria-pressed", String(tool === "spotlight"));
    setAttribute(pen, "aria-pressed", String(tool === "pen"));
    wipe.disabled = paper.childElementCount === 0;
  }

  /** @param {number} x @param {number} y */
  function point(x, y) {
    light.style.setProperty("--x", `${x}px`);
    light.style.setProperty("--y", `${y}px`);
  }
  addEventListener("pointermove", ({ clientX, clientY }) => presenting && point(clientX, clientY), { passive: true });
  addEventListener("focusin", ({ target }) => {
    // What is scrolled to, and whether the keyboard came there, is known with the next screen frame.
    requestAnimationFrame(() => {
      if (tool !== "spotlight" || !(target instanceof Element) || !target.matches(":focus-visible")) return;
      const { left, top, width, height } = target.getBoundingClientRect();
      point(left + width / 2, top + height / 2);
    });
  });
  // Before anything else that Escape leaves.
  addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Escape" || tool === null || document.querySelector("dialog[open]")) return;
      event.preventDefault();
      toggle(tool);
    },
    true,
  );

  paper.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    paper.setPointerCapture(event.pointerId);
    const box = paper.getBoundingClientRect();
    let [x, y] = [event.clientX - box.left, event.clientY - box.top];
    // A tap is a dot: a line of no length with round ends.
    let points = `M${x} ${y}l0 0`;
    const stroke = s("path", { d: points, class: "stroke-of-pen" });
    paper.append(stroke);
    show();
    const draw = (/** @type {PointerEvent} */ { clientX, clientY, pointerId }) => {
      const [toX, toY] = [clientX - box.left, clientY - box.top];
      if (pointerId !== event.pointerId || Math.hypot(toX - x, toY - y) < APART) return;
      [x, y] = [toX, toY];
      points += `L${x} ${y}`;
      stroke.setAttribute("d", points);
    };
    const end = (/** @type {PointerEvent} */ { pointerId }) => {
      if (pointerId !== event.pointerId) return;
      paper.removeEventListener("pointermove", draw);
      paper.removeEventListener("pointerup", end);
      paper.removeEventListener("pointercancel", end);
    };
    paper.addEventListener("pointermove", draw);
    paper.addEventListener("pointerup", end);
    paper.addEventListener("pointercancel", end);
  });

  return {
    element,
    buttons,
    toggle,
    clear,
    update(state) {
      // What is drawn belongs to the picture it was drawn on.
      if (state.room === room && state.projector === presenting) return;
      if (state.room !== room || !state.projector) paper.replaceChildren();
      ({ room, projector: presenting } = state);
      if (!presenting) tool = null;
      show();
    },
  };
}
