/** A learner's own screen in a class: beside every room a strip, over all of them what the teacher asks for. */

/** @import { AppState, Aside, Host } from "../../types.js" */

import { registerAside } from "../../registry.js";
import { OwnActions } from "./actions.js";
import { curtainView } from "./curtain.js";
import { classHere } from "./member.js";
import { stripView } from "./strip.js";

/** @type {Pick<AppState, "own">} */
const STATE = { own: { code: classHere(), part: null, refused: "", unoffered: "" } };

/** @param {Host} host @returns {Aside} */
function begin(host) {
  const actions = new OwnActions(host);
  const strip = stripView(actions);
  return {
    strip: {
      element: strip.element,
      update(state) {
        actions.settle(state);
        strip.update(state);
      },
    },
    dialogs: [curtainView()],
    events: { room_part_info: (part) => actions.told(part) },
  };
}

registerAside({ name: "own", state: STATE, begin });
