/** The strip over a page that looks on: whose page it is, how it stands, and the ways to a screen of one's own and to the vote. */

/** @import { View } from "../types.js" */
/** @import { AppState } from "../types.js" */

import { at } from "../toolkit/address.js";
import { h, memo, setAttribute, setText } from "../toolkit/dom.js";

/** @param {() => void} own  to a screen of one's own @returns {View} */
export function stripView(own) {
  const code = h("b", { class: "own-code" });
  const words = h("span", { role: "status", data: { testid: "follow-words" } });
  const vote = h("a", { class: "own-back", data: { testid: "follow-vote" } }, "Vote here");
  const button = h(
    "button",
    { type: "button", class: "text-button", data: { testid: "follow-own" }, onclick: own },
    "own screen",
  );
  const back = h("a", { class: "own-back", data: { testid: "follow-back" } }, "back to the small page");
  const refused = h("span", { class: "own-refused", role: "status", data: { testid: "follow-refused" } });
  const element = h(
    "aside",
    {
      class: "own-strip follow-strip",
      hidden: true,
      aria: { label: "The class that you follow" },
      data: { testid: "follow-strip" },
    },
    h("span", {}, "Following ", code),
    words,
    vote,
    refused,
    h("span", { class: "follow-ways" }, button, back),
  );
  const changed = memo();
  return {
    element,
    update(state) {
      const { follow, connection } = state;
      element.hidden = follow.code === null;
      if (follow.code === null || !changed(follow.code, follow.status, follow.refused, connection, state.run === null)) return;
      setText(code, follow.code);
      setText(words, standing(state));
      element.dataset.status = follow.status;
      const address = at(`join#${follow.code}`);
      for (const link of [vote, back]) setAttribute(link, "href", address);
      vote.hidden = follow.status !== "voting";
      button.hidden = follow.status === "ended" || follow.status === "removed" || connection.status === "superseded";
      button.disabled = follow.status === "voting";
      setAttribute(
        button,
        "title",
        follow.status === "voting" ? "It could compute the answer: it waits until the vote closes" : null,
      );
      setText(refused, follow.refused);
    },
  };
}

/** @param {AppState} state */
function standing({ follow, connection, run }) {
  if (connection.status === "superseded") return connection.words;
  if (follow.status === "ended") return "The class has ended; this is how it stood.";
  if (follow.status === "removed") return "You are no longer in this class.";
  if (connection.status === "lost") return "The line is lost, and this page comes back by itself; this is how it stood.";
  if (follow.status === "voting") return "A vote is open, and no pictures come meanwhile: vote on your phone or here.";
  if (follow.status === "away")
    return run ? "The teacher’s page is away; this is how it stood." : "The teacher’s page is not there yet.";
  if (connection.status === "connecting" || !run) return "Coming to the teacher’s page …";
  return "This is the teacher’s page as it is.";
}
