/** The experiments to choose from, by what they are about: a picture, a title, one sentence. Arrows walk the cards. */

/** @import { AppState, View } from "../types.js" */
/** @import { LabRow } from "./slice.js" */

import { h, memo, setText } from "../toolkit/dom.js";
import { formatPercent } from "../toolkit/maths.js";
import { markup } from "../shared/markup.js";
import { picture } from "./views/sketch.js";

/** @param {import("./actions.js").LabActions} actions @returns {View} */
export function galleryView(actions) {
  const groups = h("div", { class: "lab-groups" });
  const element = h(
    "div",
    { class: "lab-gallery" },
    h(
      "header",
      { class: "lab-gallery-head" },
      h("h2", {}, "Lab"),
      h("p", {}, "Experiments: each measures one thing, on this machine, and says why it is so. Open one, and it begins."),
    ),
    groups,
  );
  element.addEventListener("keydown", (event) => {
    const to = next(cards(), event.key);
    if (!to) return;
    event.preventDefault();
    to.focus();
  });
  const changed = memo();
  /** @type {Map<string, HTMLElement>} */
  let states = new Map();
  return {
    element,
    update(state) {
      const { rows, failed } = state.labLook;
      if (changed(rows, failed)) draw(rows, failed);
      for (const [name, place] of states) setText(place, stateOf(state, name));
    },
  };

  /** @returns {HTMLElement[]} */
  function cards() {
    return [...element.querySelectorAll(".lab-card")].filter((each) => each instanceof HTMLElement);
  }

  /** @param {LabRow[] | null} rows @param {string} failed */
  function draw(rows, failed) {
    states = new Map();
    if (failed) {
      const press = () => void actions.load();
      const again = h(
        "button",
        { type: "button", class: "quiet-button", data: { testid: "lab-again" }, onclick: press },
        "try again",
      );
      return groups.replaceChildren(
        h("p", { class: "field-error" }, `The experiments could not be loaded: ${failed}. `),
        again,
      );
    }
    if (!rows) return groups.replaceChildren(h("p", { class: "small" }, "The experiments are coming …"));
    if (rows.length === 0) return groups.replaceChildren(h("p", { class: "small" }, "This server has no experiments."));
    groups.replaceChildren(
      ...actions.groups.map(({ group, title, rows: some }) =>
        h(
          "section",
          { class: "lab-group", aria: { labelledby: `lab-group-${group}` }, data: { group } },
          h("h3", { id: `lab-group-${group}` }, title),
          h("ul", { class: "lab-cards" }, ...some.map((row) => h("li", {}, card(row)))),
        ),
      ),
    );
  }

  /** @param {LabRow} row */
  function card({ name, title, summary_html: summary }) {
    const state = h("span", { class: "lab-card-state small" });
    states.set(name, state);
    const thumbnail = actions.state.labLook.views[name]?.thumbnail() ?? picture();
    return h(
      "button",
      { type: "button", class: "lab-card", data: { experiment: name }, onclick: () => actions.open(name) },
      thumbnail,
      h("span", { class: "lab-card-words" }, h("strong", {}, title), h("span", { class: "small" }, markup(summary)), state),
    );
  }
}

/** @param {AppState} state @param {string} name */
function stateOf({ lab }, name) {
  if (lab?.experiment !== name) return "";
  if (lab.status === "running") return `running: ${formatPercent(lab.share, 0)}`;
  return lab.status === "done" ? "has run: see the result" : "";
}

/**
 * Where an arrow leads from the card that is focused: along the rows, and to the nearest card above or below.
 * @param {HTMLElement[]} all
 * @param {string} key
 */
function next(all, key) {
  const from = all.findIndex((each) => each === document.activeElement);
  if (from < 0) return null;
  if (key === "ArrowRight") return all[from + 1] ?? null;
  if (key === "ArrowLeft") return all[from - 1] ?? null;
  if (key === "Home") return all[0];
  if (key === "End") return all[all.length - 1];
  const down = key === "ArrowDown" ? 1 : key === "ArrowUp" ? -1 : 0;
  if (!down) return null;
  const here = all[from].getBoundingClientRect();
  const far = all
    .map((each) => ({ each, box: each.getBoundingClientRect() }))
    .map(({ each, box }) => ({ each, by: (box.top - here.top) * down, aside: Math.abs(box.left - here.left) }))
    .filter(({ by }) => by > 4)
    .sort((a, b) => a.by - b.by || a.aside - b.aside);
  const row = far.filter(({ by }) => by < (far[0]?.by ?? 0) + 4);
  return row.sort((a, b) => a.aside - b.aside)[0]?.each ?? null;
}
