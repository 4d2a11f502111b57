/** What an embed has in place of the bar: what is run, and the way to the whole page with the same in it. */

/** @import { Host, View } from "../../types.js" */
/** @import { Place } from "./place.js" */
/** @import { NamedRoom } from "../current-room.js" */

import { h, setAttribute, setText } from "../../toolkit/dom.js";
import { messageOf } from "../../wire/refusals.js";
import { roomOf } from "../current-room.js";
import { bare } from "./place.js";

/** A sandbox without `allow-popups` swallows a tab. */
const NO_TAB = "The page around this frame lets it open no tab.";

/**
 * @param {() => Promise<Place>} place
 * @param {NamedRoom[]} rooms
 * @param {Pick<Host, "showLink" | "sender">} host
 * @returns {View}
 */
export function stripView(place, rooms, { showLink, sender }) {
  const subject = h("span", { class: "embed-subject", data: { testid: "subject" } });
  const link = h(
    "a",
    { class: "embed-open", target: "_blank", href: bare(), data: { testid: "embed-open" }, onclick: open },
    "open in chainrule",
    h("span", { aria: { hidden: true } }, " ↗"),
  );
  const element = h("header", { class: "bar embed-strip" }, h("h1", { class: "sr-only" }, "chainrule"), subject, link);

  /** @param {Event} event */
  async function open(event) {
    event.preventDefault();
    const tab = window.open("", "_blank"); // at once: later it would be no press of anybody's
    try {
      const { url, note } = await place();
      if (tab && url !== null) {
        tab.opener = null;
        tab.location.replace(url);
        return;
      }
      showLink({ url, note, why: NO_TAB });
    } catch (error) {
      sender.complain(`The link could not be made: ${messageOf(error)}`);
    }
    tab?.close();
  }

  return {
    element,
    update(state) {
      const words = roomOf(rooms, state).subject(state);
      setText(subject, words);
      setAttribute(subject, "title", words || null);
      setAttribute(link, "href", bare());
    },
  };
}
