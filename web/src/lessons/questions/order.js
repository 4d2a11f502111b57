/** Things to put in order: dragged, or moved up and down by their buttons. */

/** @import { Kind } from "./types.js" */

import { h } from "../../toolkit/dom.js";
import { markup, measuredElement } from "../../shared/markup.js";

/** @type {Kind} */
export const order = ({ texts }, put) => {
  /** From above. */
  let places = texts.map((_, i) => i);
  let frozen = false;
  const rows = texts.map((text, i) => row(markup(text), i));
  const element = h("ol", { class: "lesson-order", aria: { label: "Your order, the first above" } });
  lay();
  // Whoever leaves it as it stands means it so.
  put(places);
  return {
    element,
    reveal({ answer, truth, value }) {
      frozen = true;
      if (Array.isArray(answer)) places = answer;
      for (const button of element.querySelectorAll("button")) button.disabled = true;
      const right = Array.isArray(truth) ? /** @type {number[]} */ (truth) : [];
      rows.forEach(({ told, element: line }, i) => {
        const measured = Array.isArray(value) && typeof value[i] === "number" ? measuredElement(value[i]) : "";
        const place = right.indexOf(i);
        told.replaceChildren(place >= 0 ? `measured: ${place + 1}. ` : "", measured);
        line.dataset.truth = String(right[places.indexOf(i)] === i);
      });
      lay();
    },
  };

  /** @param {number} [held]  the one that stays where it is, for it has the pointer: the others go around it */
  function lay(held = places[0]) {
    const line = rows[held].element;
    if (line.parentElement !== element) element.append(line);
    const at = places.indexOf(held);
    line.before(...places.slice(0, at).map((i) => rows[i].element));
    line.after(...places.slice(at + 1).map((i) => rows[i].element));
    places.forEach((i, at) => {
      rows[i].up.disabled = frozen || at === 0;
      rows[i].down.disabled = frozen || at === places.length - 1;
    });
  }

  /** @param {number} i @param {number} to */
  function move(i, to) {
    const from = places.indexOf(i);
    if (frozen || to < 0 || to >= places.length || to === from) return;
    places = places.filter((each) => each !== i);
    places.splice(to, 0, i);
    lay(i);
    put(places);
  }

  /** @param {Node} words @param {number} i */
  function row(words, i) {
    const name = words.textContent ?? "";
    const button = (/** @type {string} */ sign, /** @type {string} */ label, /** @type {number} */ by) =>
      h(
        "button",
        {
          type: "button",
          class: "quiet-button",
          title: label,
          aria: { label: `${name}: ${label}` },
          onclick: () => {
            move(i, places.indexOf(i) + by);
            // At an end its button is off: the other one keeps the keyboard here.
            if (by < 0 ? up.disabled : down.disabled) (by < 0 ? down : up).focus();
          },
        },
        sign,
      );
    const [up, down] = [button("↑", "up", -1), button("↓", "down", 1)];
    const told = h("span", { class: "small lesson-order-told" });
    const grip = h("span", { class: "lesson-grip" }, h("span", { aria: { hidden: true } }, "⠿"), h("span", {}, words));
    const line = h("li", { data: { item: i } }, grip, told, up, down);
    grip.addEventListener("pointerdown", (event) => {
      if (frozen || event.button !== 0) return;
      grip.setPointerCapture(event.pointerId);
      line.dataset.held = "true";
    });
    grip.addEventListener("pointermove", (event) => {
      if (!grip.hasPointerCapture(event.pointerId)) return;
      const over = places.findIndex((each) => {
        const box = rows[each].element.getBoundingClientRect();
        return event.clientY >= box.top && event.clientY <= box.bottom;
      });
      if (over >= 0) move(i, over);
    });
    const release = () => delete line.dataset.held;
    grip.addEventListener("pointerup", release);
    grip.addEventListener("pointercancel", release);
    return { element: line, told, up, down };
  }
};
