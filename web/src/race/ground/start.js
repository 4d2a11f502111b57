/** Where all lanes begin: dragged, or moved with the arrows. */

/** @import { AppState } from "../../types.js" */
/** @import { Plane } from "../plots/plane.js" */

import { h, setAttribute } from "../../toolkit/dom.js";
import { formatNumber } from "../../toolkit/maths.js";
import { shows } from "../plots/plane.js";

/** @type {Record<string, [number, number]>} */
const DIRECTIONS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/**
 * @param {import("../surface/actions.js").SurfaceRaceActions} actions
 * @param {() => Plane | null} plane
 */
export function startHandle(actions, plane) {
  const element = h(
    "button",
    { type: "button", class: "race-start", data: { testid: "race-origin" } },
    h("span", { class: "race-start-word" }, "start"),
  );
  /** Where it was sent to, until the race is known to begin there: what comes next counts from here. @type {[number, number] | null} */
  let sent = null;
  /** The race as it was when that was answered. @type {AppState["race"]} */
  let answered = null;
  listen();
  return { element, update: put, move };

  /** @param {AppState} state */
  function put({ race }) {
    const shown = plane();
    if (race && sent && (isAt(race, sent) || (answered && race !== answered))) sent = null;
    const at = sent ?? race?.start;
    element.hidden = !at || !shown || !shows(shown, at[0], at[1]);
    if (!at || !shown) return;
    element.style.left = `${shown.px(at[0])}px`;
    element.style.top = `${shown.py(at[1])}px`;
    const words = `Start at x ${formatNumber(at[0], 3)}, y ${formatNumber(at[1], 3)}`;
    setAttribute(element, "aria-label", `${words}: drag it, or move it with the arrows`);
    setAttribute(element, "title", `${words}: drag it, or move it with the arrows`);
    setAttribute(element, "data-value", race?.start?.join(",") ?? "");
  }

  /** @param {number} x @param {number} y */
  function send(x, y) {
    /** @type {[number, number]} */
    const wish = [x, y];
    [sent, answered] = [wish, null];
    actions.start(x, y).then(() => {
      if (sent !== wish) return;
      answered = actions.state.race;
      if (actions.state.errors["race.start"]) sent = null; // refused
      put(actions.state);
    });
    put(actions.state);
  }

  /** To a place on the screen, or the nearest one on the plane. @param {number} px @param {number} py */
  function move(px, py) {
    const shown = plane();
    if (!shown) return;
    const inside = (/** @type {number} */ at, /** @type {number} */ low, /** @type {number} */ size) =>
      Math.max(low, Math.min(low + size, at));
    send(
      round(shown.x(inside(px, shown.left, shown.width)), shown.xs),
      round(shown.y(inside(py, shown.top, shown.height)), shown.ys),
    );
  }

  function listen() {
    let held = false;
    element.addEventListener("pointerdown", (event) => {
      held = true;
      element.setPointerCapture(event.pointerId);
    });
    element.addEventListener("pointermove", (event) => {
      const [shown, over] = [plane(), element.parentElement];
      if (!held || !shown || !over) return;
      const box = over.getBoundingClientRect();
      move(event.clientX - box.left, event.clientY - box.top);
    });
    const release = () => (held = false);
    element.addEventListener("pointerup", release);
    element.addEventListener("pointercancel", release);
    element.addEventListener("keydown", (event) => {
      const [shown, direction] = [plane(), DIRECTIONS[event.key]];
      const at = sent ?? actions.state.race?.start;
      if (!direction || !at || !shown) return;
      event.preventDefault();
      const by = (event.shiftKey ? 10 : 1) / 100;
      send(
        round(at[0] + direction[0] * by * (shown.xs[1] - shown.xs[0]), shown.xs),
        round(at[1] + direction[1] * by * (shown.ys[1] - shown.ys[0]), shown.ys),
      );
    });
  }
}

/** @param {NonNullable<AppState["race"]>} race @param {[number, number]} place */
const isAt = ({ start }, [x, y]) => start?.[0] === x && start[1] === y;

/** To a thousandth of what is shown: a start that can be read. @param {number} value @param {[number, number]} range */
export function round(value, [low, high]) {
  const digits = Math.max(0, 3 - Math.floor(Math.log10(high - low)));
  return Number(value.toFixed(digits));
}
