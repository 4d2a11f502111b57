/** Below: a screen of one's own, one tap away. Locked while it could tell the answer. */

/** @import { Send, State } from "./types.js" */

import { RoomError } from "../src/class/wire.js";
import { at } from "../src/toolkit/address.js";
import { h, setAttribute, setText } from "../src/toolkit/dom.js";
import { screenOf } from "./screens.js";

/** @param {Send} send */
export function footView(send) {
  const own = h("button", { type: "button", class: "chip own", data: { testid: "own" }, onclick: take }, "Own screen");
  const full = h("a", { class: "chip full", data: { testid: "full" } }, "The teacher’s page in full");
  const words = h("p", { class: "quiet", role: "status", data: { testid: "own-words" } });
  const element = h("footer", { class: "foot" }, own, full, words);
  let going = false;
  let refused = "";
  return {
    element,
    /** @param {State} state */
    update(state) {
      const screen = screenOf(state);
      const open = screen === "follow" || screen === "turn" || screen === "revealed";
      const asked = screen === "vote" || screen === "talk" || screen === "voted";
      element.hidden = !open && !asked;
      own.disabled = !open || going || state.line?.status !== "open";
      full.hidden = !open;
      setAttribute(full, "href", at(`#follow=${state.room?.code ?? state.member?.code ?? ""}`));
      if (!open) refused = "";
      setText(words, refused || (going ? "Opening …" : open ? "back in one tap" : "Own screen opens again after the answer."));
    },
  };

  async function take() {
    [going, refused] = [true, ""];
    try {
      const found = /** @type {{link: string}} */ (await send("own"));
      location.assign(at(`${found.link.startsWith("#") ? "" : "#"}${found.link}`));
    } catch (error) {
      refused = error instanceof RoomError ? error.message : "The line is lost; try it again when it is back.";
    } finally {
      going = false;
    }
  }
}
