/** The views that a card names, and the rooms that they are in. */

/** @type {Record<string, string>} */
const ROOMS = { train: "train", step: "step", race: "race", network: "race", graph: "graph", lab: "lab" };

/** @param {string} view */
export const roomOfView = (view) => ROOMS[view] ?? "train";
