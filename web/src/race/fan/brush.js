/** Many starts, set by a stroke over the surface: one lane runs from each of them. */

/** @import { AppState } from "../../types.js" */
/** @import { Plane } from "../plots/plane.js" */

import { raceFrameOf } from "../frames.js";

const MOST = 200;
/** Pixels between two starts of a stroke. */
const APART = 14;

/** @param {AppState} state */
const stateOf = ({ race }) => `${race?.race} ${race?.change}`;

/**
 * @param {HTMLElement} element  that the plane lies on
 * @param {import("../surface/actions.js").SurfaceRaceActions} actions
 * @param {() => Plane | null} plane
 */
export function brush(element, actions, plane) {
  /** Where they are, and whose. @type {[number, number][]} */
  let starts = [];
  /** @type {number | null} */
  let lane = null;
  /** The last place of a stroke, in pixels. @type {{x: number, y: number} | null} */
  let last = null;
  const asked = { count: 0 };
  /** The race that they were set in, and whether a picture of them has come: until then one that shows none is older. */
  let [of, there] = ["", false];

  /** @param {PointerEvent} event */
  const place = (event) => {
    const box = element.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  /** @param {{x: number, y: number}} at */
  const drop = async (at) => {
    const shown = plane();
    if (!shown || starts.length >= MOST) return;
    const inside =
      at.x >= shown.left && at.x <= shown.left + shown.width && at.y >= shown.top && at.y <= shown.top + shown.height;
    if (!inside) return;
    last = at;
    lane ??= raceFrameOf(actions.state, "race_point")?.meta.lane ?? null;
    if (lane === null) return;
    if (starts.length === 0) [of, there] = [stateOf(actions.state), false];
    starts = [...starts, [shown.x(at.x), shown.y(at.y)]];
    asked.count++;
    const done = await actions.fan(lane, starts);
    asked.count--;
    if (!done) starts = starts.slice(0, -1); // it is off the surface: that was said
  };
  element.addEventListener(
    "pointerdown",
    (event) => {
      const onButton = event.target instanceof Element && event.target.closest("button");
      if (!actions.state.raceLook.brush || event.button !== 0 || onButton) return;
      event.stopImmediatePropagation(); // the plane stays where it is
      element.setPointerCapture(event.pointerId);
      drop(place(event));
    },
    true,
  );
  // By keys: where the start is, which the arrows move.
  element.addEventListener("keydown", (event) => {
    const [start, shown] = [actions.state.race?.start, plane()];
    const onStart = event.target instanceof Element && event.target.closest(".race-start");
    if (event.key !== "Enter" || !onStart || !actions.state.raceLook.brush || !start || !shown) return;
    event.preventDefault();
    drop({ x: shown.px(start[0]), y: shown.py(start[1]) }).finally(() => (last = null));
  });
  element.addEventListener("pointermove", (event) => {
    const at = place(event);
    if (last && event.buttons === 1 && Math.hypot(at.x - last.x, at.y - last.y) >= APART) drop(at);
  });
  for (const name of /** @type {const} */ (["pointerup", "pointercancel"])) element.addEventListener(name, () => (last = null));
  return {
    /** @param {AppState} state */
    update(state) {
      element.classList.toggle("is-brushed", state.raceLook.brush);
      const frame = raceFrameOf(state, "race_fan");
      const none = frame?.meta.lane === null;
      there ||= frame !== null && !none;
      // Another race, or they were taken away.
      if (asked.count === 0 && none && (there || of !== stateOf(state))) [starts, lane] = [[], null];
    },
  };
}
