/**
 * The shapes of a race on the network, on the wire and on the page. Types only. The wire's own statement is `/api/protocol`.
 *
 * @typedef {object} Overrides
 * @property {number | "full" | null} batch_size  its own, where it has one
 * @property {Record<string, any> | null} initializer
 * @typedef {import("../types.js").RaceLane & Overrides} NetworkLane
 *
 * @typedef {object} NetworkInfo
 * @property {"network"} type
 * @property {number} race
 * @property {number} change
 * @property {number} run  the run whose spec it has
 * @property {string} title
 * @property {"classification" | "regression"} task
 * @property {import("../../types.js").Kind} kind
 * @property {[number, number][]} domain
 * @property {number} classes
 * @property {number} samples
 * @property {number | "full"} batch_size
 * @property {number} parameter_count
 * @property {{name: string, shape: number[], offset: number}[]} tensors
 * @property {NetworkLane[]} lanes
 * @property {number} threshold
 *
 * @typedef {object} NetworkClock  Where a race on the network stands (the `network_state` event).
 * @property {"network_state"} type
 * @property {number} race
 * @property {import("../../types.js").Status} status
 * @property {number} step
 * @property {number} end
 * @property {number} max_steps
 * @property {number} steps_per_epoch
 * @property {import("../types.js").RaceSpeed} speed
 * @property {number | null} steps_per_second
 * @property {boolean} same_bits
 *
 * @typedef {"surface" | "network" | "studies"} RaceOn  what the Race room shows
 * @typedef {"seeds" | "rates" | "basins" | "compass" | "point"} StudyKind
 *
 * @typedef {object} NetworkLook  How a race on the network is looked at.
 * @property {RaceOn} on
 * @property {"plane" | "lanes"} page  which page a narrow screen shows
 * @property {boolean} three  the landscape in three dimensions
 * @property {number | null} lane  the lane that is told of; null: the leader
 * @property {number | null} edited  the lane whose settings are open
 * @property {StudyKind} study  the one on the page
 * @property {string} preset  the one that was begun last
 *
 * @typedef {object} PlaneWish
 * @property {"weights" | "random" | "pca" | "points"} kind
 * @property {number | null} lane
 * @property {[number, number]} weights
 * @property {number} seed
 * @property {"zero" | "normal"} others
 * @property {[number, number, number]} corners
 * @property {number} zoom
 */

export {};
