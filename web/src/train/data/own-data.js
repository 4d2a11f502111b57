/** The dialog for a table of one's own: what it holds, what to predict from what, what to do with damaged rows. */

/** @import { AppState, Task, View } from "../../types.js" */
/** @import { TableColumn, TableSummary } from "./table.js" */

import { h, memo, setText } from "../../toolkit/dom.js";
import { formatCount, formatSetting } from "../../toolkit/maths.js";
import { withOwnData } from "../../run/spec.js";
import { countDamage, readTable, tableData, tasksOf } from "./table.js";
import { icon } from "../../toolkit/icons.js";
import { partSlider } from "./part-slider.js";
import { messageOf } from "../../wire/refusals.js";

const SCALED = "mean 0, deviation 1 in each input, and in a number to be predicted";
const KINDS = { number: "number", yes_no: "yes or no", category: "category", text: "text", empty: "empty" };

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

  /** @param {File} next */
  async function open(next) {
    file = next;
    form = null;
    body.replaceChildren();
    say("");
    setText(facts, `${next.name}: reading …`);
    show();
    if (!element.open) element.showModal();
    try {
      const table = await readTable(next);
      if (file !== next) return;
      setText(facts, factsOf(next, table));
      form = choicesForm(table, show);
      body.replaceChildren(...form.elements);
      body.querySelector("select")?.focus();
    } catch (error) {
      if (file !== next) return;
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
      const told = [`${formatCount(rows.train)} rows to train on, ${formatCount(rows.test)} to test`];
      if (rows.left_out > 0) told.push(`${formatCount(rows.left_out)} left out`);
      if (rows.filled > 0) told.push(`${formatCount(rows.filled)} filled`);
      const begun = await actions.begin((now) => withOwnData(now, data), "data", `${data.title}: ${told.join(", ")}.`);
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
    `cells parted by ${table.delimiter}`,
  ];
  if (table.encoding !== "UTF-8") words.push(`not UTF-8, read as ${table.encoding}`);
  if (table.columns.some((column) => column.decimal === ",")) words.push("decimal commas");
  return words.join(" · ");
}

/**
 * All that is chosen about a table.
 * @param {TableSummary} table
 * @param {() => void} changed
 */
function choicesForm(table, changed) {
  const target = h("select", { name: "table-target" });
  for (const column of table.columns) {
    const why = column.no_target ? ` — ${column.no_target}` : "";
    target.append(h("option", { value: column.index, disabled: column.no_target !== null }, column.name + why));
  }
  target.value = String(table.guess.target);
  const task = h("select", { name: "table-task" });
  task.append(
    h("option", { value: "classification" }, "tell classes apart"),
    h("option", { value: "regression" }, "predict a number"),
  );
  const about = h("p", { class: "small" });
  const rows = table.columns.map((column) => columnRow(column, () => refresh()));
  const part = partSlider(changed);
  const standardize = h("input", {
    type: "checkbox",
    class: "switch",
    role: "switch",
    name: "table-standardize",
    checked: true,
  });
  const damage = damageChoice(table, changed);
  const inputs = () => rows.filter(({ box }) => box.checked && !box.disabled).map(({ column }) => column.index);
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
    for (const row of rows) row.show(row.column === column);
    damage.show(Number(target.value), inputs());
    changed();
  }
  target.addEventListener("change", () => refresh(true));
  task.addEventListener("change", () => refresh());
  standardize.addEventListener("change", () => refresh());
  const every = (/** @type {boolean} */ on) => {
    for (const { box } of rows) if (!box.disabled) box.checked = on;
    refresh();
  };
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
        h("button", { type: "button", class: "text-button", onclick: () => every(true) }, "all"),
        h("button", { type: "button", class: "text-button", onclick: () => every(false) }, "none"),
      ),
    ),
    h(
      "div",
      { class: "sheet-columns", tabindex: 0, role: "group", aria: { label: "Columns" } },
      h("table", {}, h("tbody", {}, ...rows.map(({ element }) => element))),
    ),
    ...damage.elements,
    h(
      "div",
      { class: "sheet-choices" },
      part.element,
      h("label", { class: "sheet-pair", title: SCALED }, h("span", {}, "Standardize"), standardize),
    ),
  ];
  refresh(true);
  return {
    elements,
    choices: () => ({
      target: Number(target.value),
      task: /** @type {Task} */ (task.value),
      inputs: inputs(),
      damaged: damage.choice(),
      test_fraction: part.value(),
      standardize: standardize.checked,
    }),
    problem: () => {
      if (inputs().length === 0) return "Choose one input at least.";
      return table.rows - damage.out() < 2 ? "Fewer than two rows can be used." : "";
    },
    outcome: () => {
      const test = Math.round(100 * part.value());
      const left = table.rows - damage.out();
      const parts = `${100 - test}\u202f% to train on, ${test}\u202f% to test`;
      return `${formatCount(left)} of ${formatCount(table.rows)} rows: ${parts}.`;
    },
  };
}

/**
 * A column: whether it is an input, what it holds, what is wrong with it.
 * @param {TableColumn} column
 * @param {() => void} changed
 */
function columnRow(column, changed) {
  const box = h("input", {
    type: "checkbox",
    aria: { label: `${column.name} is an input` },
    data: { column: column.index },
    checked: column.no_input === null,
    onchange: changed,
  });
  const gaps = [
    [column.missing, "missing"],
    [column.text_cells, "not a number"],
    [column.non_finite, "not finite"],
  ].filter(([count]) => Number(count) > 0);
  const note = h("td", { class: "column-note" });
  const examples = column.examples.map((value) => (typeof value === "number" ? formatSetting(value) : value)).join(", ");
  const element = h(
    "tr",
    {},
    h("td", {}, box),
    h("th", { scope: "row", title: column.name }, column.name),
    h("td", {}, KINDS[column.kind]),
    h("td", { class: "column-examples", title: examples }, examples),
    note,
  );
  const words = gaps.map(([count, word]) => `${formatCount(Number(count))} ${word}`);
  if (column.coding && !column.no_input) words.unshift(`${column.coding[0]} is 0, ${column.coding[1]} is 1`);
  const own = column.no_input ?? words.join(", ");
  return {
    element,
    box,
    column,
    /** @param {boolean} isTarget */
    show(isTarget) {
      box.disabled = isTarget || column.no_input !== null;
      element.classList.toggle("off", box.disabled || !box.checked);
      setText(note, isTarget ? "to be predicted" : own);
      note.title = note.textContent ?? "";
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
  return {
    elements: damaged.rows > 0 ? [head, list, choices] : [],
    /** @param {number} target @param {number[]} inputs */
    show(target, inputs) {
      ({ lost, fillable } = countDamage(table, target, inputs));
      const unread = lost + fillable < damaged.rows ? `, ${formatCount(lost + fillable)} of them in what is chosen` : "";
      setText(head, `${formatCount(damaged.rows)} of ${formatCount(table.rows)} rows are damaged${unread}`);
      setText(leaving, `leave them out (${formatCount(lost + fillable)} rows)`);
      const beyond = lost > 0 ? `; ${formatCount(lost)} cannot be mended and are left out` : "";
      setText(filling, `fill missing numbers with the training mean (${formatCount(fillable)} rows${beyond})`);
      fill.disabled = fillable === 0;
      if (fill.disabled) leave.checked = true;
    },
    out: () => lost + (fill.checked ? 0 : fillable),
    choice: () => /** @type {"leave_out" | "fill"} */ (fill.checked ? "fill" : "leave_out"),
  };
}
