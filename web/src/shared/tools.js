/** Buttons of the bar, and a menu of what can be taken along. */

import { h } from "../toolkit/dom.js";
import { icon } from "../toolkit/icons.js";

/**
 * @param {string} name
 * @param {string} label
 * @param {() => void} press
 * @param {import("../toolkit/elements.js").HtmlProperties} [more]
 * @param {string} [sign]
 */
export function pill(name, label, press, more = {}, sign = name) {
  return h(
    "button",
    {
      type: "button",
      class: "pill",
      title: label,
      aria: { label },
      data: { testid: name, part: name },
      onclick: press,
      ...more,
    },
    icon(sign),
    h("span", { class: "pill-label" }, label),
  );
}

/**
 * A pill that opens a menu of what can be taken along.
 * @param {string} name  its hook; the icon is that of export
 * @param {string} label
 * @param {[string, string, () => void][]} entries  words, the kind of file, what is done
 */
export function menuOf(name, label, entries) {
  const items = entries.map(([words, kind, press]) =>
    h(
      "button",
      {
        type: "button",
        role: "menuitem",
        class: "menu-item",
        tabindex: -1,
        onclick: () => {
          close(true);
          press();
        },
      },
      h("span", {}, words),
      h("span", { class: "menu-kind" }, kind),
    ),
  );
  const menu = h("div", { class: "menu", role: "menu", id: `${name}-menu`, aria: { label }, hidden: true }, ...items);
  const button = pill(
    name,
    label,
    () => (menu.hidden ? open() : close(true)),
    {
      "aria-haspopup": "menu",
      "aria-expanded": "false",
      "aria-controls": `${name}-menu`,
    },
    "export",
  );
  const element = h("div", { class: "menu-place" }, button, menu);

  function open() {
    menu.hidden = false;
    button.setAttribute("aria-expanded", "true");
    items[0].focus();
  }
  /** @param {boolean} back  whether the focus returns to the button */
  function close(back) {
    menu.hidden = true;
    button.setAttribute("aria-expanded", "false");
    if (back) button.focus();
  }
  element.addEventListener("focusout", (event) => {
    if (!menu.hidden && !element.contains(/** @type {Node | null} */ (event.relatedTarget))) close(false);
  });
  menu.addEventListener("keydown", (event) => {
    const here = items.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
    const goals = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: items.length - 1 };
    // None of these keys is the page's while the menu is open.
    if (event.key !== "Tab") event.stopPropagation();
    if (event.key === "Escape") close(true);
    else if (event.key in goals) {
      event.preventDefault();
      items[(goals[/** @type {keyof typeof goals} */ (event.key)] + items.length) % items.length].focus();
    }
  });
  menu.addEventListener("keyup", (event) => event.stopPropagation());
  return element;
}
