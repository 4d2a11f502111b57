/** The dialog for a table of one's own: what it holds, what to predict from what, what to do with damaged rows. */

/** @import { AppState, Task, View } from "../../types.js" */
/** @import { TableSummary } from "./table.js" */

import { h, memo, setText } from "../../toolkit/dom.js";
import { formatCount } from "../../toolkit/maths.js";
import { columnRows } from "./own-columns.js";
import { sharesForm } from "./own-shares.js";
import { withOwnData } from "../../run/spec.js";
import { countDamage, readTable, tableData, tasksOf } from "./table.js";
import { icon } from "../../toolkit/icons.js";
import { messageOf } from "../../wire/refusals.js";

const SCALED = "mean 0, deviation 1 in each input, and in a number to be predicted";

/**
 * @param {import("../actions.js").TrainActions} actions
 * @returns {View}
 */
export function ownDataDialog(actions) {
  const close = () => element.close();
  const facts = h("p", { class: "small", data: { testid: "table-facts" } });
  const trouble = h("p", { class: "sheet-error", role: "alert", data: { testid: "table-error" } });
  const body = h("div", { class: "sheet-body" });
  const outcome = h("p", { class: "sheet-outcome", role: "status", data: { testid: "table-outcome" } });
  const train = h(
    "button",
    { type: "button", class: "primary-button", data: { testid: "table-train" }, onclick: () => submit() },
    "Train on it",
  );
  const another = h("button", { type: "button", class: "quiet-button", onclick: () => actions.pickTable() }, "Another file…");
  const cross = h("button", { type: "button", class: "round small", aria: { label: "Close" }, onclick: close }, icon("close"));
  const element = h(
    "dialog",
    { class: "sheet", aria: { labelledby: "table-title" }, data: { testid: "table-dialog" } },
    h("div", { class: "sheet-head" }, h("h2", { id: "table-title" }, "Your own data"), cross),
    facts,
    trouble,
    body,
    h(
      "div",
      { class: "sheet-foot" },
      outcome,
      h(
        "div",
        { class: "sheet-buttons" },
        another,
        h("button", { type: "button", class: "quiet-button", onclick: close }, "Cancel"),
        train,
      ),
    ),
  );
  /** @type {File | null} */
  let file = null;
  /** @type {ReturnType<typeof choicesForm> | null} */
  let form = null;
  let reads = 0;
  const offered = memo();
  const say = (/** @type {string} */ message) => {
    trouble.hidden = !message;
    setText(trouble, message);
  };
  const show = () => {
    const problem = form?.problem() ?? "";
    setText(outcome, form ? problem || form.outcome() : "");
    outcome.classList.toggle("refused", problem !== "");
    train.disabled = !form || problem !== "";
  };

  /** @param {File} next @param {Readings} [readings] @param {{column: number, kept: Kept} | null} [again]  read in another way */
  async function open(next, readings = new Map(), again = null) {
    const turn = ++reads;
    file = next;
    form = null;
    body.replaceChildren();
    say("");
    setText(facts, `${next.name}: reading …`);
    show();
    if (!element.open) element.showModal();
    try {
      const table = await readTable(next, readings);
      if (turn !== reads || !file) return;
      setText(facts, factsOf(next, table));
      const reread = (/** @type {number} */ column, /** @type {string} */ reading) => {
        if (form) open(next, new Map(readings).set(column, reading), { column, kept: form.kept() });
      };
      const made = choicesForm(table, readings, show, reread);
      form = made;
      if (again) made.restore(again.kept);
      body.replaceChildren(...made.elements);
      const first = again === null ? "select" : `[data-testid=table-reading-${again.column}]`;
      /** @type {HTMLElement | null} */ (body.querySelector(first))?.focus();
    } catch (error) {
      if (turn !== reads || !file) return;
      setText(facts, next.name);
      say(messageOf(error));
    }
    show();
  }

  async function submit() {
    if (!file || !form) return;
    train.disabled = true;
    setText(outcome, "Reading the rows, and beginning the run …");
    say("");
    try {
      const { data, rows } = await tableData(file, form.choices());
      const told = [`${formatCount(rows.train)} rows to train on`];
      if (rows.validation > 0) told.push(`${formatCount(rows.validation)} to validate`);
      told.push(`${formatCount(rows.test)} to test`);
      if (rows.drawn_from) told.push(`drawn at random from ${formatCount(rows.drawn_from)}`);
      if (rows.left_out > 0) told.push(`${formatCount(rows.left_out)} left out`);
      if (rows.filled > 0) told.push(`${formatCount(rows.filled)} filled`);
      const patience = form.patience();
      const words = `${data.title}: ${told.join(", ")}.`;
      const begun = await actions.begin((now) => withOwnData(now, data, patience), "data", words);
      if (begun) close();
      else say(actions.sender.refusal("data"));
    } catch (error) {
      say(messageOf(error));
    }
    show();
  }

  element.addEventListener("close", () => {
    file = null;
    form = null;
    body.replaceChildren();
    actions.offerTable(null);
  });
  return {
    element,
    update(/** @type {AppState} */ { table }) {
      if (offered(table) && table) open(table);
    },
  };
}

