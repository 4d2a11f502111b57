/** Where late joiners look: the QR code, the address and the code of the room in large letters. */

import { BASE_PATH } from "../toolkit/address.js";
import { h, setText } from "../toolkit/dom.js";
import { qrView } from "./qr.js";

/** @param {import("./slice.js").Room} room  @returns {string} what a phone's camera opens */
export function joinAddress({ joined_by, code }) {
  const whole = `${location.protocol}//${below(joined_by)}`;
  return code === null ? whole : `${whole}#${code}`;
}

/** As it is typed. @param {import("./slice.js").Room} room */
export const typedAddress = ({ joined_by }) => below(joined_by);

/** The server knows by which host it is reached; the page, below which of its paths. @param {string} joined */
const below = (joined) => joined.replace(/\/join$/, `${BASE_PATH}join`);

export function cornerView() {
  const qr = qrView();
  const address = h("span", { class: "class-address", data: { testid: "class-address" } });
  const code = h("strong", { class: "class-code", data: { testid: "class-corner-code" } });
  const closed = h("p", { class: "small", hidden: true }, "Nobody new can join by this code.");
  const element = h("aside", { class: "class-corner", aria: { label: "How to join" } }, qr.element, address, code, closed);
  return {
    element,
    /** @param {import("./slice.js").Room} room */
    update(room) {
      const shut = room.code === null || room.admit === "closed";
      qr.element.hidden = shut;
      closed.hidden = !shut;
      setText(address, typedAddress(room));
      setText(code, room.code ?? "");
      code.setAttribute("aria-label", `Code ${[...(room.code ?? "")].join(" ")}`);
      if (!shut) qr.show(joinAddress(room), `QR code to join at ${typedAddress(room)} with the code ${room.code}`);
    },
  };
}
