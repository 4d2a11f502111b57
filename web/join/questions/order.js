/** Things to put in order, by a button up and a button down each. */

/** @import { Kind } from "./types.js" */

import { markup } from "../../src/shared/markup.js";
import { h } from "../../src/toolkit/dom.js";
import { plain } from "./words.js";

/** @type {Kind} */
export const order = ({ texts }, put) => {
  /** From above. */
  let places = texts.map((_, i) => i);
  const rows = texts.map((text, i) => row(text, i));
  const element = h("ol", { class: "order", aria: { label: "Your order, the first above" } });
  lay();
  // Whoever leaves it as it stands means it so.
  put([...places]);
  return {
    element,
    direct: false,
    show(answer) {
      if (!Array.isArray(answer) || answer.length !== texts.length) return;
      places = [...answer];
      lay();
    },
  };

  function lay() {
    element.append(...places.map((i) => rows[i].element));
    places.forEach((i, at) => {
      rows[i].place.textContent = `${at + 1}`;
      rows[i].up.disabled = at === 0;
      rows[i].down.disabled = at === places.length - 1;
    });
  }

  /** @param {string} text @param {number} i */
  function row(text, i) {
    const name = plain(text);
    const button = (/** @type {string} */ sign, /** @type {string} */ label, /** @type {number} */ by) =>
      h("button", { type: "button", class: "key", aria: { label: `${name}: ${label}` }, onclick: () => move(by) }, sign);
    const [up, down] = [button("↑", "up", -1), button("↓", "down", 1)];
    const place = h("span", { class: "order-place", aria: { hidden: true } });
    const line = h("li", { data: { item: i } }, place, h("span", { class: "order-words" }, markup(text)), up, down);
    return { element: line, place, up, down };

    /** @param {number} by */
    function move(by) {
      const from = places.indexOf(i);
      const to = from + by;
      if (to < 0 || to >= places.length) return;
      [places[from], places[to]] = [places[to], places[from]];
      lay();
      put([...places]);
      // At an end its button is off: the other one keeps the keyboard here.
      const [pressed, other] = by < 0 ? [up, down] : [down, up];
      (pressed.disabled ? other : pressed).focus();
    }
  }
};
