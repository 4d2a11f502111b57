/**
 * The shapes of a race, on the wire and on the page. Types only. The wire's own statement is `/api/protocol`.
 *
 * @typedef {object} RaceSpeed
 * @property {"steps" | "flat"} unit
 * @property {number} rate
 *
 * @typedef {object} RaceLane
 * @property {number} id
 * @property {number} slot  the place of its colour, 0 to 15
 * @property {string} label
 * @property {Record<string, any>} optimizer  in force at the present step
 * @property {Record<string, any>} schedule
 * @property {number | null} seed
 * @property {number[]} retunes  the steps at which it was changed
 * @property {number} joined
 * @property {string[]} badges
 * @property {"own" | "same" | "default" | "tuned"} chosen
 * @property {[number, number][]} clock  from which step on an update takes so many seconds
 *
 * @typedef {object} RaceInfo
 * @property {"race"} type
 * @property {number} race
 * @property {number} change
 * @property {"surface" | "network"} on
 * @property {Record<string, any>} spec
 * @property {string} title
 * @property {string} mathml
 * @property {[[number, number], [number, number]] | null} domain
 * @property {[number, number] | null} start
 * @property {number | null} least
 * @property {RaceLane[]} lanes
 * @property {number} threshold
 * @property {string} rates
 *
 * @typedef {object} RaceClock  Where a race stands (the `race_state` event).
 * @property {"race_state"} type
 * @property {number} race
 * @property {import("../types.js").Status} status
 * @property {number} step
 * @property {number} end
 * @property {number} max_steps
 * @property {RaceSpeed} speed
 * @property {number | null} steps_per_second
 * @property {[number, number] | null} tuning
 * @property {boolean} same_bits
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
 * @property {number} version  counts what is no mere growth: a lane began anew or went
 * @property {Map<number, Trail>} lanes
 * @property {number[]} order  lane ids, as `gradients` and `next` have them
 * @property {Float64Array} gradients
 * @property {Float64Array} next  what the following update adds
 *
 * @typedef {"step" | "evaluations" | "time"} Abscissa
 *
 * @typedef {object} RaceAnatomy  A lane's coming update taken apart.
 * @property {boolean} open
 * @property {number | null} lane  null: there is none
 * @property {"x" | "y"} coordinate
 * @property {import("../step/panels/types.js").PanelAnswer | null} answer
 *
 * @typedef {object} RaceLook  How a race is looked at.
 * @property {boolean} three  the surface in three dimensions
 * @property {Abscissa} abscissa  of the loss curves
 * @property {"surface" | "standings"} page  which page a narrow screen shows
 * @property {number | null} lane  the lane whose place is told; null: the leader's
 * @property {number | "new" | null} edited  the lane whose settings are open
 * @property {[[number, number], [number, number]] | null} plane  the part of the surface that is looked at; null: all of it
 * @property {string | null} preset  the preset that was begun last
 */

export {};
