/** The teacher's side of a class, on the page in every room: *Teach* in the bar, the row above it, the stage, its dialogs. */

/** @import { AppState, Aside, Host } from "../types.js" */

import { registerAside } from "../registry.js";
import { h } from "../toolkit/dom.js";
import { icon } from "../toolkit/icons.js";
import { askDialog } from "./ask/dialog.js";
import { pickingView } from "./ask/picking.js";
import { menuDialog } from "./menu/dialog.js";
import { openDialog } from "./open-dialog.js";
import { actsOf } from "./stage/acts.js";
import { stageSeen } from "./stage/seen.js";
import { stageView } from "./stage/stage.js";
import { stripView } from "./strip.js";
import { Teacher } from "./teacher.js";

/** @type {Pick<AppState, "teaching">} */
const STATE = {
  teaching: {
    line: "none",
    refused: "",
    room: null,
    since: 0,
    shown: true,
    unseen: "",
    joining: false,
    picking: false,
  },
};

/** Keys of the page that would move what nobody sees while the stage covers it. */
const MOVES = [" ", "ArrowLeft", "ArrowRight", "Home", "End", "PageUp", "PageDown"];

/** @type {Aside["help"]} */
const HELP = {
  keys: [
    [["i"], "teach a class; once a room is open, what can be done with it"],
    [["q"], "ask the class; back to the question"],
    [["PgDn", "Esc"], "while a question is shown: what comes next, show the page"],
  ],
  words: [],
};

/** @param {Host} host @returns {Aside} */
function begin(host) {
  const teacher = new Teacher(host);
  const [opening, menu, ask] = [openDialog(teacher), menuDialog(teacher), askDialog(teacher)];
  const picking = pickingView(teacher);
  const [strip, stage] = [stripView(teacher), stageView(teacher)];
  teacher.menu = (section) => (teacher.teaching.room ? menu.open(section) : opening.open());
  teacher.ask = () => ask.open();
  const button = h(
    "button",
    {
      type: "button",
      class: "pill teach",
      title: "Teach a class: they follow, vote and try for themselves (i)",
      aria: { label: "Teach a class" },
      data: { testid: "teach" },
      onclick: () => teacher.menu(),
    },
    icon("teach"),
    h("span", { class: "pill-label" }, "Teach"),
  );
  const nothing = () => {};
  return {
    tools: [button],
    strip,
    cover: stage,
    dialogs: [opening, menu, ask, picking],
    help: HELP,
    beside: {
      view: {
        element: h("span", { hidden: true }),
        update(state) {
          button.hidden = state.teaching.room !== null; // the row above the bar has all that follows
          teacher.follow(state);
        },
      },
      /** @returns {Record<string, () => void>} */
      keys(state) {
        const { teaching } = state;
        const { room } = teaching;
        const i = () => teacher.menu();
        if (!room) return { i };
        const q = () => (room.question ? teacher.set({ shown: true, joining: false }) : teacher.ask());
        if (teaching.picking) return { Escape: () => teacher.set({ picking: false }) };
        if (!stageSeen(teaching)) return { i, q };
        const next = actsOf(room).find((act) => !act.sure);
        const held = Object.fromEntries(MOVES.map((key) => [key, nothing]));
        const aside = () => teacher.set({ shown: false, joining: false });
        return { ...held, i, q, Escape: aside, PageDown: next ? () => void teacher.act(next) : aside };
      },
    },
  };
}

registerAside({ name: "class", state: STATE, begin });
