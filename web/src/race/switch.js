/** What the Race room shows: the race on a surface, the race on the network, or the studies; one transport for whichever it is. */

/** @import { AppState, Room, View } from "../types.js" */
/** @import { RaceOn } from "./network/types.js" */

import { h, memo, setAttribute } from "../toolkit/dom.js";
import { assignLooks } from "./lanes/looks.js";
import { studiesPage } from "./studies/page.js";
import { networkView } from "./network/view.js";

/** @type {{on: RaceOn, label: string, why: string}[]} */
const ON = [
  { on: "surface", label: "on a surface", why: "a function of two variables, seen whole" },
  { on: "network", label: "on the network", why: "what the Train view trains, by several rules side by side" },
  {
    on: "studies",
    label: "studies",
    why: "many seeds, rates, the edge of stability, rate and momentum, basins, the noisy compass",
  },
];

/** @type {Room["help"]} */
export const networkHelp = {
  keys: [
    [["s"], "on a surface, on the network, studies"],
    [["c"], "the plane through where the lanes are now"],
    [["m"], "the chosen lane, or the leader, in the microscope"],
    [["d"], "draw the compass’s batch again"],
  ],
  words: [
    "On the network each lane is a run of its own from the same start over the same batches: what it shows is what it would do alone.",
  ],
};

/** Whether keys and transport move the race on the network. @param {AppState} state */
export function onNetwork({ networkLook }) {
  return networkLook.on !== "surface";
}

/**
 * @param {View} surface
 * @param {{surface: HTMLElement[], network: HTMLElement[]}} tools  that take the one or the other away
 * @param {import("./network/actions.js").NetworkRaceActions} actions
 * @returns {View}
 */
export function switched(surface, tools, actions) {
  const buttons = ON.map(({ on, label, why }) =>
    h("button", { type: "button", class: "race-choice", title: why, data: { on }, onclick: () => actions.show(on) }, label),
  );
  const views = { surface, network: networkView(actions), studies: studiesPage(actions) };
  const element = h(
    "div",
    { class: "race-either" },
    h("nav", { class: "race-on race-choices", aria: { label: "What is raced on" } }, ...buttons),
    ...Object.values(views).map((view) => view.element),
  );
  const [onSurface, onNet] = [memo(), memo()];
  return {
    element,
    update(state) {
      const { race, network, catalog } = state;
      if (onSurface(race, catalog))
        assignLooks(race?.lanes ?? [], [...(catalog?.optimizers ?? []), ...(catalog?.solvers ?? [])]);
      if (onNet(network, catalog)) assignLooks(network?.lanes ?? [], catalog?.optimizers ?? []);
      const { on } = state.networkLook;
      ON.forEach((row, i) => {
        setAttribute(buttons[i], "aria-pressed", String(row.on === on));
        views[row.on].element.hidden = row.on !== on;
      });
      for (const tool of tools.surface) tool.hidden = on !== "surface";
      for (const tool of tools.network) tool.hidden = on !== "network";
      views[on].update(state);
    },
  };
}
