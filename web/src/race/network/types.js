/**
 * What the page holds of a race on the network. Types only.
 *
 * @typedef {import("../../protocol.js").NetworkLane} NetworkLane
 * @typedef {import("../../protocol.js").NetworkInfo} NetworkInfo
 * @typedef {import("../../protocol.js").NetworkState} NetworkClock  where a race on the network stands
 *
 * @typedef {"surface" | "network" | "studies"} RaceOn  what the Race room shows
 * @typedef {import("../studies/studies.js").StudyKind} StudyKind
 *
 * @typedef {object} NetworkLook  How a race on the network is looked at.
 * @property {RaceOn} on
 * @property {"plane" | "lanes"} page  which page a narrow screen shows
 * @property {boolean} three  the landscape in three dimensions
 * @property {number | null} lane  the lane that is told of; null: the leader
 * @property {number | null} edited  the lane whose settings are open
 * @property {StudyKind | null} study  the one on the page; null: the gallery of all
 * @property {string} preset  the one that was begun last
 *
 * @typedef {Required<Omit<import("../../protocol.js").NetworkPlane, "id" | "type" | "points">>} PlaneWish
 */

export {};
