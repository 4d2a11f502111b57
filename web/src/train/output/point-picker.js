/** Choosing a sample on a plot, with mouse, finger or keys: arrows go from point to point, Enter follows the one they are at. */

/** @import { Followed } from "../../types.js" */

import { h, memo, setAttribute, setText } from "../../toolkit/dom.js";
import { sampleName, targetWords } from "../../run/followed.js";
import { frameOf } from "../../run/selectors.js";

/** How far from a point a click may be (px). */
const NEAR = 14;
const SPLITS = /** @type {const} */ (["train", "test"]);
/** @type {Record<string, [number, number]>} */
const WAYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * @typedef {Followed & {x: number, y: number}} Spot  a sample and where it is drawn, in CSS pixels
 * @typedef {(split: "train" | "test", index: number) => [number, number] | null} Placing  null outside the plot
 */

/**
 * @param {HTMLCanvasElement} canvas  the plot; it is put into the picker
 * @param {import("../actions.js").TrainActions} actions
 */
export function pointPicker(canvas, actions) {
  const ring = h("i", { class: "pick-ring", hidden: true });
  const chosen = h("i", { class: "pick-ring chosen", hidden: true, data: { testid: "followed-ring" } });
  const tip = h("div", { class: "tip", hidden: true });
  const voice = h("span", { class: "sr-only", role: "status" });
  const element = h(
    "div",
    {
      class: "plot-place",
      tabindex: 0,
      role: "application",
      aria: { label: "Samples: arrows go from one to the next, Enter follows it through the network" },
      data: { testid: "picker" },
    },
    canvas,
    chosen,
    ring,
    tip,
    voice,
  );
  /** @type {import("../../types.js").AppState | null} */
  let state = null;
  /** @type {Placing} */
  let placing = () => null;
  /** Made when they are first asked for, and kept while they stay. @type {Spot[] | null} */
  let known = null;
  /** @type {Spot | null} */
  let aimed = null;
  const moved = memo();

  const spots = () => {
    if (known) return known;
    /** @type {Spot[]} */
    const found = [];
    const data = state && frameOf(state, "data");
    for (const split of SPLITS) {
      const count = data?.arrays[`${split}_raw`]?.shape[0] ?? 0;
      for (let index = 0; index < count; index++) {
        const at = placing(split, index);
        if (at) found.push({ split, index, x: at[0], y: at[1] });
      }
    }
    return (known = found);
  };
  /** @param {Spot | null} spot @param {boolean} [aloud] */
  const aim = (spot, aloud = false) => {
    aimed = spot;
    ring.hidden = tip.hidden = spot === null;
    canvas.style.cursor = spot ? "pointer" : "";
    if (!spot || !state?.run) return;
    const words = `${sampleName(spot)}, ${targetWords(state.run, frameOf(state, "data"), spot)}`;
    put(ring, spot);
    setText(tip, words);
    if (aloud) setText(voice, words);
    const half = tip.offsetWidth / 2;
    tip.style.left = `${Math.max(half, Math.min(element.clientWidth - half, spot.x))}px`;
    tip.style.top = spot.y > 44 ? `${spot.y - tip.offsetHeight - 10}px` : `${spot.y + 12}px`;
  };
  /** @param {MouseEvent} event */
  const nearest = (event) => {
    const box = canvas.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    return closest(spots(), (spot) => {
      const away = Math.hypot(spot.x - x, spot.y - y);
      return away <= NEAR ? away : Infinity;
    });
  };
  canvas.addEventListener("pointermove", (event) => event.pointerType === "mouse" && aim(nearest(event)));
  canvas.addEventListener("pointerleave", () => document.activeElement !== element && aim(null));
  canvas.addEventListener("click", (event) => {
    const spot = nearest(event);
    aim(spot);
    if (spot) actions.follow({ split: spot.split, index: spot.index });
  });
  element.addEventListener("blur", () => aim(null));
  element.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" && aimed) actions.follow({ split: aimed.split, index: aimed.index });
    else if (event.key in WAYS) aim(next(WAYS[event.key]) ?? aimed, true);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });

  /** The nearest sample that way; to begin with the followed one, or that in the middle. @param {[number, number]} way */
  function next([across, down]) {
    const from = aimed;
    if (!from) {
      const { followed } = state ?? {};
      const same = followed && spots().find((spot) => spot.split === followed.split && spot.index === followed.index);
      return same ?? closest(spots(), ({ x, y }) => Math.hypot(x - element.clientWidth / 2, y - element.clientHeight / 2));
    }
    return closest(spots(), (spot) => {
      const [dx, dy] = [spot.x - from.x, spot.y - from.y];
      const along = dx * across + dy * down;
      const aside = Math.abs(dx * down) + Math.abs(dy * across);
      // Within a right angle around the way; what is straight ahead counts as nearer.
      return along > 0.01 && aside <= along ? along + 2 * aside : Infinity;
    });
  }

  return {
    element,
    /**
     * @param {import("../../types.js").AppState} now
     * @param {Placing} place
     * @param {number} width
     * @param {number} height
     */
    update(now, place, width, height) {
      state = now;
      const data = frameOf(now, "data");
      const { followed, run } = now;
      if (!moved(run, data, followed, width, height)) return;
      placing = place;
      known = null;
      if (aimed) aim(null);
      const drawn = followed && SPLITS.some((split) => split === followed.split);
      const count = followed ? (data?.arrays[`${followed.split}_raw`]?.shape[0] ?? 0) : 0;
      const at =
        drawn && followed.index < count ? place(/** @type {"train" | "test"} */ (followed.split), followed.index) : null;
      chosen.hidden = at === null;
      if (at) put(chosen, { x: at[0], y: at[1] });
      setAttribute(element, "data-followed", followed ? `${followed.split} ${followed.index}` : null);
    },
  };
}

/** @param {HTMLElement} ring @param {{x: number, y: number}} at */
function put(ring, { x, y }) {
  ring.style.left = `${x}px`;
  ring.style.top = `${y}px`;
}

/**
 * @param {Spot[]} spots
 * @param {(spot: Spot) => number} distance  Infinity: out of the question
 */
function closest(spots, distance) {
  /** @type {Spot | null} */
  let best = null;
  let least = Infinity;
  for (const spot of spots) {
    const away = distance(spot);
    if (away < least) [best, least] = [spot, away];
  }
  return best;
}