/** @param {File} file @param {TableSummary} table */
function factsOf(file, table) {
  const words = [
    file.name,
    `${formatCount(table.rows)} rows`,
    `${table.columns.length} columns`,
    table.header ? "names in the first line" : "no line of names",
    table.delimiter === "sheet" ? "a workbook" : `cells separated by ${table.delimiter}`,
    ...(table.notes ?? []),
  ];
  if (table.drawn_from) words[1] = `${formatCount(table.rows)} rows, drawn at random from ${formatCount(table.drawn_from)}`;
  if (table.encoding !== "UTF-8") words.push(`not UTF-8, read as ${table.encoding}`);
  if (table.columns.some((column) => column.decimal === ",")) words.push("decimal commas");
  return words.join(" · ");
}

/**
 * All that is chosen about a table.
 * @param {TableSummary} table
 * @param {Readings} readings
 * @param {() => void} changed
 * @param {(column: number, reading: string) => void} reread
 */
function choicesForm(table, readings, changed, reread) {
  const target = h("select", { name: "table-target" });
  for (const column of table.columns) {
    const why = column.no_target ? ` — ${column.no_target}` : "";
    target.append(h("option", { value: column.index, disabled: column.no_target !== null }, column.name + why));
  }
  target.value = String(table.guess.target);
  const task = h("select", { name: "table-task" });
  task.append(h("option", { value: "classification" }, "classify"), h("option", { value: "regression" }, "predict a number"));
  const about = h("p", { class: "small" });
  const columns = columnRows(table.columns, () => refresh(), reread);
  const shares = sharesForm(table, changed);
  const standardize = h("input", {
    type: "checkbox",
    class: "switch",
    role: "switch",
    name: "table-standardize",
    checked: true,
  });
  const damage = damageChoice(table, changed);
  const goal = () => table.columns[Number(target.value)];

  /** @param {boolean} [anew]  the target is another one: its likeliest task is chosen */
  function refresh(anew = false) {
    const column = goal();
    const tasks = tasksOf(column);
    for (const option of task.options) option.disabled = !tasks.includes(/** @type {Task} */ (option.value));
    const likely = column.few && tasks.includes("classification") ? "classification" : tasks[tasks.length - 1];
    if (anew || !tasks.includes(/** @type {Task} */ (task.value))) task.value = likely;
    const many = `${column.name} has ${formatCount(column.distinct)} different values.`;
    const scaled = task.value === "regression" && standardize.checked;
    setText(about, scaled ? `${many} They are standardized: guessing their mean has a loss of ½.` : many);
    columns.predict(column.index);
    damage.show(column.index, columns.inputs(), columns.whole());
    changed();
  }
  target.addEventListener("change", () => refresh(true));
  task.addEventListener("change", () => refresh());
  standardize.addEventListener("change", () => refresh());
  const elements = [
    h(
      "div",
      { class: "sheet-choices" },
      h("label", { class: "sheet-pair" }, h("span", {}, "Predict"), target),
      h("label", { class: "sheet-pair" }, h("span", {}, "as"), task),
      about,
    ),
    h(
      "div",
      { class: "title-row" },
      h("h3", { class: "small-title" }, "From these columns"),
      h(
        "span",
        { class: "sheet-links" },
        h("button", { type: "button", class: "text-button", onclick: () => columns.every(true) }, "all"),
        h("button", { type: "button", class: "text-button", onclick: () => columns.every(false) }, "none"),
      ),
    ),
    columns.element,
    ...damage.elements,
    ...shares.elements,
  ];
  shares.elements[1].append(h("label", { class: "sheet-pair", title: SCALED }, h("span", {}, "Standardize"), standardize));
  refresh(true);
  return {
    elements,
    choices: () => ({
      target: Number(target.value),
      task: /** @type {Task} */ (task.value),
      inputs: columns.inputs(),
      uses: columns.uses(),
      readings,
      damaged: damage.choice(),
      standardize: standardize.checked,
      ...shares.choices(),
    }),
    patience: shares.patience,
    kept: () => ({
      target: target.value,
      task: task.value,
      standardize: standardize.checked,
      columns: columns.chosen(),
      shares: shares.chosen(),
    }),
    /** @param {Kept} kept */
    restore(kept) {
      if (table.columns[Number(kept.target)].no_target === null) target.value = kept.target;
      standardize.checked = kept.standardize;
      shares.restore(kept.shares);
      columns.restore(kept.columns);
      refresh(true);
      if (tasksOf(goal()).includes(/** @type {Task} */ (kept.task))) task.value = kept.task;
      refresh();
    },
    problem: () => {
      if (columns.inputs().length === 0) return "Choose one input at least.";
      if (table.rows - damage.out() < 2) return `Fewer than two rows can be used${damage.worst()}.`;
      return shares.problem();
    },
    outcome: () => {
      const taken = shares.rows();
      const left = taken === null ? table.rows - damage.out() : taken;
      const width = columns.width();
      const most = 2 * damage.out() > table.rows ? damage.worst() : "";
      const inputs = `${formatCount(width)} input${width === 1 ? "" : "s"}`;
      const of = taken === null ? "" : ", drawn at random";
      const all = formatCount(table.drawn_from ?? table.rows);
      return `${formatCount(left)} of ${all} rows${of}${most}, ${inputs}: ${shares.words()}.`;
    },
  };
}

