/** The view of a race in three dimensions: its stage, the button that puts it back, and what is said where nothing can be drawn. */

/** @import { AppState, View } from "../../types.js" */
/** @import { Picture } from "./scene.js" */

import { h, memo, setAttribute, setText } from "../../toolkit/dom.js";
import { typeScale } from "../../toolkit/type-scale.js";
import { clickToStart } from "../fan/click.js";
import { plotTip } from "../plots/tip.js";
import { Scene } from "./scene.js";
import { turning } from "./turning.js";

const NONE = "This browser cannot draw in three dimensions here: WebGL is missing or switched off. The contour shows the same.";
const LOST =
  "The graphics card has taken the picture away. It is drawn again as soon as it can be; the contour shows the same until then.";
/** How near a step is pointed at, by a pointer and by a finger. */
const [NEAR, FINGER] = [14, 26];

/**
 * @typedef {object} Told
 * @property {string} testid
 * @property {string} label
 * @property {(state: AppState) => unknown[] | null} known  what it depends on; null while there is nothing
 * @property {(state: AppState) => Picture & {drawn: number}} scene  `drawn`: the step it is of
 * @property {(state: AppState, lane: number, index: number) => {words: string, data: Record<string, number>} | null} words  of a step
 */

/**
 * @param {Told} told
 * @param {() => void} flat  shows the contour
 * @param {(x: number, y: number, drawn: NonNullable<Scene["box"]>) => void} [press]  a click on the ground
 * @returns {View}
 */
export function threeView({ testid, label, known, scene, words }, flat, press) {
  const canvas = h("canvas", { class: "race-canvas", aria: { hidden: true } });
  const over = h("canvas", { class: "race-canvas", aria: { hidden: true } });
  const stage = h(
    "div",
    {
      class: "race-plot scene-stage",
      tabindex: 0,
      role: "application",
      aria: { label: `${label}. Arrows turn it, plus and minus come closer and go further away, 0 puts it back.` },
      data: { testid },
    },
    canvas,
    over,
  );
  const back = h(
    "button",
    {
      type: "button",
      class: "quiet-button scene-reset",
      title: "as it was to begin with (0, double-click)",
      data: { testid: `${testid}-reset` },
      onclick: reset,
    },
    "reset view",
  );
  const sentence = h("p", {});
  const instead = h("button", { type: "button", class: "quiet-button", onclick: flat }, "show the contour");
  const nothing = h(
    "div",
    { class: "scene-nothing", role: "status", hidden: true, data: { testid: `${testid}-nothing` } },
    sentence,
    instead,
  );
  const tip = plotTip(`${testid}-tip`);
  const element = h("div", { class: "race-three" }, stage, back, nothing, tip.element);
  const drawing = new Scene(stage, canvas, over);
  const changed = memo();
  /** @type {AppState | null} */
  let last = null;
  /** @type {"new" | "drawn" | "lost" | "none"} */
  let now = "new";
  let asked = false;
  new ResizeObserver(() => last && update(last)).observe(element);
  canvas.addEventListener("webglcontextlost", (event) => {
    event.preventDefault(); // or the browser never gives it back
    drawing.lose();
    become("lost");
  });
  canvas.addEventListener("webglcontextrestored", () => {
    become(drawing.begin() ? "drawn" : "none");
    changed();
    if (last) update(last);
  });
  turning(stage, {
    turn: (across, up) => later(() => drawing.turn(across, up)),
    zoom: (factor) => later(() => drawing.zoom(factor)),
    reset,
    point,
    leave: () => tip.hide(),
  });
  if (press)
    clickToStart(
      stage,
      (x, y) => onGround(x, y, press),
      () => false,
    );
  return { element, update };

  /** @param {AppState} state */
  function update(state) {
    last = state;
    const [width, height] = [element.clientWidth, element.clientHeight];
    const found = known(state);
    if (!found || width < 40 || height < 40 || now === "none" || now === "lost") return;
    if (now === "new") {
      const begun = drawing.begin();
      become(begun ? "drawn" : "none");
      if (!begun) return;
    }
    if (!changed(...found, state.theme, width, height, typeScale(), window.devicePixelRatio)) return;
    const picture = scene(state);
    const { offsetLeft: left, offsetTop: top, offsetWidth, offsetHeight } = back;
    drawing.taken = [{ left, top, width: offsetWidth, height: offsetHeight }];
    drawing.show(picture, state.theme, width, height);
    setAttribute(stage, "data-drawn", String(picture.drawn));
    tip.hide();
  }

  /** @param {typeof now} state */
  function become(state) {
    now = state;
    const fails = state === "none" || state === "lost";
    setText(sentence, state === "none" ? NONE : LOST);
    nothing.hidden = !fails;
    back.hidden = stage.hidden = fails;
    setAttribute(element, "data-state", state);
  }

  /** Moves the camera now and paints with the next screen frame. @param {() => void} move */
  function later(move) {
    move();
    tip.hide();
    if (asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      drawing.paint();
    });
  }

  function reset() {
    later(() => drawing.reset());
  }

  /** A path is read, the ground between is pressed. @param {number} x @param {number} y @param {NonNullable<typeof press>} go */
  function onGround(x, y, go) {
    const found = drawing.nearest(x, y, NEAR) ? null : drawing.groundAt(x, y);
    if (found && drawing.box) go(...found, drawing.box);
  }

  /** @param {number} x @param {number} y @param {boolean} touch */
  function point(x, y, touch) {
    const found = drawing.nearest(x, y, touch ? FINGER : NEAR);
    const told = found && last && words(last, found.lane, found.step);
    if (!told) return tip.hide();
    tip.show(x, y, element.clientWidth, told.words, { lane: found.lane, ...told.data });
  }
}
