/** A click on the surface: every lane runs again from there. A second one soon after means the whole surface instead. */

/** Milliseconds in which the second click of two comes. */
const DOUBLE = 250;
/** Pixels that a finger may tremble. */
const STILL = 4;

/**
 * @param {HTMLElement} element
 * @param {(x: number, y: number) => void} go  to a place in pixels
 * @param {() => boolean} off
 */
export function clickToStart(element, go, off) {
  let timer = 0;
  let [downX, downY] = [0, 0];
  element.addEventListener("pointerdown", (event) => ([downX, downY] = [event.clientX, event.clientY]));
  element.addEventListener("click", (event) => {
    clearTimeout(timer);
    const onButton = event.target instanceof Element && event.target.closest("button");
    const moved = Math.hypot(event.clientX - downX, event.clientY - downY) > STILL;
    if (onButton || moved || off() || event.detail > 1) return;
    const box = element.getBoundingClientRect();
    timer = window.setTimeout(() => go(event.clientX - box.left, event.clientY - box.top), DOUBLE);
  });
}
