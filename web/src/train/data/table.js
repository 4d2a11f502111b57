/**
 * A table of one's own: asking the server what a file holds, counting what a choice means, getting a run's data for it.
 * The server reads and decides; the page only shows and counts rows.
 */

/** @import { Task } from "../../types.js" */

/**
 * @typedef {object} TableColumn
 * @property {number} index
 * @property {string} name
 * @property {"number" | "yes_no" | "category" | "text" | "empty"} kind
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
 *
 * @typedef {object} TableSummary
 * @property {string} encoding
 * @property {string} delimiter
 * @property {boolean} header
 * @property {number} rows
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
 * @property {"leave_out" | "fill"} damaged
 * @property {number} test_fraction
 * @property {boolean} standardize
 *
 * @typedef {object} TableData
 * @property {import("../../protocol.js").InlineDataInput} data  of a spec
 * @property {{total: number, train: number, test: number, filled: number, left_out: number}} rows
 */

/** What the server reads at most. */
const MAX_BYTES = 5_000_000;
const MAX_CLASSES = 64;

/**
 * What a file holds. Rejects with words for the person who chose it.
 * @param {File} file
 * @returns {Promise<TableSummary>}
 */
export async function readTable(file) {
  if (file.size > MAX_BYTES) throw new Error(`The file is larger than ${MAX_BYTES / 1e6} MB.`);
  if (file.size === 0) throw new Error("The file is empty.");
  return /** @type {Promise<TableSummary>} */ (post("/api/table", file));
}

/**
 * A run's data, made as chosen.
 * @param {File} file
 * @param {TableChoices} choices
 * @returns {Promise<TableData>}
 */
export async function tableData(file, choices) {
  const { inputs, ...rest } = choices;
  const query = new URLSearchParams({ title: titleOf(file) });
  for (const [name, value] of Object.entries(rest)) query.set(name, String(value));
  for (const index of inputs) query.append("inputs", String(index));
  return /** @type {Promise<TableData>} */ (post(`/api/table/data?${query}`, file));
}

/** @param {File} file  without its ending */
export function titleOf(file) {
  return file.name.replace(/\.(csv|tsv|tab|txt)$/i, "") || "own data";
}

/** What the server makes of a file; rejects with words. @param {string} path @param {File} file @returns {Promise<unknown>} */
async function post(path, file) {
  let answer;
  try {
    answer = await fetch(path, { method: "POST", headers: { "Content-Type": "text/csv" }, body: file });
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
 */
export function countDamage(table, target, inputs) {
  let lost = 0;
  let fillable = 0;
  for (const { columns, rows } of table.damaged.groups) {
    const hit = columns.filter((index) => inputs.includes(index));
    const beyond = columns.length === 0 || columns.includes(target);
    if (beyond || hit.some((index) => table.columns[index].kind !== "number")) lost += rows;
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
