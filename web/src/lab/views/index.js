/**
 * What each experiment adds to the room, by the experiment's name, a line each; loaded when the room is first entered.
 * One that has no line stands last among its group without a picture, and its figures are drawn one after the other.
 */

/** @import { Group, LabView } from "./types.js" */

/** @type {Record<string, {group: Group, load: () => Promise<{default: LabView}>}>} */
export const VIEWS = {
  price: { group: "costs", load: () => import("./price.js") },
  modes: { group: "costs", load: () => import("./modes.js") },
  evolution: { group: "else", load: () => import("./evolution.js") },
  memory: { group: "costs", load: () => import("./memory.js") },
  half: { group: "costs", load: () => import("./half.js") },
  machines: { group: "costs", load: () => import("./machines.js") },
  shattered: { group: "doing", load: () => import("./shattered.js") },
  batch: { group: "costs", load: () => import("./batch.js") },
  search: { group: "else", load: () => import("./search.js") },
  layers: { group: "doing", load: () => import("./layers.js") },
  uncertainty: { group: "doing", load: () => import("./uncertainty.js") },
};

/** What the groups of the gallery are called, in their order. @type {Record<Group, string>} */
export const GROUPS = {
  costs: "What it costs",
  else: "What else one could do",
  doing: "What a network is doing",
};
