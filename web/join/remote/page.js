/**
 * The teacher's phone: counts and advice that nobody else sees, and every control of the room. Loaded only where the address is that
 * of a remote.
 */

/** @import { RoomEvent } from "./types.js" */

import { RoomSocket } from "../../src/class/wire.js";
import { handCounts } from "../../src/class/wall/hand-counts.js";
import { membersView } from "../../src/class/wall/members.js";
import { refusedWords } from "../../src/class/wall/refused.js";
import { h, setText } from "../../src/toolkit/dom.js";
import { icon } from "../../src/toolkit/icons.js";
import { applyTheme } from "../kept/theme.js";
import { askBlock } from "./ask.js";
import { controlsOf } from "./controls.js";
import { endingBlock } from "./ending.js";
import { leadBlock } from "./lead.js";
import { questionBlock } from "./question.js";

const GONE = "This link leads to no class: it has ended, or the link is not whole. The large screen has a new one.";

/** @param {HTMLElement} root @param {{code: string, key: string}} teacher */
export function begin(root, { code, key }) {
  document.head.append(h("link", { rel: "stylesheet", href: new URL("./remote.css", import.meta.url).href }));
  document.title = `${code} · remote`;
  const socket = new RoomSocket({
    entry: () => ({ type: "enter", code, key, as: "remote" }),
    entered: () => {},
    event: (event) => event.type === "room" && show(/** @type {RoomEvent} */ (/** @type {unknown} */ (event))),
    frame: () => {},
    line: ({ status, retryAt }) => {
      root.dataset.line = status;
      setText(
        line,
        status === "open" ? "" : status === "lost" ? lostWords(retryAt) : status === "connecting" ? "connecting …" : "",
      );
      blocks.inert = status !== "open";
    },
    refused: (refusal) => {
      const gone = refusal.code === "unknown_room" || refusal.code === "forbidden";
      state(gone ? GONE : refusedWords({ refusal, message: refusal.message, name: "", toString: () => refusal.message }));
      return !gone;
    },
  });
  const controls = controlsOf((type, fields) => socket.send(type, fields));
  const [question, ask, lead, ending] = [
    questionBlock(controls),
    askBlock(controls),
    leadBlock(controls),
    endingBlock(controls),
  ];
  const [members, hands] = [membersView(controls), handCounts(controls)];
  const here = h("span", { data: { testid: "remote-here" } });
  const line = h("p", { class: "remote-line", role: "status", data: { testid: "remote-line" } });
  const words = h("p", { class: "remote-state", hidden: true, data: { testid: "remote-state" } });
  const theme = h(
    "button",
    { type: "button", class: "remote-theme", aria: { label: "Light or dark" }, data: { testid: "theme" } },
    icon("theme"),
  );
  theme.addEventListener("click", () => applyTheme(document.documentElement.dataset.theme === "dark" ? "light" : "dark", true));
  const codeAt = h("b", { class: "remote-code", data: { testid: "remote-code" } }, code);
  const blocks = h(
    "div",
    { class: "remote-blocks" },
    question.element,
    hands.element,
    ask.element,
    lead.element,
    members.element,
    ending.element,
  );
  root.replaceChildren(
    h(
      "main",
      { class: "remote", data: { testid: "remote" } },
      h("header", { class: "remote-head" }, h("h1", {}, "Remote"), codeAt, here, theme),
      line,
      words,
      blocks,
      controls.status,
    ),
  );
  socket.open();

  /** There is no room to lead: why. @param {string} why */
  function state(why) {
    words.hidden = false;
    setText(words, why);
    blocks.hidden = true;
  }

  /** @param {RoomEvent} room */
  function show(room) {
    if (room.state === "ended") return state("The class has ended. Its results are on the large screen.");
    words.hidden = true;
    blocks.hidden = false;
    setText(codeAt, room.code ?? "–");
    setText(here, `${room.here} here`);
    for (const each of [question, ask, lead, ending]) each.update(room);
    members.update(room);
    hands.update({ phase: room.phase, round: room.round, question: room.question });
  }
}

/** @param {number | null} retryAt */
const lostWords = (retryAt) =>
  retryAt === null ? "The line is lost." : "The line is lost: this phone tries again by itself. The class goes on meanwhile.";
