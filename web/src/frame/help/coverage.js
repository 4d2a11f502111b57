/** What the documents say that this was made after: each line leads to where the page shows it. */

/** @import { Covered, Place } from "./types.js" */

import { markup } from "../../shared/markup.js";
import { at } from "../../toolkit/address.js";
import { h } from "../../toolkit/dom.js";
import { reasonOf } from "../../wire/refusals.js";

/** @param {() => void} leave  when one goes to a place */
export function coverageIndex(leave) {
  const list = h("ol", { class: "covered" });
  const state = h("p", { class: "small", role: "status", data: { testid: "coverage-state" } });
  const element = h(
    "section",
    { class: "coverage", aria: { labelledby: "coverage-title" }, data: { testid: "coverage" } },
    h("h2", { id: "coverage-title" }, "What the documents say"),
    h("p", { class: "small" }, "A lecture, a study sheet, notes, a review, a theory. Each line opens where it is shown."),
    state,
    list,
  );
  let there = false;
  return {
    element,
    /** Fetched once, when it is first looked at; where that fails, the next time again. */
    async load() {
      if (there) return;
      state.textContent = "Loading…";
      try {
        const answer = await fetch(at("api/coverage"));
        if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
        /** @type {{rows: Covered[]}} */
        const { rows } = await answer.json();
        list.replaceChildren(...rows.map((row) => line(row, leave)));
        there = true;
        state.textContent = "";
      } catch (error) {
        state.textContent = `The index cannot be loaded: ${reasonOf(error)}. Open this again to try once more.`;
      }
    },
  };
}

/** @param {Covered} row @param {() => void} leave */
function line({ row, words, sources, places, but }, leave) {
  const [first, ...others] = places;
  const said = [markup(words)];
  return h(
    "li",
    { data: { row } },
    first ? link(first, said, leave) : h("span", {}, ...said),
    h("span", { class: "small covered-in" }, sources.join(" · ")),
    others.length > 0 && h("span", { class: "small covered-also" }, "also ", ...between(others, leave)),
    ...but.map(({ of, says, right }) =>
      h("p", { class: "small covered-but" }, `The ${of}: `, h("q", {}, markup(says)), " Rather: ", markup(right)),
    ),
  );
}

/** @param {Place[]} places @param {() => void} leave */
function between(places, leave) {
  return places.flatMap((place, i) => [i > 0 ? ", " : "", link(place, [place.title], leave)]);
}

/**
 * Written as the page's own address: a fragment alone is taken for a link within what is read, whose target is missing.
 * @param {Place} place @param {(string | Node)[]} words @param {() => void} leave
 */
function link({ href, title }, words, leave) {
  return h("a", { href: `./${location.search}${href}`, title, onclick: leave }, ...words);
}
