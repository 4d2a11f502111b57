/** The teacher's phone as a remote: its link holds the key, so it is shown on demand alone, and gone with the dialog. */

import { h, setText } from "../../toolkit/dom.js";
import { joinAddress } from "../corner.js";
import { qrView } from "../qr.js";
import { button, section } from "./parts.js";

/** @param {import("../teacher.js").Teacher} teacher @returns {import("./dialog.js").Section} */
export function remoteSection(teacher) {
  const qr = qrView();
  const address = h("input", {
    type: "text",
    readonly: true,
    class: "line-field",
    aria: { label: "Link of the remote" },
    data: { testid: "class-remote-link" },
  });
  const warning = h(
    "p",
    { class: "small" },
    "Whoever has this link commands the class. Do not show it on the projector: turn that away, or open the link by hand.",
  );
  const shown = h("div", { class: "class-remote-shown", hidden: true }, warning, qr.element, address);
  const told = h("p", { class: "small", data: { testid: "class-remotes" } });
  const toggle = button("Show the link for my phone", "class-remote-show", () => show(shown.hidden));
  let link = "";
  const show = (/** @type {unknown} */ on) => {
    shown.hidden = !on;
    setText(toggle, on ? "Hide it" : "Show the link for my phone");
    address.value = on ? link : "";
    qr.show(on ? link : null, "QR code of the remote, for the teacher’s phone alone");
  };
  return {
    element: section(
      "Your phone as remote",
      h(
        "p",
        { class: "small" },
        "It has the next step, the counts and what they advise. While it is here, this page shows no control of the class.",
      ),
      told,
      h("div", { class: "class-buttons" }, toggle),
      shown,
    ),
    update(room) {
      const { kept } = teacher;
      link = kept ? `${joinAddress({ ...room, code: null })}#remote=${kept.code}.${kept.key}` : "";
      toggle.disabled = link === "";
      setText(told, room.remotes === 0 ? "" : `${room.remotes === 1 ? "One is" : `${room.remotes} are`} connected.`);
      if (!shown.hidden) show(true);
    },
    leave: () => show(false),
  };
}
