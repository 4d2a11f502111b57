/** A QR code as the server makes it, for a text: asked for once. */

import { at } from "../toolkit/address.js";
import { h, memo, setAttribute } from "../toolkit/dom.js";

/** @type {Map<string, Promise<string>>} */
const made = new Map();

/** @param {string} text @returns {Promise<string>} the SVG as an address of its own */
async function make(text) {
  const answer = await fetch(at("api/qr"), { method: "POST", body: text, headers: { "Content-Type": "text/plain" } });
  if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
  return `data:image/svg+xml,${encodeURIComponent(await answer.text())}`;
}

/** @param {string} text */
function qrOf(text) {
  const found = made.get(text) ?? make(text);
  made.set(text, found);
  found.catch(() => made.delete(text));
  return found;
}

/** @returns {{element: HTMLElement, show: (text: string | null, words: string) => void}} */
export function qrView() {
  const image = h("img", { class: "class-qr-image", data: { testid: "class-qr" } });
  const failed = h(
    "p",
    { class: "small", hidden: true },
    "The QR code could not be fetched; the address leads to the same place.",
  );
  const element = h("div", { class: "class-qr" }, image, failed);
  const changed = memo();
  return {
    element,
    show(text, words) {
      if (!changed(text, words)) return;
      image.hidden = true;
      image.removeAttribute("src");
      setAttribute(image, "alt", words);
      if (text === null) return;
      qrOf(text).then(
        (address) => {
          image.src = address;
          image.hidden = false;
          failed.hidden = true;
        },
        () => (failed.hidden = false),
      );
    },
  };
}
