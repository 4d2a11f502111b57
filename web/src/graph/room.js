/** The Graph room: the chain rule on an expression, node by node, forward and backward. It has no run and no part of one. */

/** @import { AppState, Host, Room } from "../types.js" */

import { harmless } from "../reconnect/unanswered.js";
import { register } from "../registry.js";
import { pill } from "../shared/tools.js";
import { GraphActions } from "./actions.js";
import { graphTransport } from "./transport.js";
import { graphView } from "./view.js";

/** @type {Pick<AppState, "expression">} */
const STATE = {
  expression: { text: "", values: {}, graph: null, status: "empty", message: "", at: 0, playing: false },
};

/** @type {Room["help"]} */
const HELP = {
  keys: [
    [["→", "PgDn"], "one node on: forward to the result, then backward to the inputs"],
    [["←", "PgUp"], "one node back"],
    [["Home", "End"], "to the inputs, to the whole gradient"],
    [["Space"], "play, pause"],
    [["Esc"], "back to Step"],
  ],
  words: ["Type any expression: x^2 and x**2 are powers. The address holds it with its values, to keep or to share."],
};

/** @param {Host} host @returns {Room} */
function begin(host) {
  const actions = new GraphActions(host);
  return {
    view: graphView(actions),
    transport: graphTransport(actions),
    tools: [pill("graph-share", "Share link", () => actions.share(), {}, "share")],
    channels: () => [],
    subject: ({ expression }) => expression.text || "an expression",
    keys: {
      " ": () => actions.toggle(),
      ArrowRight: () => actions.go(1),
      PageDown: () => actions.go(1),
      ArrowLeft: () => actions.go(-1),
      PageUp: () => actions.go(-1),
      Home: () => actions.to(0),
      End: () => actions.to(Infinity),
    },
    leave: () => actions.leave(),
    help: HELP,
    arrive: () => actions.arrive(),
    depart: () => actions.depart(),
    unanswered: harmless("graph"),
  };
}

register({ name: "graph", title: "Graph", within: "step", state: STATE, begin });
