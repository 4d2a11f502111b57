/**
 * What the panels of the Step room hold. Types only.
 *
 * @typedef {{name: string, row: number, column: number}} Picked  an entry of a parameter, counted from 0
 * @typedef {import("../../commands.js").Told} Told
 * @typedef {import("../answers.js").Question} Question
 */

/**
 * What each panel asks.
 * @typedef {{right: "verify", samples: "sample_chain", anatomy: "dissect", factors: "factors", wrong: "wrong_way", code: "code"}} PanelCommands
 * @typedef {keyof PanelCommands} PanelName
 */

/**
 * @template {PanelName} N
 * @typedef {import("../../commands.js").Results[PanelCommands[N]]} PanelResult
 */

/**
 * @typedef {object} Asking
 * @property {Question[]} questions
 * @property {import("../answers.js").Score} score
 * @property {(import("../answers.js").Judged & {revealed: boolean}) | null} last
 * @property {number} revision  counts the changes of what is withheld
 * @property {string} error
 *
 * @typedef {object} Panels
 * @property {Picked | null} picked
 * @property {boolean} wrong
 * @property {"numpy" | "torch"} library  whose listing is shown
 * @property {{[N in PanelName]?: import("../../shared/answer.js").Answer<PanelResult<N>>}} answers
 * @property {Asking} asking
 * @property {{look: {kind: string, layer: number}, before: number} | null} opening  where an example wants to be looked at, and the run before it
 *
 * @typedef {object} Example
 * @property {string} name
 * @property {string} title
 * @property {string} summary
 * @property {string[]} words
 * @property {{kind: string, layer: number}} look
 * @property {import("../../protocol.js").ScriptData} script
 *
 * @typedef {{name: string, title: string, summary: string, text: string, inputs: Record<string, number>}} GraphExample
 */

export {};
