/** Above every screen: which class it is and what goes on in it, who one is, the theme; and beneath, whether a line is lost. */

/** @import { Send, State } from "./types.js" */

import { RoomError } from "../src/class/wire.js";
import { h, setAttribute, setText } from "../src/toolkit/dom.js";
import { screenOf, standing } from "./screens.js";

/** Signs a name may have. */
const LONGEST = 24;

/** @param {{send: Send, leave: () => void, again: () => void, theme: () => void}} actions */
export function headView({ send, leave, again, theme }) {
  const where = h("p", { class: "where", data: { testid: "where" } });
  const me = h("button", { type: "button", class: "chip me", data: { testid: "me" }, onclick: open }, "");
  const shade = h("button", { type: "button", class: "round", data: { testid: "theme" }, onclick: theme });
  const words = h("span");
  const retry = h("button", { type: "button", class: "chip", onclick: again }, "Try now");
  const line = h("div", { class: "line", role: "status", hidden: true, data: { testid: "line" } }, words, retry);
  const name = h("input", {
    id: "name",
    class: "line-field",
    maxlength: LONGEST,
    autocomplete: "off",
    spellcheck: "false",
    aria: { describedby: "name-error" },
    data: { testid: "name" },
    oninput: () => say(""),
  });
  const why = h("p", { id: "name-error", class: "field-error", role: "alert" });
  const offer = h("input", { type: "checkbox", id: "offer", data: { testid: "offer" }, onchange: () => offered() });
  const dialog = h(
    "dialog",
    { class: "sheet", aria: { labelledby: "sheet-title" }, data: { testid: "sheet" } },
    h(
      "form",
      {
        novalidate: true,
        onsubmit: (/** @type {Event} */ event) => {
          event.preventDefault();
          rename();
        },
      },
      h("h2", { id: "sheet-title" }, "You in this class"),
      h("label", { for: "name" }, "The name you go by"),
      name,
      why,
      h("p", { class: "quiet" }, "The screen shows no names unless the teacher asks for them."),
      h("button", { type: "submit", class: "primary wide", data: { testid: "rename" } }, "Save"),
      h("div", { class: "offer" }, offer, h("label", { for: "offer" }, "My run may be put on the screen")),
      h(
        "div",
        { class: "sheet-foot" },
        h("button", { type: "button", class: "chip", onclick: () => dialog.close() }, "Close"),
        h(
          "button",
          { type: "button", class: "chip warn", data: { testid: "leave" }, onclick: () => (dialog.close(), leave()) },
          "Leave the class",
        ),
      ),
    ),
  );
  const element = h("header", { class: "head" }, h("div", { class: "head-row" }, where, me, shade), line);
  /** @type {State | null} */
  let state = null;
  return {
    element,
    dialog,
    /** @param {State} now */
    update(now) {
      state = now;
      const { room, member, code } = now;
      const screen = screenOf(now);
      const told = room?.code ?? member?.code ?? code;
      const stands = standing(screen, now);
      setText(where, screen === "code" ? "∂ chainrule" : [told, stands].filter(Boolean).join(" · "));
      const own = room?.name ?? "";
      me.hidden = own === "" || room?.state !== "in";
      setText(me, own);
      setAttribute(me, "aria-label", `You are ${own}: change it`);
      const dark = now.theme === "dark";
      setText(shade, dark ? "☀" : "☾");
      setAttribute(shade, "aria-label", dark ? "Light theme" : "Dark theme");
      if (!dialog.open) offer.checked = Boolean(room?.offered);
      const text = lineWords(now);
      line.hidden = text === "";
      setText(words, text);
      retry.hidden = now.line?.status !== "lost";
      if (dialog.open && room?.state !== "in") dialog.close();
    },
  };

  function open() {
    name.value = state?.room?.name ?? "";
    say("");
    dialog.showModal();
  }

  /** @param {string} text */
  function say(text) {
    setText(why, text);
    setAttribute(name, "aria-invalid", text ? "true" : null);
  }

  async function rename() {
    const wanted = name.value.trim();
    if (!wanted) return say("Type a name of up to 24 letters, digits, spaces, - and '.");
    try {
      await send("rename", { name: wanted });
      dialog.close();
    } catch (error) {
      say(error instanceof RoomError ? refusal(error) : "The line is lost; try it again when it is back.");
    }
  }

  async function offered() {
    const wanted = offer.checked;
    try {
      await send("offer", { offered: wanted }, true);
      say("");
    } catch (error) {
      offer.checked = !wanted;
      say(error instanceof RoomError ? refusal(error) : "The line is lost; try it again when it is back.");
    }
  }
}

/** @param {RoomError} error */
function refusal({ refusal: { message, allowed } }) {
  return allowed && !message.includes(allowed) ? `${message} Allowed: ${allowed}` : message;
}

/** @param {State} state */
function lineWords({ line, room, entering }) {
  if (!entering || !line || room?.state === "ended" || room?.state === "removed") return "";
  const last = room ? " You see the last state." : "";
  if (line.status === "lost") {
    const seconds = Math.max(1, Math.ceil(((line.retryAt ?? 0) - Date.now()) / 1000));
    const why = line.restart ? "The server begins anew." : "Line lost.";
    return `${why}${last} Trying again in ${seconds} s.`;
  }
  if (line.status === "connecting" && room) return `Line lost.${last} Trying again …`;
  if (room && line.status === "open" && room.state === "in" && room.line === "away")
    return "The teacher’s line is lost. You see the last state, and can go on on your own screen.";
  return "";
}
