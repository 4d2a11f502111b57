/**
 * A table of one's own: asking the server what a file holds, counting what a choice means, getting a run's data for it.
 * The server reads and decides; the page only shows and counts rows.
 */

/** @import { Task } from "../../types.js" */

import { at } from "../../toolkit/address.js";

/**
 * @typedef {object} TableColumn
 * @property {number} index
 * @property {string} name
 * @property {"number" | "yes_no" | "category" | "date" | "text" | "empty"} kind
 * @property {"." | "," | null} decimal
 * @property {(number | string)[]} examples
 * @property {number} missing
 * @property {number} text_cells  cells of a number column that are none
 * @property {number} non_finite
 * @property {number} distinct
 * @property {string | null} no_input  why it cannot be an input
 * @property {string | null} no_target  why it cannot be predicted
 * @property {(number | string)[] | null} coding  what 0 and 1 stand for
 * @property {boolean} few  whether its values look like classes
 * @property {ColumnUse[]} uses  what it can be taken as, of a date several at once; none: it cannot be an input
 * @property {string[]} usual  those of them that are taken where nothing is chosen
 * @property {Leak[]} leaks  why it should not be an input
 * @property {Reading | null} [reading]  how its cells were read, where that is not plain
 *
 * @typedef {object} ColumnUse
 * @property {string} name
 * @property {string} title
 * @property {number} width  inputs that come of it
 *
 * @typedef {object} Leak
 * @property {string} kind
 * @property {string} words
 * @property {number[] | null} targets  the columns that it gives away; null: whichever is predicted
 *
 * @typedef {{name: string, words: string}} Way  of reading: an example in words
 *
 * @typedef {Way & {sure: boolean, why: string, alternatives: Way[]}} Reading
 *
 * @typedef {object} TableSummary
 * @property {string} encoding
 * @property {string} delimiter
 * @property {boolean} header
 * @property {string[]} [notes]  what was made of lines that are no rows
 * @property {number} rows
 * @property {number | null} drawn_from  rows of the file, where they are more than are taken
 * @property {TableColumn[]} columns
 * @property {Damage} damaged
 * @property {{target: number | null, task: Task | null}} guess
 *
 * @typedef {object} Damage
 * @property {number} rows
 * @property {{line: number, message: string, columns: number[]}[]} messages  the first hundred
 * @property {{columns: number[], rows: number}[]} groups  rows by the columns at fault; none: a row that cannot be read
 *
 * @typedef {object} TableChoices
 * @property {number} target
 * @property {Task} task
 * @property {number[]} inputs
 * @property {{column: number, name: string}[]} uses  how inputs are taken
 * @property {Map<number, string>} readings  how columns are read where it is not as found
 * @property {"leave_out" | "fill"} damaged
 * @property {number} test_fraction
 * @property {number} validation_fraction
 * @property {number} seed
 * @property {number | null} rows  at most so many, drawn at random
 * @property {boolean} standardize
 *
 * @typedef {object} TableData
 * @property {import("../../protocol.js").InlineDataInput} data  of a spec
 * @property {{total: number, train: number, validation: number, test: number, filled: number, left_out: number,
 *   drawn_from?: number}} rows
 */

/** What the server reads at most. */
const MAX_BYTES = 5_000_000;
const MAX_CLASSES = 64;

/**
 * What a file holds. Rejects with words for the person who chose it.
 * @param {File} file
 * @param {Map<number, string>} readings  how columns are read where it is not as found
 * @returns {Promise<TableSummary>}
 */
export async function readTable(file, readings) {
  if (file.size > MAX_BYTES) throw new Error(`The file is larger than ${MAX_BYTES / 1e6} MB.`);
  if (file.size === 0) throw new Error("The file is empty.");
  return /** @type {Promise<TableSummary>} */ (post(`api/table?${inWords(readings)}`, file));
}

/**
 * A run's data, made as chosen.
 * @param {File} file
 * @param {TableChoices} choices
 * @returns {Promise<TableData>}
 */
export async function tableData(file, choices) {
  const { inputs, uses, readings, ...rest } = choices;
  const query = inWords(readings);
  query.set("title", titleOf(file));
  for (const [name, value] of Object.entries(rest)) if (value !== null) query.set(name, String(value));
  for (const index of inputs) query.append("inputs", String(index));
  for (const { column, name } of uses) query.append("as", `${column}:${name}`);
  return /** @type {Promise<TableData>} */ (post(`api/table/data?${query}`, file));
}

/** @param {Map<number, string>} readings */
function inWords(readings) {
  return new URLSearchParams([...readings].map(([column, name]) => ["reading", `${column}:${name}`]));
}

/** @param {File} file  without its ending */
export function titleOf(file) {
  return file.name.replace(/(\.(csv|tsv|tab|txt|dat|data|xlsx))?(\.gz)?$/i, "") || "own data";
}

/** What the server makes of a file; rejects with words. @param {string} path @param {File} file @returns {Promise<unknown>} */
async function post(path, file) {
  let answer;
  try {
    answer = await fetch(at(path), { method: "POST", headers: { "Content-Type": "text/csv" }, body: file });
  } catch {
    throw new Error("The file could not be read or sent: it may have changed since, or the server is away.");
  }
  /** @type {unknown} */
  const content = await answer.json().catch(() => null);
  if (answer.ok && content) return content;
  const detail = content !== null && typeof content === "object" && "detail" in content ? content.detail : null;
  throw new Error(typeof detail === "string" ? detail : `The server answered ${answer.status}.`);
}

/**
 * How many rows a choice of target and inputs loses, and how many it can fill.
 * @param {TableSummary} table
 * @param {number} target
 * @param {number[]} inputs
 * @param {number[]} whole  those whose gaps cannot be filled
 */
export function countDamage(table, target, inputs, whole) {
  let lost = 0;
  let fillable = 0;
  for (const { columns, rows } of table.damaged.groups) {
    const hit = columns.filter((index) => inputs.includes(index));
    const beyond = columns.length === 0 || columns.includes(target);
    if (beyond || hit.some((index) => whole.includes(index))) lost += rows;
    else if (hit.length > 0) fillable += rows;
  }
  return { lost, fillable };
}

/**
 * The tasks a column may be the target of.
 * @param {TableColumn} column
 * @returns {Task[]}
 */
export function tasksOf(column) {
  if (column.kind !== "number") return ["classification"];
  return column.distinct > MAX_CLASSES ? ["regression"] : ["classification", "regression"];
}
