/**
 * In a frame the page keeps to its box: it takes no focus that it was not given, scrolls nothing around it, and asks nothing of
 * a sandbox that it need not. What the page does elsewhere by itself, the browser would do to the page around it, too.
 */

import { framed } from "../../toolkit/storage.js";

/** How far a box scrolls that something comes into view. @param {number} from @param {number} to @param {number} low @param {number} high @param {string} where */
function distance(from, to, low, high, where) {
  if (where === "start") return from - low;
  if (where === "end") return to - high;
  if (where === "center") return (from + to - low - high) / 2;
  const fits = to - from <= high - low;
  if (from < low && to <= high) return fits ? from - low : to - high;
  if (to > high && from >= low) return fits ? to - high : from - low;
  return 0;
}

/** Whether what is too large for a box can be scrolled in it. @param {Element} box */
function scrolls(box) {
  const { overflowX, overflowY } = getComputedStyle(box);
  return [overflowX, overflowY].some((way) => way !== "visible" && way !== "clip");
}

/** Into view within this page. @param {Element} element @param {ScrollIntoViewOptions} how */
function scrollHere(element, { block = "start", inline = "nearest" }) {
  for (let box = element.parentElement; box; box = box.parentElement) {
    const page = box === document.scrollingElement;
    if (!page && !scrolls(box)) continue;
    const inner = element.getBoundingClientRect();
    const outer = page ? new DOMRect(0, 0, innerWidth, innerHeight) : box.getBoundingClientRect();
    box.scrollBy(
      distance(inner.left, inner.right, outer.left, outer.right, inline),
      distance(inner.top, inner.bottom, outer.top, outer.bottom, block),
    );
  }
}

function keepFocus() {
  for (const { prototype } of [HTMLElement, SVGElement]) {
    const focus = prototype.focus;
    /** @this {HTMLElement | SVGElement} @param {FocusOptions} [options] */
    prototype.focus = function (options) {
      if (!document.hasFocus()) return; // somebody writes in the page around it
      focus.call(this, { ...options, preventScroll: true });
      if (!options?.preventScroll) scrollHere(this, { block: "nearest" });
    };
  }
}

function keepScrolling() {
  Element.prototype.scrollIntoView = function (options) {
    scrollHere(this, typeof options === "object" ? options : { block: options === false ? "end" : "start" });
  };
}

/** Wheels belong to the page around it until one has come in by a press or by keys: nobody who scrolls past is held up. */
function letWheelsPass() {
  addEventListener("wheel", (event) => document.hasFocus() || event.stopImmediatePropagation(), {
    capture: true,
    passive: true,
  });
}

/** A sandbox without `allow-forms` swallows a form before the page hears of it; none of them is ever sent. */
function submitFormsHere() {
  addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    if (!button?.form || button.type !== "submit" || button.disabled || event.defaultPrevented) return;
    event.preventDefault();
    if (button.form.noValidate || button.form.reportValidity())
      button.form.dispatchEvent(new SubmitEvent("submit", { bubbles: true, cancelable: true, submitter: button }));
  });
}

/** A link to another place of this page is no entry of the history, which is that of the page around it. */
function replacePlaces() {
  addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest('a[href^="#"]:not([target])') : null;
    if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    location.replace(link.getAttribute("href") ?? "#");
  });
}

if (framed) for (const keep of [keepFocus, keepScrolling, letWheelsPass, submitFormsHere, replacePlaces]) keep();