/**
 * What becomes of damaged rows, each of them told with its line.
 * @param {TableSummary} table
 * @param {() => void} changed
 */
function damageChoice(table, changed) {
  const { damaged } = table;
  const head = h("h3", { class: "small-title" });
  const leave = h("input", { type: "radio", name: "table-damaged", value: "leave_out", checked: true, onchange: changed });
  const fill = h("input", { type: "radio", name: "table-damaged", value: "fill", onchange: changed });
  const leaving = h("span");
  const filling = h("span");
  const rest = damaged.rows - damaged.messages.length;
  const list = h(
    "ol",
    { class: "sheet-faults", tabindex: 0, data: { testid: "table-faults" }, aria: { label: "Damaged rows" } },
    ...damaged.messages.map(({ line, message }) => h("li", {}, h("b", {}, `line ${line}`), ` ${message}`)),
    rest > 0 ? h("li", {}, `and ${formatCount(rest)} more`) : null,
  );
  const choices = h(
    "div",
    { class: "sheet-radios", role: "radiogroup", aria: { label: "Damaged rows" } },
    h("label", {}, leave, leaving),
    h("label", {}, fill, filling),
  );
  let lost = 0;
  let fillable = 0;
  /** The column that most rows are lost by. @type {import("./table.js").TableColumn | null} */
  let worst = null;
  return {
    elements: damaged.rows > 0 ? [head, list, choices] : [],
    /** @param {number} target @param {number[]} inputs @param {number[]} whole  inputs whose gaps cannot be filled */
    show(target, inputs, whole) {
      ({ lost, fillable } = countDamage(table, target, inputs, whole));
      const chosen = [target, ...inputs].map((index) => table.columns[index]);
      worst = chosen.reduce((most, column) => (gapsOf(column) > gapsOf(most) ? column : most));
      const unread = lost + fillable < damaged.rows ? `, ${formatCount(lost + fillable)} of them in what is chosen` : "";
      setText(head, `${formatCount(damaged.rows)} of ${formatCount(table.rows)} rows are damaged${unread}`);
      setText(leaving, `leave them out (${formatCount(lost + fillable)} rows)`);
      const beyond = lost > 0 ? `; ${formatCount(lost)} cannot be filled in and are left out` : "";
      setText(filling, `fill missing numbers with the training mean (${formatCount(fillable)} rows${beyond})`);
      fill.disabled = fillable === 0;
      if (fill.disabled) leave.checked = true;
    },
    out: () => lost + (fill.checked ? 0 : fillable),
    worst: () => (worst && gapsOf(worst) > 0 ? `; ${worst.name} has no value in ${formatCount(gapsOf(worst))}` : ""),
    choice: () => /** @type {"leave_out" | "fill"} */ (fill.checked ? "fill" : "leave_out"),
  };
}

/** Rows without a value of a column. @param {import("./table.js").TableColumn} column */
const gapsOf = (column) => column.missing + column.text_cells + column.non_finite;

/**
 * How columns are read where it is not as found, by column.
 * @typedef {Map<number, string>} Readings
 *
 * What somebody chose, to be chosen again when the file is read in another way.
 * @typedef {object} Kept
 * @property {string} target
 * @property {string} task
 * @property {boolean} standardize
 * @property {ReturnType<ReturnType<typeof columnRows>["chosen"]>} columns
 * @property {ReturnType<ReturnType<typeof sharesForm>["chosen"]>} shares
 */
