/** Settings of the optimizer: the rule in a dialect with its formula, its rate and parameters, the penalties, the clip. */

/** @import { OptimizerRow, Spec, View } from "../types.js" */

import { choiceField, logLadder, numberField, parameterField, sliderField } from "../controls.js";
import { h, memo } from "../dom.js";
import { mathElement } from "../maths.js";
import { optimizerDefaults, rowNamed, specOf } from "../spec.js";

/**
 * @param {import("../actions.js").Actions} actions
 * @returns {View}
 */
export function optimizerPanel(actions) {
  actions.register("optimizer");
  const head = h("div", { class: "rule" });
  const dialect = h("div", { class: "dialect" });
  const formula = h("div", { class: "formula", data: { testid: "formula" } });
  const meanings = h("dl", { class: "meanings" });
  const difference = h("p", { class: "difference" });
  const why = h("details", { class: "why" }, h("summary", {}, "what the symbols mean"), meanings, difference);
  const own = h("div", { class: "fields" });
  const penalties = [
    {
      path: "regularization.l1",
      control: numberField(actions, { path: "regularization.l1", label: "L1 λ", hint: "penalty λ·Σ|w| on the weights" }),
    },
    {
      path: "regularization.l2",
      control: numberField(actions, { path: "regularization.l2", label: "L2 λ", hint: "penalty (λ/2)·Σw² on the weights" }),
    },
    {
      path: "clip.norm",
      control: numberField(actions, {
        path: "clip.norm",
        label: "clip ‖g‖",
        hint: "the longest gradient an update may use; off: any",
        off: true,
      }),
    },
    {
      path: "clip.value",
      control: numberField(actions, {
        path: "clip.value",
        label: "clip g",
        hint: "the largest value an entry of the gradient may have, after clipping its length; off: any",
        off: true,
      }),
    },
  ];
  const element = h(
    "section",
    { class: "panel", data: { part: "optimizer" }, aria: { labelledby: "optimizer-title" } },
    h("div", { class: "title-row" }, h("h2", { id: "optimizer-title", class: "panel-title" }, "Optimizer"), dialect),
    head,
    formula,
    why,
    own,
    h("div", { class: "fields" }, ...penalties.map(({ control }) => control.element)),
  );
  /** @type {Spec | null} */
  let spec = null;
  /** @type {OptimizerRow[]} */
  let rows = [];
  const change = (/** @type {string} */ name, /** @type {string} */ dialect) => {
    const row = rowNamed(rows, name);
    return row ? actions.change("optimizer", optimizerDefaults(row, dialect)) : Promise.resolve(false);
  };
  // Two quick changes both count: what the other control shows is asked, not what the run has by now.
  /** @type {ReturnType<typeof choiceField> | null} */
  let choice = null;
  /** Textbook or PyTorch: the same rule as two sources write it. @type {ReturnType<typeof choiceField> | null} */
  let dialects = null;
  /** @type {{name: string, control: import("../controls.js").Control}[]} */
  let controls = [];
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
            change: (_, name) => change(String(name), dialects?.select.value ?? optimizer.dialect),
            refuse: () => {},
          },
          { path: "optimizer.name", label: "Optimizer", choices, bare: true },
        );
        dialects = choiceField(
          {
            register: () => {},
            change: (_, dialect) => change(choice?.select.value ?? optimizer.name, String(dialect)),
            refuse: () => {},
          },
          { path: "optimizer.dialect", label: "Dialect", choices: dialectChoices(rows), bare: true },
        );
        head.replaceChildren(choice.element);
        dialect.replaceChildren(dialects.element);
      }
      const row = rowNamed(rows, optimizer.name);
      if (rowChanged(catalog, row, optimizer.dialect)) {
        const math = row ? mathElement(row.mathmls[optimizer.dialect] ?? row.mathml) : null;
        formula.replaceChildren(math ?? "");
        formula.title = row?.summary ?? "";
        meanings.replaceChildren(...(row ? meaningsOf(row, optimizer.dialect) : []));
        difference.textContent = row ? differenceOf(row, optimizer.dialect) : "";
        controls = row ? ownControls(actions, row, optimizer.dialect) : [];
        own.replaceChildren(...controls.map(({ control }) => control.element));
      }
      choice?.update(optimizer.name, errors["optimizer.name"] ?? errors["optimizer"]);
      dialects?.update(optimizer.dialect, errors["optimizer.dialect"]);
      for (const { name, control } of controls) control.update(optimizer[name], errors[`optimizer.${name}`]);
      for (const { path, control } of penalties) {
        const [part, name] = path.split(".");
        control.update(/** @type {any} */ (spec)[part][name], errors[path]);
      }
    },
  };
}

/** Each symbol of a rule and what it stands for: its state, then its parameters. @param {OptimizerRow} row @param {string} dialect */
function meaningsOf(row, dialect) {
  const spoken = row.parameters.filter(({ name }) => name in (row.defaults[dialect] ?? {}));
  const parameters = spoken.map(({ symbol, title, summary }) => (symbol ? [symbol, `${title}: ${summary}`] : [title, summary]));
  return [...row.symbols, ...parameters].flatMap(([symbol, words]) => [h("dt", {}, symbol), h("dd", {}, words)]);
}

/** How the two dialects of a rule differ. @param {OptimizerRow} row @param {string} dialect */
function differenceOf(row, dialect) {
  if (row.difference === "none") return "Textbook and PyTorch write this rule alike.";
  return dialect === "pytorch" ? `In PyTorch: ${row.difference}.` : `PyTorch differs: ${row.difference}.`;
}

/** @param {OptimizerRow[]} rows */
function dialectChoices(rows) {
  const names = [...new Set(rows.flatMap((row) => row.dialects))];
  return names.map((name) => ({ value: name, label: name === "pytorch" ? "PyTorch" : name }));
}

/**
 * The rate as a logarithmic slider with a number, then whatever else the row has.
 * @param {import("../actions.js").Actions} actions
 * @param {OptimizerRow} row
 * @param {string} dialect
 */
function ownControls(actions, row, dialect) {
  const defaults = row.defaults[dialect] ?? {};
  const parameters = row.parameters.filter(
    ({ name }) => name === "lr" || name in defaults || !(name in (row.defaults.pytorch ?? {})),
  );
  return parameters.map((parameter) => {
    const path = `optimizer.${parameter.name}`;
    if (parameter.name !== "lr") return { name: parameter.name, control: parameterField(actions, parameter, path) };
    const usual = typeof defaults.lr === "number" ? defaults.lr : Number(parameter.default);
    const slider = sliderField(actions, {
      path,
      label: `${parameter.title} ${parameter.symbol || "η"}`,
      hint: parameter.summary,
      typed: true,
    });
    // The range of a rate is half a line; the slider shows the decades around what is usual, the field takes any.
    const low = Math.max(parameter.minimum || 0, usual * 1e-3);
    slider.setLadder(logLadder(low, Math.min(parameter.maximum ?? Infinity, Math.max(usual * 1e3, 1))));
    return { name: "lr", control: slider };
  });
}
