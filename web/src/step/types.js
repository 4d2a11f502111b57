/**
 * The shapes of the Step room. Types only: nothing here runs. The channels' own statement is `server/microscope/views.py`.
 *
 * @typedef {Look["depth"]} Depth
 * @typedef {"forward" | "loss" | "backward" | "update"} Phase
 * @typedef {"network" | "numbers" | "panels"} Part
 *
 * Where the microscope points.
 * @typedef {Required<Omit<import("../protocol.js").Look, "id" | "type">> & {micro: number}} Look
 *
 * @typedef {object} Spot  What is pointed at: an entry of a named array, a unit, or an edge. All are counted from 0.
 * @property {"entry" | "unit" | "edge"} kind
 * @property {string} name  of the array; empty for what the diagram points at
 * @property {number} row  −1 with a name: the whole array
 * @property {number} column
 * @property {number} layer  of a unit, or of an edge's end; −1 where it is of none
 * @property {number} unit
 * @property {number} source  the layer where an edge begins; −1 for a unit
 * @property {number} from  the unit where it begins
 *
 * @typedef {object} StepState
 * @property {Look} look
 * @property {Spot | null} spot  lights up in equation, matrices and diagram
 * @property {boolean} playing
 * @property {number} pace  micro-steps a second
 * @property {boolean} loop  the phase one is in begins again at its end
 * @property {{step: number, last: boolean} | null} crossing  to another update: what comes from between is not painted
 * @property {Part} part  which page a narrow screen shows
 * @property {Record<number, number>} brought  of a folded layer a unit that was searched for
 *
 * @typedef {object} Axis
 * @property {"unit" | "sample" | "one"} kind
 * @property {number | null} layer
 * @property {string[] | null} names  null: 1, 2, 3 … or the samples of the mini-batch
 * @property {number} count
 *
 * @typedef {object} Described  A named array without its numbers.
 * @property {string} name
 * @property {string} symbol  LaTeX
 * @property {string} words
 * @property {[number, number]} shape
 * @property {Axis} rows
 * @property {Axis} columns
 * @property {"parameters" | "mini-batch" | "sample"} of
 * @property {"before" | "during" | "after"} moment
 *
 * @typedef {object} MicroStep
 * @property {number} index
 * @property {string} kind
 * @property {Phase} phase
 * @property {number} layer
 * @property {string} short  LaTeX
 * @property {string} title
 * @property {string} why
 * @property {string} note
 * @property {string} rule  LaTeX
 * @property {{latex: string, words: string}[]} symbols
 * @property {Described[]} operands
 * @property {Described[]} results
 * @property {(string | {name: string, transposed: boolean})[]} matrix
 * @property {{name: string, layer: number, source: number, backward: boolean, nodes: string} | null} flow
 *
 * @typedef {object} Scope  The update that comes next (`meta` of the channel `microscope`).
 * @property {number} step
 * @property {number} epoch
 * @property {string} notation
 * @property {{name: string, title: string, summary: string}[]} notations
 * @property {number[]} samples  training rows from 0, column by column
 * @property {number} train  how many training samples there are
 * @property {number} code  which of the session's listings this update's is
 * @property {boolean} coupled
 * @property {string | null} problem
 * @property {number | string | null} loss
 * @property {MicroStep[]} steps
 * @property {Record<string, string>} mathml  by LaTeX
 *
 * @typedef {object} Leaf
 * @property {"number"} kind
 * @property {string} symbol
 * @property {number | string | null} value  null: withheld
 * @property {string} name
 * @property {[number, number] | null} place
 * @property {number} [at]
 *
 * @typedef {object} Branch
 * @property {"sum" | "difference" | "product" | "quotient" | "negative" | "root" | "call"} kind
 * @property {string} symbol
 * @property {number | string | null} value
 * @property {boolean} main
 * @property {Tree[]} parts
 * @property {number} [at]
 *
 * @typedef {{kind: "more", count: number}} More  terms of a sum that are left out
 * @typedef {Leaf | Branch | More} Tree
 *
 * @typedef {object} EquationData
 * @property {"unit" | "edge"} depth
 * @property {Leaf} result
 * @property {Tree} expression
 * @property {Tree} [whole]  at depth edge the sum that the term is of
 * @property {number | string | null} computed
 * @property {boolean} exact
 * @property {number | null} term
 * @property {number} terms
 *
 * @typedef {object} Micro  The micro-step that is looked at (`meta` of the channel `microstep`).
 * @property {number} micro
 * @property {number} steps
 * @property {string} notation
 * @property {number | null} sample
 * @property {number | null} absent
 * @property {number} sample_column
 * @property {Depth} depth
 * @property {string | null} name
 * @property {number} row
 * @property {number} column
 * @property {number} term
 * @property {EquationData | null} equation
 * @property {Record<string, string>} mathml
 * @property {({name: string, symbol: string, words: string, mean: boolean} | null)[]} nodes  by layer
 * @property {{name: string, layer: number, source: number, backward: boolean, still?: boolean} | null} edges
 * @property {Record<string, {rows: number[] | null, columns: number[] | null}>} parts
 * @property {number} asked  numbers that are withheld: NaN in arrays
 *
 * @typedef {object} Seen  A micro-step and the update that it belongs to.
 * @property {Scope} scope
 * @property {Micro} micro
 * @property {MicroStep} step
 * @property {Record<string, import("../types.js").NamedArray>} arrays
 * @property {import("../types.js").NamedArray | null} losses
 * @property {import("../channels.js").AnyFrame} frame
 */

export {};
