/** The Lessons room: what there is to learn, and where one writes; with the card that is open beside every other room. */

/** @import { AppState, Host, Room } from "../types.js" */

import { begins, harmless } from "../reconnect/unanswered.js";
import { register } from "../registry.js";
import { pill } from "../shared/tools.js";
import { h } from "../toolkit/dom.js";
import { LessonActions } from "./actions.js";
import { draftNow } from "./editor/draft.js";
import { LessonEditor } from "./editor/actions.js";
import { editorView } from "./editor/editor.js";
import { galleryView } from "./gallery.js";
import { addressOfCard, isLink } from "./link.js";
import { litParts } from "./lit.js";
import { doneOf } from "./progress.js";
import { railView } from "./rail.js";
import { withheldParts } from "./withheld.js";

const NAME = "lessons";

/** @type {Pick<AppState, "lesson" | "lessonLook">} */
const STATE = {
  lesson: null,
  lessonLook: {
    courses: null,
    failed: "",
    page: "gallery",
    up: true,
    answering: false,
    refused: "",
    draft: draftNow(),
    checked: null,
    reading: false,
    shown: 0,
    progress: 0,
  },
};

/** @type {Room["help"]} */
const HELP = {
  keys: [
    [["PgDn", "PgUp"], "while a card is open: the next card, the one before"],
    [["→", "←"], "while a card is open: a step forward, a step back, once its question is answered"],
    [["Esc"], "back to where you came from"],
  ],
  words: [
    "A card asks before it shows: what moves opens once you have answered, and “I don’t know” is an answer.",
    "Progress is kept by this browser. It can be taken along as a file, and cleared.",
  ],
};

/** @type {import("../reconnect/unanswered.js").Rule} */
const begun = begins("lesson", ({ lesson }) => lesson?.number);

/** Keys that move something. */
const MOVES = [" ", "ArrowLeft", "ArrowRight", "Home", "End"];

/** @param {Host} host @returns {Room} */
function begin(host) {
  const { store } = host;
  const actions = new LessonActions(host);
  const writing = new LessonEditor(actions);
  const [gallery, editor] = [galleryView(actions, writing), editorView(writing)];
  const [rail, lit, withheld] = [railView(actions), litParts(), withheldParts()];
  const element = h("main", { class: "lessons", data: { testid: "lessons" } }, gallery.element, editor.element);
  const nothing = () => {};
  const held = Object.fromEntries(MOVES.map((key) => [key, nothing]));
  return {
    view: {
      element,
      update(state) {
        const writes = state.lessonLook.page === "editor";
        gallery.element.hidden = writes;
        editor.element.hidden = !writes;
        (writes ? editor : gallery).update(state);
      },
    },
    transport: { element: h("div", { class: "lessons-transport" }), update: nothing },
    beside: {
      view: {
        element: rail.element,
        update(state) {
          actions.settle(state);
          rail.update(state);
          lit.update(state);
          withheld.update(state);
          actions.follow(state);
        },
      },
      keys({ lesson, room }) {
        if (!lesson || room === NAME) return {};
        const turns = { PageDown: () => actions.turn(1), PageUp: () => actions.turn(-1) };
        return lesson.locked ? { ...held, ...turns } : turns;
      },
      place: ({ lesson }) =>
        lesson && lesson.card !== null && lesson.lesson !== null
          ? {
              url: addressOfCard({ lesson: lesson.lesson, card: lesson.card }),
              title: `${lesson.title}, card ${lesson.card + 1}`,
            }
          : null,
      channels: ({ lesson, room }) => (lesson?.task && !lesson.locked && room !== NAME ? ["lesson_task"] : []),
    },
    invites: () => [{ label: "first lesson", press: () => actions.first() }],
    tools: [pill("embed", "Embed in a page…", host.showEmbed)],
    channels: () => [],
    subject: () => "",
    keys: {},
    leave() {
      if (store.state.lessonLook.page !== "editor") return false;
      actions.look({ page: "gallery" });
      return true;
    },
    help: HELP,
    arrive: () => void actions.loadCourses(),
    events: { lesson: (lesson) => actions.told(lesson) },
    told: { lesson: { lesson: null } },
    links: [{ here: isLink, open: nothing }],
    unanswered: {
      ...harmless("lesson_check", "lesson_source", "lesson_receipt", "lesson_reset", "lesson_leave"),
      lesson: begun,
      lesson_try: begun,
      lesson_answer: ({ now }) => (now.lesson?.locked ? "again" : "done"),
    },
    remembered: ({ lesson }) => {
      if (!lesson?.lesson || lesson.card === null) return [];
      const answered = doneOf(lesson.lesson, lesson.card)?.answer !== undefined;
      return [{ type: "lesson", lesson: lesson.lesson, card: lesson.card, answered }];
    },
  };
}

register({ name: NAME, title: "Lessons", state: STATE, begin });
