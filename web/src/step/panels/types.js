/**
 * What the panels of the Step room hold. Types only.
 *
 * @typedef {{name: string, row: number, column: number}} Picked  an entry of a parameter, counted from 0
 * @typedef {number | string} Told  a number as the wire has it: "?" while it is asked for
 *
 * @typedef {object} PanelAnswer
 * @property {string} key
 * @property {"loading" | "done" | "refused" | "failed" | "old"} status
 * @property {Record<string, any> | null} result  while loading and when old: the one before
 * @property {string} message
 *
 * @typedef {object} Question
 * @property {number} id
 * @property {number} micro
 * @property {string} name
 * @property {number} row
 * @property {number} column
 * @property {string} symbol  MathML
 * @property {string} words
 * @property {"sign" | "order" | "digits"} stage
 * @property {{stage: string, right: boolean | null, truth: string}[]} answers
 *
 * @typedef {object} Asking
 * @property {Question[]} questions
 * @property {{right: number, wrong: number, unknown: number}} score
 * @property {{question: Question, stage: string, right: boolean | null, truth: string, value: number | null} | null} last
 * @property {number} revision  counts the changes of what is withheld
 * @property {string} error
 *
 * @typedef {object} Panels
 * @property {Picked | null} picked
 * @property {boolean} wrong
 * @property {Record<string, PanelAnswer>} answers
 * @property {Asking} asking
 * @property {{look: {kind: string, layer: number}, before: number} | null} opening  where an example wants to be looked at, and the run before it
 *
 * @typedef {object} Example
 * @property {string} name
 * @property {string} title
 * @property {string} summary
 * @property {string[]} words
 * @property {{kind: string, layer: number}} look
 * @property {Record<string, any>} script
 *
 * @typedef {object} GraphNode
 * @property {number} id
 * @property {string} op
 * @property {string} symbol
 * @property {string} mathml
 * @property {string} text
 * @property {Told} value
 * @property {Told} adjoint
 * @property {{source: number, local: Told, rule: string, mathml: string, share: Told}[]} edges
 *
 * @typedef {object} GraphData
 * @property {string} text
 * @property {Record<string, number>} inputs
 * @property {GraphNode[]} nodes
 * @property {Record<string, Told>} gradient
 * @property {Record<string, {nodes: number[], product: Told}[]>} paths
 */

export {};
