/**
 * What the page holds of a race. Types only.
 *
 * @typedef {import("../protocol.js").RaceSpeed} RaceSpeed
 * @typedef {import("../protocol.js").RaceLane} RaceLane
 * @typedef {import("../protocol.js").RaceInfo} RaceInfo
 * @typedef {import("../protocol.js").RaceState} RaceClock  where a race stands
 *
 * A lane on whatever it is run.
 * @typedef {Pick<RaceLane, "id" | "slot" | "label" | "optimizer" | "schedule" | "retunes" | "badges">} Lane
 *
 * @typedef {object} RaceNow  A race on whatever it is run.
 * @property {{race: number, title: string, lanes: Lane[]}} race
 * @property {Omit<import("../protocol.js").NetworkState, "type" | "steps_per_epoch"> | null} clock
 * @property {number} end  the step that one goes to with "to the end"
 * @property {number} length  of its time line, in steps
 *
 * @typedef {object} LaneLook
 * @property {number | null} lane  that is told of; null: the leader
 * @property {number | "new" | null} edited  whose settings are open
 *
 * @typedef {object} Trail  Of one lane, from step 0 on; perhaps further than the present step.
 * @property {Float64Array} points  x, y, x, y …
 * @property {Float64Array} losses
 * @property {number} length
 * @property {number | null} diverged
 *
 * @typedef {object} Trails
 * @property {number} race
 * @property {number} step  the present one
 * @property {number} surface  counts the surfaces: which one they lie on
 * @property {number} version  counts what is no mere growth: a lane began anew or went
 * @property {Map<number, Trail>} lanes
 * @property {number[]} order  lane ids, as `gradients` and `next` have them
 * @property {Float64Array} gradients
 * @property {Float64Array} next  what the following update adds
 *
 * @typedef {"step" | "evaluations" | "time"} Abscissa
 *
 * @typedef {object} RaceUpdate  A lane's coming update taken apart.
 * @property {boolean} open
 * @property {number | null} lane  null: there is none
 * @property {"x" | "y"} coordinate
 * @property {import("../shared/answer.js").Answer<import("../commands.js").Dissection> | null} answer
 *
 * @typedef {object} RaceLook  How a race is looked at.
 * @property {boolean} three  the surface in three dimensions
 * @property {Abscissa} abscissa  of the loss curves
 * @property {"surface" | "standings"} page  which page a narrow screen shows
 * @property {number | null} lane  the lane whose place is told; null: the leader's
 * @property {number | "new" | null} edited  the lane whose settings are open
 * @property {import("../catalog.js").Plane | null} plane  the part of the surface that is asked for; null: all of it
 * @property {import("../catalog.js").Plane | null} shown  what is shown of it: as much more as the picture has room for
 * @property {boolean} stretched  whether a unit of x need not be as long as one of y
 * @property {boolean} arrows  whether heads have their arrows
 * @property {boolean} curvature  whether the curvature along a lane's path is open
 * @property {string | null} preset  the preset that was begun last
 * @property {boolean} brush  strokes over the surface set starts
 */

export {};
