/** The Lab: experiments on what it costs, what else one could do, and what a network is doing. Its page is loaded when one comes in. */

/** @import { AppState, Host, Room } from "../types.js" */
/** @import { Choices } from "./slice.js" */

import { begins, harmless } from "../reconnect/unanswered.js";
import { register } from "../registry.js";
import { menuOf, pill } from "../shared/tools.js";
import { h } from "../toolkit/dom.js";
import { messageOf } from "../wire/refusals.js";
import { LabActions, ROOM } from "./actions.js";
import { labTransport } from "./transport.js";

/** @type {Pick<AppState, "lab" | "labLook">} */
const STATE = {
  lab: null,
  labLook: {
    rows: null,
    failed: "",
    open: null,
    views: {},
    wished: null,
    refused: "",
    step: 0,
    steps: 0,
    playing: false,
    drawer: false,
  },
};

/** @type {Room["help"]} */
const HELP = {
  keys: [
    [["Esc"], "end the experiment under way; once more: back to the gallery"],
    [["→", "←"], "in the gallery: from card to card; where a picture goes by steps: one on, one back"],
    [["Space"], "where a picture goes by steps: play, pause"],
    [["Home", "End"], "the first step, the last"],
    [["r"], "run the experiment again"],
  ],
  words: [
    "An experiment begins when it is opened, and again when a choice is changed. The run itself is left alone.",
    "The address holds the experiment with its choices, to keep or to share.",
  ],
};

/** @param {Host} host @returns {Room} */
function begin(host) {
  const actions = new LabActions(host);
  const element = h(
    "main",
    { class: "lab", data: { testid: "lab" } },
    h("p", { class: "small lab-coming" }, "The lab is coming …"),
  );
  /** @type {import("../types.js").View | null} */
  let page = null;
  let asked = false;
  const load = async () => {
    if (asked) return;
    asked = true;
    try {
      const { labPage } = await import("./page.js");
      page = labPage(actions);
      element.replaceChildren(page.element);
      host.store.schedule();
    } catch (error) {
      asked = false;
      const again = h("button", { type: "button", class: "quiet-button", onclick: () => void load() }, "try again");
      element.replaceChildren(h("p", { class: "field-error" }, `The lab could not be loaded: ${messageOf(error)}. `, again));
    }
  };
  return {
    view: {
      element,
      update(state) {
        actions.settle(state);
        page?.update(host.store.state);
      },
    },
    transport: labTransport(actions),
    tools: [
      pill("lab-share", "Share link", () => void actions.share(), {}, "share"),
      menuOf("lab-export", "Export", [
        ["Page with everything in it", "HTML", () => void actions.exportFile("html")],
        ["Picture", "PNG", () => void actions.exportPicture()],
        ["Its numbers", "CSV", () => void actions.exportFile("csv")],
      ]),
    ],
    channels: ({ labLook, lab }) => (labLook.open !== null && lab !== null ? ["lab"] : []),
    subject: ({ labLook }) => labLook.rows?.find(({ name }) => name === labLook.open)?.title ?? "",
    keys: {
      " ": () => actions.toggle(),
      ArrowRight: () => actions.move(1),
      PageDown: () => actions.move(1),
      ArrowLeft: () => actions.move(-1),
      PageUp: () => actions.move(-1),
      Home: () => actions.go(0),
      End: () => actions.go(Infinity),
      r: () => void actions.again(),
    },
    leave: () => actions.leave(),
    help: HELP,
    arrive() {
      void load();
      actions.arrive();
    },
    depart: () => actions.depart(),
    events: { lab: (lab) => actions.told(lab) },
    frames: { lab: (frame) => frame.channel === "lab" && actions.frame(frame) },
    told: { lab: { lab: null } },
    plays: ({ labLook }) => labLook.playing,
    unanswered: {
      ...harmless("lab_cancel", "lab_leave", "lab_export"),
      lab_begin: begins("lab", ({ lab }) => lab?.number),
    },
    remembered: ({ lab }) => {
      if (!lab?.experiment || (lab.status !== "running" && lab.status !== "done")) return [];
      const choices = /** @type {Choices} */ (lab.choices);
      return [{ type: "lab_begin", experiment: lab.experiment, choices, of: lab.on ? "run" : null }];
    },
    spoken: ({ lab, labLook }, line) => {
      if (line || !lab || labLook.open !== lab.experiment) return null;
      return lab.status === "done" ? "The experiment is done." : null;
    },
  };
}

register({ name: ROOM, title: "Lab", state: STATE, begin });
