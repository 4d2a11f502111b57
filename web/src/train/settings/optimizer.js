/** Settings of the optimizer: the rule in a dialect with its formula, the rate of the next update, its parameters. */

/** @import { Dialect } from "../../catalog.js" */
/** @import { OptimizerRow, Spec, View } from "../../types.js" */

import { choiceField } from "../../shared/controls.js";
import { dialectChoices, ownControls } from "../../shared/optimizer-fields.js";
import { h, memo, setAttribute, setText } from "../../toolkit/dom.js";
import { formatExact, formatNumber, toNumber } from "../../toolkit/maths.js";
import { dialectOf, optimizerDefaults, rowNamed, specOf } from "../../run/spec.js";
import { frameOf } from "../../run/selectors.js";
import { formulaBox, withIndices } from "../../shared/formula.js";
import { rebuild } from "../../toolkit/typing.js";
import { asMeasure } from "../../shared/measure.js";

/**
 * @param {import("../actions.js").TrainActions} actions
 * @returns {View}
 */
export function optimizerPanel(actions) {
  actions.register("optimizer");
  const head = h("div", { class: "rule" });
  const now = h("span", { class: "rate-now", data: { testid: "rate-now" } });
  const dialect = h("div", { class: "dialect" });
  const formula = formulaBox("formula", "The update");
  const meanings = h("dl", { class: "meanings" });
  const difference = h("p", { class: "difference" });
  const why = h("details", { class: "why" }, h("summary", {}, "what the symbols mean"), meanings, difference);
  const own = h("div", { class: "fields" });
  const element = h(
    "section",
    { class: "panel", data: { part: "optimizer" }, aria: { labelledby: "optimizer-title" } },
    h("div", { class: "title-row" }, h("h2", { id: "optimizer-title", class: "panel-title" }, "Optimizer"), dialect),
    h("div", { class: "rule-row" }, head, now),
    formula.element,
    why,
    own,
  );
  /** @type {Spec | null} */
  let spec = null;
  /** @type {OptimizerRow[]} */
  let rows = [];
  const change = (/** @type {string} */ name, /** @type {Dialect} */ dialect) => {
    const row = rowNamed(rows, name);
    return row ? actions.change("optimizer", optimizerDefaults(row, dialect)) : Promise.resolve(false);
  };
  // Two quick changes both count: what the other control shows is asked, not what the run has by now.
  /** @type {ReturnType<typeof choiceField> | null} */
  let choice = null;
  /** Textbook or PyTorch: the same rule as two sources write it. @type {ReturnType<typeof choiceField> | null} */
  let dialects = null;
  /** @type {{name: string, control: import("../../shared/controls.js").Control}[]} */
  let controls = [];
  const rateChanged = memo();
  const catalogChanged = memo();
  const rowChanged = memo();
  return {
    element,
    update(state) {
      spec = specOf(state);
      const { catalog, errors } = state;
      if (!spec || !catalog) return;
      const { optimizer } = spec;
      if (catalogChanged(catalog)) {
        rows = catalog.optimizers;
        const choices = rows.map((row) => ({ value: row.name, label: row.title }));
        choice = choiceField(
          {
            register: () => {},
            change: (_, name) => change(String(name), dialectOf(dialects?.select.value ?? optimizer.dialect)),
            refuse: () => {},
          },
          { path: "optimizer.name", label: "Optimizer", choices, bare: true },
        );
        dialects = choiceField(
          {
            register: () => {},
            change: (_, dialect) => change(choice?.select.value ?? optimizer.name, dialectOf(dialect)),
            refuse: () => {},
          },
          { path: "optimizer.dialect", label: "Dialect", choices: dialectChoices(rows), bare: true },
        );
        head.replaceChildren(choice.element);
        dialect.replaceChildren(dialects.element);
      }
      const row = rowNamed(rows, optimizer.name);
      if (rowChanged(catalog, row, optimizer.dialect)) {
        formula.show(row?.mathmls[optimizer.dialect] ?? row?.mathml ?? "", row?.summary);
        meanings.replaceChildren(...(row ? meaningsOf(row, optimizer.dialect) : []));
        difference.textContent = row ? differenceOf(row, optimizer.dialect) : "";
        controls = row ? ownControls(actions, row, optimizer.dialect) : [];
        rebuild(own, ...controls.map(({ control }) => control.element));
      }
      choice?.update(optimizer.name, errors["optimizer.name"] ?? errors["optimizer"]);
      dialects?.update(optimizer.dialect, errors["optimizer.dialect"]);
      for (const { name, control } of controls) control.update(optimizer[name], errors[`optimizer.${name}`]);
      const frame = frameOf(state, "rates");
      if (rateChanged(frame)) {
        const rate = toNumber(frame?.meta.rate);
        setText(now, rate === null ? "" : `η now ${formatNumber(rate, 3)}`);
        asMeasure(now, rate === null ? null : "rate()", "the learning rate of the next update");
        setAttribute(now, "data-value", rate === null ? null : String(rate));
        now.title = rate === null ? "" : `the rate of the next update, exactly ${formatExact(rate)}`;
      }
    },
  };
}

/** Each symbol of a rule and what it stands for: its state, then its parameters. @param {OptimizerRow} row @param {Dialect} dialect */
function meaningsOf(row, dialect) {
  const spoken = row.parameters.filter(({ name }) => name in (row.defaults[dialect] ?? {}));
  const parameters = spoken.map(({ symbol, title, summary }) => (symbol ? [symbol, `${title}: ${summary}`] : [title, summary]));
  return [...row.symbols, ...parameters].flatMap(([symbol, words]) => [
    h("dt", {}, ...withIndices(symbol)),
    h("dd", {}, ...withIndices(words)),
  ]);
}

/** How the two dialects of a rule differ. @param {OptimizerRow} row @param {string} dialect */
function differenceOf(row, dialect) {
  if (row.difference === "none") return "Textbook and PyTorch write this optimizer alike.";
  return dialect === "pytorch" ? `In PyTorch: ${row.difference}.` : `PyTorch differs: ${row.difference}.`;
}
