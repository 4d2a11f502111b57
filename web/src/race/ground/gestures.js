/** A plane moved and zoomed by wheel, drag, two fingers: both axes by as much, so that a unit of x stays as long as one of y. */

/** @import { Plane } from "../plots/plane.js" */

/** Pixels that a finger may tremble. */
const STILL = 4;

/**
 * @param {HTMLElement} element
 * @param {() => Plane | null} plane
 * @param {(xs: [number, number], ys: [number, number]) => void} show
 * @param {() => void} whole
 */
export function planeGestures(element, plane, show, whole) {
  /** What touches it, and where. @type {Map<number, {x: number, y: number}>} */
  const held = new Map();
  let moving = false;
  const at = (/** @type {MouseEvent} */ event) => {
    const box = element.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  element.addEventListener(
    "wheel",
    (event) => {
      const now = plane();
      if (!now) return;
      event.preventDefault();
      const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 30 : 1;
      const place = at(event);
      about(now, place, place, Math.exp(Math.max(-0.5, Math.min(0.5, event.deltaY * lines * 0.002))));
    },
    { passive: false },
  );
  const onButton = (/** @type {Event} */ event) => event.target instanceof Element && event.target.closest("button") !== null;
  element.addEventListener("dblclick", (event) => {
    if (!onButton(event)) whole();
  });
  element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0 || onButton(event)) return;
    held.set(event.pointerId, at(event));
    moving = held.size > 1;
  });
  element.addEventListener("pointermove", (event) => {
    const [now, before] = [plane(), held.get(event.pointerId)];
    if (!now || !before) return;
    const place = at(event);
    if (!moving && Math.hypot(place.x - before.x, place.y - before.y) < STILL) return;
    if (!moving) element.setPointerCapture(event.pointerId);
    moving = true;
    const other = [...held].find(([id]) => id !== event.pointerId)?.[1];
    held.set(event.pointerId, place);
    if (!other) return about(now, before, place, 1);
    const middle = (/** @type {{x: number, y: number}} */ one) => ({ x: (one.x + other.x) / 2, y: (one.y + other.y) / 2 });
    const apart = (/** @type {{x: number, y: number}} */ one) => Math.max(8, Math.hypot(one.x - other.x, one.y - other.y));
    about(now, middle(before), middle(place), apart(before) / apart(place));
  });
  const release = (/** @type {PointerEvent} */ event) => held.delete(event.pointerId);
  for (const name of /** @type {const} */ (["pointerup", "pointercancel"])) element.addEventListener(name, release);

  /**
   * What lay at one place lies at another, and so much more of the plane is shown.
   * @param {Plane} now
   * @param {{x: number, y: number}} from
   * @param {{x: number, y: number}} to
   * @param {number} factor
   */
  function about(now, from, to, factor) {
    const span = (/** @type {[number, number]} */ [low, high], /** @type {number} */ fixed, /** @type {number} */ by) =>
      /** @type {[number, number]} */ ([fixed + (low - fixed) * factor - by, fixed + (high - fixed) * factor - by]);
    const [x, y] = [now.x(from.x), now.y(from.y)];
    const xs = span(now.xs, x, (now.x(to.x) - x) * factor);
    const ys = span(now.ys, y, (now.y(to.y) - y) * factor);
    if ([xs, ys].every(([low, high]) => high - low > 1e-9 && Math.abs(low) < 1e9 && Math.abs(high) < 1e9)) show(xs, ys);
  }
}
