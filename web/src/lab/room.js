/** The Lab: experiments on what it costs, what else one could do, and what a network is doing. */

/** @import { AppState, Room } from "../types.js" */

import { register } from "../registry.js";
import { h } from "../toolkit/dom.js";

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

/** @returns {Room} */
function begin() {
  const nothing = () => {};
  return {
    view: { element: h("main", { class: "lab", data: { testid: "lab" } }), update: nothing },
    transport: { element: h("div"), update: nothing },
    tools: [],
    channels: () => [],
    subject: () => "",
    keys: {},
    leave: () => false,
    help: { keys: [], words: [] },
  };
}

register({ name: "lab", title: "Lab", state: STATE, begin });
