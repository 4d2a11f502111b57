/** What the class is told of where the teacher looks: the room, its title, what is being run in words, and a link to it. */

/** @import { AppState } from "../types.js" */

import { h } from "../toolkit/dom.js";
import { markup } from "../shared/markup.js";
import { formatCount } from "../toolkit/maths.js";

/** Milliseconds between two tellings: four a second at most. */
const APART = 300;

/** @param {string} html */
const plain = (html) => h("p", {}, markup(html)).textContent ?? "";

/** @param {AppState} state */
export function viewOf({ room, lesson, clock, run, networkLook }) {
  const title = lesson?.title ?? document.querySelector(`[data-door="${room}"]`)?.textContent ?? room;
  const card = lesson && lesson.card !== null ? `${plain(lesson.heading)}, card ${lesson.card + 1} of ${lesson.count}` : "";
  const subject = document.querySelector("[data-testid=subject]")?.textContent ?? "";
  // A room whose transport counts steps is about the run.
  const counts = document.querySelector(".room-transport > :not([hidden]) [data-testid=step]") !== null;
  const step = run && clock && counts ? `step ${formatCount(clock.step)}` : "";
  const words = [card || subject, step].filter(Boolean).join(" · ");
  // One room has two races: the teacher's session is to show the one in view.
  const both = document.querySelector(".room-view > :not([hidden]) [data-part='network-race']") !== null;
  const shown = both && networkLook.on !== "surface" ? "network" : room;
  return { room: shown, title: title.slice(0, 120), words: words.slice(0, 200), link: location.hash.slice(0, 2000) };
}

/** @param {(view: ReturnType<typeof viewOf>) => void} tell  of what has changed, not too often and the newest last */
export function telling(tell) {
  let told = "";
  let next = 0;
  /** @type {number | undefined} */
  let timer;
  /** @type {AppState | null} */
  let newest = null;
  const send = () => {
    timer = undefined;
    if (!newest) return;
    const view = viewOf(newest);
    const text = JSON.stringify(view);
    if (text === told) return;
    told = text;
    next = Date.now() + APART;
    tell(view);
  };
  return {
    /** @param {AppState} state */
    follow(state) {
      newest = state;
      const wait = next - Date.now();
      if (timer === undefined) {
        if (wait > 0) timer = window.setTimeout(send, wait);
        else send();
      }
    },
    /** On a new line nothing has been told. */
    anew() {
      told = "";
    },
    end() {
      clearTimeout(timer);
      [timer, newest, told] = [undefined, null, ""];
    },
  };
}
