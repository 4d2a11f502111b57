/** A page that shows another's: the teacher's as it is, for those of the class who have the room for it. */

/** @import { AppState, Aside, Host } from "../types.js" */

import { registerAside } from "../registry.js";
import { at } from "../toolkit/address.js";
import { h } from "../toolkit/dom.js";
import { sentencesOf } from "../wire/refusals.js";
import { LOOKING_ON, followed, keyHere } from "../wire/followed.js";
import { lookedAt } from "./look.js";
import { ownScreen } from "./own.js";
import { stripView } from "./strip.js";
import { Shown } from "./teacher.js";

/** @type {Pick<AppState, "follow">} */
const STATE = { follow: { code: followed, status: "", look: null, refused: "", seen: false } };
/** Keys that move what the teacher moves. Those of theme, help and pointing stay. */
const HELD = [" ", "ArrowLeft", "ArrowRight", "Home", "End", "[", "]", "+", "-", ..."abcdefghilmnoqrsuvwxyz0123456789"];
/** How often a look is taken up anew that the page does not keep to. */
const TIMES = 4;

/** @param {Host} host @returns {Aside} */
function begin(host) {
  const { store } = host;
  const shown = new Shown(host);
  const strip = stripView(() => void toOwn());
  /** @type {Record<string, unknown> | null} */
  let taken = null;
  let times = 0;

  /** @param {Partial<import("./slice.js").Following>} change */
  const set = (change) => store.set({ follow: { ...store.state.follow, ...change } });

  async function toOwn() {
    const key = keyHere();
    if (followed === null || key === null) return;
    set({ refused: "" });
    try {
      location.assign(at(await ownScreen(followed, key)));
    } catch (error) {
      set({ refused: sentencesOf(error) });
    }
  }

  /** The page looks where the teacher's does. @param {AppState} state */
  function take(state) {
    const { look } = state.follow;
    if (!look || state.run === null) return;
    if (look !== taken) [taken, times] = [look, TIMES];
    const patch = times > 0 ? lookedAt(state, look) : null;
    if (!patch) return;
    times -= 1;
    if (patch.room) for (const dialog of document.querySelectorAll("dialog")) dialog.close();
    store.set(patch.room ? { ...patch, cameFrom: null } : patch);
  }

  if (followed === null) {
    return {
      beside: { view: { element: h("span", { hidden: true }), update: (state) => shown.follow(state) } },
      events: { mirror_info: ({ followed: seen }) => set({ seen }) },
    };
  }
  document.documentElement.toggleAttribute("data-follow", true);
  const told = Object.fromEntries(HELD.map((key) => [key, () => host.sender.say(LOOKING_ON)]));
  /** What comes on the line of those who look on, beside what any page is told. */
  const events = {
    mirror_room: (/** @type {{status: import("./slice.js").Following["status"]}} */ { status }) => set({ status }),
    mirror_look: (/** @type {{look: Record<string, unknown>}} */ { look }) => set({ look }),
  };
  return {
    strip: {
      element: strip.element,
      update(state) {
        strip.update(state);
        take(state);
      },
    },
    beside: { view: { element: h("span", { hidden: true }), update() {} }, keys: () => told },
    events: /** @type {Aside["events"]} */ (events),
  };
}

registerAside({ name: "follow", state: STATE, begin });
